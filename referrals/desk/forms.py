"""Filtering a list of the desk, and choosing whom to cover for."""

from __future__ import annotations

from typing import Any

from govuk import fields
from govuk.choices import Choice
from govuk.forms import Form
from interventions.models import Contract
from monitoring.forms.case_lists import FilterForm, SearchForm
from monitoring.lists.case_lists import CaseList
from referrals.desk.desk import Desk


class DeskFilterForm(FilterForm):
    """Which cases to show: by status and due date, by service provider, and by whose they are while covering."""

    def __init__(
        self, *args: Any, shown: CaseList, desk: Desk, contracts: list[Contract], **kwargs: Any
    ) -> None:
        super().__init__(*args, shown=shown, **kwargs)
        providers = {contract.prime_id: contract.prime.name for contract in contracts}
        if len(providers) > 1:
            self.fields["provider"] = fields.SelectField(
                label="Service provider",
                choices=[Choice(str(pk), name) for pk, name in providers.items()],
                empty_text="Every service provider",
                required=False,
            )
        if len(desk.people) > 1:
            self.fields["whose"] = fields.SelectField(
                label="Whose cases",
                choices=[
                    Choice(str(pk), "Yours" if pk == desk.user.pk else person.display_name)
                    for pk, person in desk.people.items()
                ],
                empty_text="Yours and your colleagues’",
                required=False,
            )


class DraftSearchForm(SearchForm):
    """What to look for among drafts, which have no reference number yet."""

    terms = fields.CodeField(
        label="Search this list",
        called="what to search for",
        hint="A CRN, or all or part of a name.",
        max_length=100,
        error_messages={
            "required": "Enter a CRN, or all or part of a name",
            "too_long": "Your search must be 100 characters or fewer",
        },
    )


class CoverForm(Form):
    """Which colleague to cover for."""

    def __init__(self, *args: Any, offered: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"] = fields.RadiosField(
            label="Who do you want to cover for?",
            choices=[Choice(str(pk), name) for pk, name in offered.items()],
            error_messages={"required": "Select who you want to cover for"},
        )
