"""Questions about people: the practitioner, the back-up contact, and what is shared of the person's details."""

from __future__ import annotations

from typing import Any

from govuk.choices import Choice
from govuk.fields import CheckboxesField, EmailField, PhoneField, TextField
from integrations.failure_wording import NDELIUS, not_known
from monitoring.handover import labels
from referrals.journey.answers import BackUpContact, Practitioner, SharedPersonalDetails
from referrals.journey.pages import Found, Page, Row, text
from referrals.journey.personal_details import OPTIONAL_DETAILS
from referrals.journey.practitioner_details import DETAILS, missing
from referrals.journey.situation import Situation


class PractitionerPage(Page):
    """Who is responsible for the person: pulled from nDelius, confirmed or completed here, each detail by itself."""

    answers = Practitioner
    question = "Confirm the probation practitioner’s details"
    view_name = "referrals:practitioner"
    part_view_name = "referrals:practitioner_change"

    @classmethod
    def is_answered(cls, answers: Practitioner) -> bool:
        """Confirmed, with name and PDU as they will be sent; nDelius may know no email or phone."""
        return answers.practitioner_confirmed_at is not None and not missing(answers)

    @classmethod
    def rows(cls, answers: Practitioner, situation: Situation) -> list[Row]:
        """Name, email, phone, PDU, office, team phone."""
        return [Row(one.label, text(one.of(answers)), part=one.slug) for one in DETAILS]


NOT_THE_PRACTITIONER = "The back-up contact must be someone other than the probation practitioner"


class BackUpContactPage(Page):
    """Who to contact when the practitioner is away.

    Starts as the person making the referral, unless that is the practitioner (live service: the sender, when they
    are not the responsible officer).
    """

    answers = BackUpContact
    question = "Who is the back-up contact for this referral?"

    back_up_name = TextField(label=labels.FULL_NAME, max_length=200)
    back_up_email = EmailField(label=labels.EMAIL, max_length=254)
    back_up_phone = PhoneField(label=f"{labels.PHONE} (optional)", required=False)

    @classmethod
    def first_values(cls, answers: BackUpContact, situation: Situation, found: Found) -> dict[str, Any]:
        """The answers, else whoever is filling in the form."""
        if answers.back_up_name:
            return super().first_values(answers, situation, found)
        name, email = situation.asked_by.display_name, situation.asked_by.email
        if situation.is_practitioner(name=name, email=email):
            return {}
        return {"back_up_name": name, "back_up_email": email}

    def clean_back_up_name(self) -> str:
        """Not the practitioner, by name."""
        name: str = self.cleaned_data["back_up_name"]
        if name and self.situation.is_practitioner(name=name, email=""):
            self.add_error("back_up_name", NOT_THE_PRACTITIONER)
        return name

    def clean_back_up_email(self) -> str:
        """Not the practitioner, by address."""
        email: str = self.cleaned_data["back_up_email"]
        if email and self.situation.is_practitioner(name="", email=email):
            self.add_error("back_up_email", NOT_THE_PRACTITIONER)
        return email

    @classmethod
    def is_answered(cls, answers: BackUpContact) -> bool:
        """Name and email are needed."""
        return bool(answers.back_up_name and answers.back_up_email)

    @classmethod
    def rows(cls, answers: BackUpContact, situation: Situation) -> list[Row]:
        """Name, email, phone."""
        return [
            Row(labels.FULL_NAME, text(answers.back_up_name)),
            Row(labels.EMAIL, text(answers.back_up_email)),
            Row(labels.PHONE, text(answers.back_up_phone)),
        ]


class PersonalDetailsPage(Page):
    """Which personal details the supplier is given. The details themselves come from nDelius (decision F4)."""

    answers = SharedPersonalDetails
    question = "Review {person}’s personal details"
    template = "referrals/journey/personal_details.html"

    shared = CheckboxesField(
        label="Which of these details should the service provider see?",
        hint="Untick any detail the service provider does not need, or that could put someone at risk.",
        choices=tuple(OPTIONAL_DETAILS.items()),
        required=False,
    )

    @classmethod
    def look_up(cls, situation: Situation, answers: SharedPersonalDetails) -> Found:
        """Nothing new is asked; what nDelius sent and we cannot read is said."""
        return Found(trouble=not_known(NDELIUS, situation.unread_details))

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
                "Not shared with the service provider"
                if key in withheld
                else values.get(key, labels.NOT_FOUND),
            )
            for key, label in OPTIONAL_DETAILS.items()
        ]
