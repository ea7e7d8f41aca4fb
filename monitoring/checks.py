"""What is looked at when the service starts: whether deadlines can still be worked out."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.utils import timezone

from monitoring.working_days import is_last_day_in_sight


@register()
def bank_holidays_are_known(**kwargs: Any) -> list[CheckMessage]:
    """Warns when the bank holidays end within a year: later deadlines would come a day early."""
    if not is_last_day_in_sight(timezone.localdate()):
        return []
    return [
        Warning(
            "The bank holidays known to this installation end within a year.",
            hint="Update the package govuk-bank-holidays.",
            id="monitoring.W001",
        )
    ]
