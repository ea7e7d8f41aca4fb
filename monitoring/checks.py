"""What is looked at when the service starts or migrates: whether deadlines can still be worked out, whether what is
written is looked at before it crosses, and whether the database leaves a supplier's request more than it should have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.utils import timezone

from monitoring.access.database_role import OPEN_TO_ALL, still_open
from monitoring.rules.second_look import is_registered
from monitoring.rules.working_days import is_last_day_in_sight


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


@register()
def texts_are_looked_at(**kwargs: Any) -> list[CheckMessage]:
    """Fails when no search was registered: what is written would cross without a prompt."""
    if is_registered():
        return []
    return [Error("No search for sensitive details is registered.", id="monitoring.E001")]


@register(Tags.database)
def the_suppliers_role_has_nothing_else(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warns of rights that everybody has in this database and the user who migrates could not take away."""
    return [
        Warning(
            f"A supplier's request may use {what} in the database.",
            hint=f"If a migrate does not end this, run once in this database, as a superuser: {OPEN_TO_ALL[what][1]}",
            id="monitoring.W002",
        )
        for alias in databases or ()
        for what in still_open(connections[alias])
    ]
