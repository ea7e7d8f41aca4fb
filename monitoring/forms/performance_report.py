"""The period of a performance report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from govuk.fields import DateField
from govuk.forms import Form
from monitoring.forms.form_key import FormKeyField

FIRST_DAY = date(2021, 6, 1)  # live service: nothing was referred before


class PerformanceReportForm(Form):
    """From and to, both included, of any length."""

    from_date = DateField(
        label="From",
        called="the first day",
        hint="For example, 1 8 2026.",
        earliest=FIRST_DAY,
        latest=timezone.localdate,
    )
    to_date = DateField(
        label="To",
        called="the last day",
        hint="For example, 31 8 2026.",
        earliest=FIRST_DAY,
        latest=timezone.localdate,
    )
    form_key = FormKeyField()

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from_date"), cleaned.get("to_date")
        if first and last and first > last:
            self.add_error("to_date", "The last day must be the same as or after the first day")
        return cleaned
