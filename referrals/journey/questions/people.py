"""Questions about people: the practitioner, the back-up contact, and what is shared of the person's details."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from govuk.choices import Choice
from govuk.fields import AutocompleteField, CheckboxesField, EmailField, PhoneField, TextField
from referrals.journey.answers import BackUpContact, Practitioner, SharedPersonalDetails
from referrals.journey.pages import Found, Page, Row, text
from referrals.journey.personal_details import OPTIONAL_DETAILS
from referrals.journey.places import delivery_unit_choices, office_choices, office_named
from referrals.journey.situation import Situation


class PractitionerPage(Page):
    """Who is responsible for the person: pulled from nDelius, confirmed or completed here."""

    answers = Practitioner
    question = "Confirm the probation practitioner’s details"
    template = "referrals/journey/practitioner.html"

    practitioner_name = TextField(label="Full name", max_length=200)
    practitioner_email = EmailField(label="Email address", required=False, max_length=254)
    practitioner_phone = PhoneField(label="Phone number", required=False)
    practitioner_team_phone = PhoneField(label="Team phone number", required=False)
    practitioner_pdu = AutocompleteField(
        label="Probation delivery unit (PDU)",
        choices=(),
        error_messages={
            "required": "Select a probation delivery unit",
            "unknown": "Select a probation delivery unit from the list",
        },
    )
    practitioner_office = AutocompleteField(
        label="Probation office (optional)",
        required=False,
        choices=office_choices,
        error_messages={"unknown": "Select a probation office from the list"},
    )

    def arrange(self) -> None:
        """Offer the units in use, and the one that stands here even when the list does not have it."""
        offered = delivery_unit_choices()
        standing = str(self.initial.get("practitioner_pdu") or "")
        if standing and (standing, standing) not in offered:
            offered.insert(0, (standing, standing))
        self.fields["practitioner_pdu"].choices = offered  # type: ignore[attr-defined]

    @classmethod
    def first_values(cls, answers: Practitioner, situation: Situation, found: Found) -> dict[str, Any]:
        """What was confirmed before, else what nDelius says."""
        officer = situation.officer
        if answers.practitioner_name or officer is None:
            return asdict(answers) | {"practitioner_office": str(answers.practitioner_office_number or "")}
        return {
            "practitioner_name": officer.name,
            "practitioner_email": officer.email,
            "practitioner_phone": officer.phone,
            "practitioner_team_phone": officer.team_phone,
            "practitioner_pdu": officer.pdu,
        }

    def given(self) -> Practitioner:
        """The details with the office's name on the day."""
        said = self.cleaned_data
        number, office = office_named(said["practitioner_office"])
        return Practitioner(
            practitioner_name=said["practitioner_name"],
            practitioner_email=said["practitioner_email"],
            practitioner_phone=said["practitioner_phone"],
            practitioner_team_phone=said["practitioner_team_phone"],
            practitioner_pdu=said["practitioner_pdu"],
            practitioner_office=office,
            practitioner_office_number=number,
        )

    @classmethod
    def is_answered(cls, answers: Practitioner) -> bool:
        """Name and PDU are needed; nDelius may know no email or phone."""
        return bool(answers.practitioner_name and answers.practitioner_pdu)

    @classmethod
    def rows(cls, answers: Practitioner, situation: Situation) -> list[Row]:
        """Name, email, phone, PDU, office, team phone."""
        return [
            Row("Name", text(answers.practitioner_name)),
            Row("Email address", text(answers.practitioner_email)),
            Row("Phone number", text(answers.practitioner_phone)),
            Row("Probation delivery unit (PDU)", text(answers.practitioner_pdu)),
            Row("Probation office", text(answers.practitioner_office)),
            Row("Team phone number", text(answers.practitioner_team_phone)),
        ]


class BackUpContactPage(Page):
    """Whom to reach when the practitioner is away. Starts as the person making the referral."""

    answers = BackUpContact
    question = "Who is the back-up contact for this referral?"

    back_up_name = TextField(label="Full name", max_length=200)
    back_up_email = EmailField(label="Email address", max_length=254)
    back_up_phone = PhoneField(label="Phone number", required=False)

    @classmethod
    def first_values(cls, answers: BackUpContact, situation: Situation, found: Found) -> dict[str, Any]:
        """The answers, else whoever is filling in the form."""
        if answers.back_up_name:
            return super().first_values(answers, situation, found)
        return {"back_up_name": situation.asked_by.display_name, "back_up_email": situation.asked_by.email}

    @classmethod
    def is_answered(cls, answers: BackUpContact) -> bool:
        """Name and email are needed."""
        return bool(answers.back_up_name and answers.back_up_email)

    @classmethod
    def rows(cls, answers: BackUpContact, situation: Situation) -> list[Row]:
        """Name, email, phone."""
        return [
            Row("Name", text(answers.back_up_name)),
            Row("Email address", text(answers.back_up_email)),
            Row("Phone number", text(answers.back_up_phone)),
        ]


class PersonalDetailsPage(Page):
    """Which personal details the supplier is given. The details themselves come from nDelius (decision F4)."""

    answers = SharedPersonalDetails
    question = "Review {person}’s personal details"
    template = "referrals/journey/personal_details.html"

    shared = CheckboxesField(
        label="Which of these details should the service provider see?",
        hint="Clear the box of any detail that the service provider does not need, or that could put somebody at risk.",
        choices=tuple(OPTIONAL_DETAILS.items()),
        required=False,
    )

    def arrange(self) -> None:
        """Show each detail's value under its name, so that the choice is made in view of it."""
        values = self.situation.personal_details or {}
        self.fields["shared"].choices = tuple(  # type: ignore[attr-defined]
            Choice(key, label, hint=values.get(key, "")) for key, label in OPTIONAL_DETAILS.items()
        )

    @classmethod
    def first_values(
        cls, answers: SharedPersonalDetails, situation: Situation, found: Found
    ) -> dict[str, Any]:
        """Everything ticked until something is kept back."""
        withheld = answers.withheld_personal_fields or ()
        return {"shared": [key for key in OPTIONAL_DETAILS if key not in withheld]}

    def given(self) -> SharedPersonalDetails:
        """What was not ticked is kept back."""
        shared = self.cleaned_data["shared"]
        return SharedPersonalDetails(tuple(key for key in OPTIONAL_DETAILS if key not in shared))

    @classmethod
    def is_answered(cls, answers: SharedPersonalDetails) -> bool:
        """Answered once reviewed, even when nothing is kept back."""
        return answers.withheld_personal_fields is not None

    @classmethod
    def rows(cls, answers: SharedPersonalDetails, situation: Situation) -> list[Row]:
        """Each detail with its value, or that it is not shared."""
        withheld = answers.withheld_personal_fields or ()
        values = situation.personal_details or {}
        return [
            Row(
                label,
                "Not shared with the service provider" if key in withheld else values.get(key, "Not found"),
            )
            for key, label in OPTIONAL_DETAILS.items()
        ]
