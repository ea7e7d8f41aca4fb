"""Searching and filtering a list of cases."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from govuk import fields, forms
from govuk.choices import Choice
from monitoring.lists.case_lists import CaseList, is_too_short
from monitoring.models import Stage


class SearchForm(forms.Form):
    """What to look for. One box for a reference number, a CRN or part of a name."""

    terms = fields.CodeField(
        label="Search this list",
        called="what to search for",
        hint="A reference number, a CRN, or all or part of a name.",
        max_length=100,
        error_messages={
            "required": "Enter a reference number, a CRN, or all or part of a name",
            "too_long": "Your search must be 100 characters or fewer",
        },
    )

    def clean_terms(self) -> str:
        """Enough of a name to tell people apart."""
        terms: str = self.cleaned_data["terms"]
        if is_too_short(terms):
            raise ValidationError("Enter at least 2 letters of the name", code="too_short")
        return terms


class FilterForm(forms.Form):
    """Which cases of a list to show. Asks only what makes a difference on that list."""

    def __init__(self, *args: Any, shown: CaseList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(shown.stages) > 1 and not shown.is_unassigned:
            statuses = [Choice(stage.value, Stage(stage).label) for stage in shown.stages]
            self.fields["stage"] = fields.SelectField(
                label="Status", choices=statuses, empty_text="Every status", required=False
            )
        if shown.is_open:
            self.fields["overdue"] = fields.CheckboxField(label="Only overdue cases", required=False)
