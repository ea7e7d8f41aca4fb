"""Questions asked while nobody in the community is responsible for the person yet."""

from __future__ import annotations

from typing import Any

from govuk.conditions import If
from govuk.fields import AutocompleteField, EmailField, PhoneField, RadiosField, TextAreaField, TextField
from monitoring.handover import labels
from referrals.journey.answers import MainContact, ReasonBeforeAllocation
from referrals.journey.pages import Found, Page, Row, text
from referrals.journey.places import office_choices, office_named
from referrals.journey.questions.establishments import (
    EstablishmentsPage,
    establishment_field,
    typed_establishment_field,
)
from referrals.journey.situation import Situation
from referrals.models import ContactPlace

WHERE = "Select where the main point of contact works"


class MainContactPage(EstablishmentsPage):
    """Whom the supplier reaches until a practitioner is allocated (live service: main point of contact)."""

    answers = MainContact
    question = "Who is the main point of contact for this referral?"
    template = "referrals/journey/main_contact.html"

    contact_name = TextField(label=labels.FULL_NAME, max_length=200)
    contact_role = TextField(label=labels.ROLE, max_length=200)
    contact_email = EmailField(label=labels.EMAIL, max_length=254)
    contact_phone = PhoneField(label=f"{labels.PHONE} (optional)", required=False)
    contact_place = RadiosField(
        label="Where do they work?",
        choices=ContactPlace.choices,
        error_messages={"required": WHERE, "unknown": WHERE},
    )
    contact_establishment = establishment_field()
    contact_establishment_typed = typed_establishment_field()
    contact_office = AutocompleteField(
        label=labels.OFFICE,
        choices=office_choices,
        error_messages={
            "required": "Select a probation office",
            "unknown": "Select a probation office from the list",
        },
    )

    class Meta:
        conditions = (If("contact_place", ContactPlace.OFFICE.value, then=("contact_office",)),)

    def arrange(self) -> None:
        """Ask for the establishment when they work in one."""
        asked = self.asks_for(chosen="contact_establishment", typed="contact_establishment_typed")
        self.conditions.append(If("contact_place", ContactPlace.ESTABLISHMENT.value, then=(asked,)))

    @classmethod
    def first_values(cls, answers: MainContact, situation: Situation, found: Found) -> dict[str, Any]:
        """What was answered before; else whoever is filling in the form."""
        if not answers.contact_name:
            return {
                "contact_name": situation.asked_by.display_name,
                "contact_email": situation.asked_by.email,
            }
        return {
            "contact_name": answers.contact_name,
            "contact_role": answers.contact_role,
            "contact_email": answers.contact_email,
            "contact_phone": answers.contact_phone,
            "contact_place": answers.contact_place,
            "contact_establishment": answers.contact_establishment_code,
            "contact_establishment_typed": answers.contact_establishment,
            "contact_office": str(answers.contact_office_number or ""),
        }

    def given(self) -> MainContact:
        """The contact with one place of work."""
        said = self.cleaned_data
        code = said.get("contact_establishment", "")
        number, office = office_named(said["contact_office"])
        return MainContact(
            contact_name=said["contact_name"],
            contact_role=said["contact_role"],
            contact_email=said["contact_email"],
            contact_phone=said["contact_phone"],
            contact_place=said["contact_place"],
            contact_establishment=(self.names[code] if code else said.get("contact_establishment_typed", ""))[
                :200
            ],
            contact_establishment_code=code,
            contact_office=office,
            contact_office_number=number,
        )

    @classmethod
    def is_answered(cls, answers: MainContact) -> bool:
        """Everything but the phone number."""
        place = answers.contact_establishment or answers.contact_office
        return all((answers.contact_name, answers.contact_role, answers.contact_email, place))

    @classmethod
    def rows(cls, answers: MainContact, situation: Situation) -> list[Row]:
        """Name, role, email, phone, place of work."""
        is_office = answers.contact_place == ContactPlace.OFFICE
        return [
            Row(labels.FULL_NAME, text(answers.contact_name)),
            Row(labels.ROLE, text(answers.contact_role)),
            Row(labels.EMAIL, text(answers.contact_email)),
            Row(labels.PHONE, text(answers.contact_phone)),
            Row(
                labels.PLACE_OF_WORK,
                text(answers.contact_office if is_office else answers.contact_establishment),
            ),
        ]


class ReasonBeforeAllocationPage(Page):
    """Why the referral cannot wait for a practitioner. Optional (live service: if known)."""

    answers = ReasonBeforeAllocation
    question = "Why are you referring {person} before a practitioner is allocated?"

    reason_before_allocation = TextAreaField(
        label="Why are you referring {person} before a practitioner is allocated? (optional)",
        label_is_heading=True,
        required=False,
    )

    @classmethod
    def is_answered(cls, answers: ReasonBeforeAllocation) -> bool:
        """Left empty on purpose counts."""
        return answers.reason_before_allocation is not None

    @classmethod
    def rows(cls, answers: ReasonBeforeAllocation, situation: Situation) -> list[Row]:
        """The text."""
        return [Row(labels.REASON_BEFORE_ALLOCATION, text(answers.reason_before_allocation))]
