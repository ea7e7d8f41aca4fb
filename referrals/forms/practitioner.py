"""Changing one detail of the probation practitioner: a form for each (live service: update probation practitioner)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from govuk.fields import AutocompleteField, EmailField, PhoneField, TextField
from govuk.forms import Form
from referrals.journey import practitioner_details as details
from referrals.journey.answers import Practitioner
from referrals.journey.places import delivery_unit_choices, office_choices, office_named
from referrals.journey.practitioner_details import Detail
from referrals.journey.records import OfficerInNdelius

OF_THE_GOVERNMENT = ".gov.uk"


class DetailForm(Form):
    """One detail, with its present value in it."""

    detail: ClassVar[Detail]

    def __init__(
        self, *args: Any, standing: Practitioner, officer: OfficerInNdelius | None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {self.detail.column: self.first_value(standing)})
        super().__init__(*args, **kwargs)
        self.arrange(standing, officer)

    def first_value(self, standing: Practitioner) -> str:
        """What stands in the field when the page opens."""
        return self.detail.of(standing)

    def arrange(self, standing: Practitioner, officer: OfficerInNdelius | None) -> None:
        """Fit the field to what stands. Most need nothing."""

    def given(self) -> tuple[str, int | None]:
        """The value to keep, and the office's number in the public register."""
        return self.cleaned_data[self.detail.column], None


class NameForm(DetailForm):
    """The name: needed."""

    detail = details.NAME
    practitioner_name = TextField(
        label="What is the practitioner’s full name?",
        label_is_heading=True,
        max_length=200,
        error_messages={"required": "Enter the practitioner’s full name"},
    )


class EmailForm(DetailForm):
    """The email address: of the government, or none at all."""

    detail = details.EMAIL
    practitioner_email = EmailField(
        label="What is the practitioner’s email address? (optional)",
        label_is_heading=True,
        hint="It must end with .gov.uk.",
        max_length=254,
        required=False,
    )

    def clean_practitioner_email(self) -> str:
        """In small letters; the rule about its end is for an address that is there."""
        address: str = self.cleaned_data["practitioner_email"].lower()
        if address and not address.endswith(OF_THE_GOVERNMENT):
            self.add_error("practitioner_email", f"The email address must end with {OF_THE_GOVERNMENT}")
        return address


class PhoneForm(DetailForm):
    """Their own telephone number."""

    detail = details.PHONE
    practitioner_phone = PhoneField(
        label="What is the practitioner’s phone number? (optional)", label_is_heading=True, required=False
    )


class DeliveryUnitForm(DetailForm):
    """The PDU: needed, from the register or from nDelius."""

    detail = details.DELIVERY_UNIT
    practitioner_pdu = AutocompleteField(
        label="Which probation delivery unit (PDU) does the practitioner work in?",
        label_is_heading=True,
        error_messages={
            "required": "Select a probation delivery unit",
            "unknown": "Select a probation delivery unit from the list",
        },
    )

    def arrange(self, standing: Practitioner, officer: OfficerInNdelius | None) -> None:
        """Offer the units in use, and those that nDelius and this referral name even when the register does not."""
        offered = delivery_unit_choices()
        for name in (details.DELIVERY_UNIT.in_record(officer), standing.practitioner_pdu):
            if name and (name, name) not in offered:
                offered.insert(0, (name, name))
        self.fields["practitioner_pdu"].choices = offered  # type: ignore[attr-defined]


class OfficeForm(DetailForm):
    """The probation office: from the register."""

    detail = details.OFFICE
    practitioner_office = AutocompleteField(
        label="Which probation office does the practitioner work in? (optional)",
        label_is_heading=True,
        required=False,
        choices=office_choices,
        error_messages={"unknown": "Select a probation office from the list"},
    )

    def first_value(self, standing: Practitioner) -> str:
        """Offices are offered by their number."""
        return str(standing.practitioner_office_number or "")

    def given(self) -> tuple[str, int | None]:
        """Its name on the day, and its number."""
        number, name = office_named(self.cleaned_data["practitioner_office"])
        return name, number


class TeamPhoneForm(DetailForm):
    """The telephone number of their team."""

    detail = details.TEAM_PHONE
    practitioner_team_phone = PhoneField(
        label="What is the phone number of the practitioner’s team? (optional)",
        label_is_heading=True,
        required=False,
    )


FORMS: Mapping[str, type[DetailForm]] = {
    form.detail.slug: form
    for form in (NameForm, EmailForm, PhoneForm, DeliveryUnitForm, OfficeForm, TeamPhoneForm)
}
