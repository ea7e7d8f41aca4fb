"""Questions about somebody in custody: where, released when, and to which probation office.

What the prison records say is confirmed rather than typed (live service: expected release date, current location).
"""

from __future__ import annotations

from typing import Any

from govuk.choices import Choice
from govuk.conditions import If
from govuk.fields import AutocompleteField, DateField, RadiosField, TextAreaField, YesNoField
from govuk.template_filters import date
from monitoring.handover import labels
from referrals.journey.answers import Establishment, ExpectedOffice, ExpectedRelease
from referrals.journey.pages import Found, Page, Row, text
from referrals.journey.places import office_choices, office_named
from referrals.journey.questions.establishments import (
    EstablishmentsPage,
    establishment_field,
    typed_establishment_field,
)
from referrals.journey.situation import Situation

CONFIRM, ANOTHER, UNKNOWN, OFFICE = "CONFIRM", "ANOTHER", "UNKNOWN", "OFFICE"


class EstablishmentPage(EstablishmentsPage):
    """Where the person is in custody: confirmed when the prison records say so, else chosen."""

    answers = Establishment
    question = "Which establishment is {person} in?"
    template = "referrals/journey/establishment.html"

    is_still_there = YesNoField(label="Is {person} still there?", inline=False)
    establishment = establishment_field(hint="A prison, or a secure children’s home.")
    typed = typed_establishment_field()

    def arrange(self) -> None:
        """Ask to confirm what is known; else to choose."""
        asked = self.asks_for(chosen="establishment", typed="typed")
        known = self.recorded
        if known:
            confirm = self.fields["is_still_there"]
            confirm.label = f"Prison records say {known}. Is {{person}} still there?"
            message = f"Select yes if {{person}} is still in {known}"
            confirm.own_messages = {"required": message, "unknown": message}  # type: ignore[attr-defined]
            self.conditions.append(If("is_still_there", "NO", then=(asked,)))
        else:
            del self.fields["is_still_there"]

    @property
    def recorded(self) -> str:
        """The establishment of the prison records by its name, or nothing."""
        facts, list_of_them = self.situation.custody, self.found.value
        if facts is None or not facts.establishment_code or list_of_them is None:
            return ""
        return list_of_them.name_of(facts.establishment_code) or ""

    @classmethod
    def first_values(cls, answers: Establishment, situation: Situation, found: Found) -> dict[str, Any]:
        """What was chosen before."""
        if not answers.establishment:
            return {}
        recorded = situation.custody.establishment_code if situation.custody else ""
        return {
            "is_still_there": answers.establishment_code == recorded if recorded else None,
            "establishment": answers.establishment_code,
            "typed": answers.establishment,
        }

    def given(self) -> Establishment:
        """The prison number of the records, the name on the day, and its code when it came from the list."""
        number = self.situation.custody.prison_number if self.situation.custody else ""
        if self.cleaned_data.get("is_still_there"):
            assert self.situation.custody is not None
            return Establishment(number, self.recorded[:200], self.situation.custody.establishment_code)
        if "typed" in self.fields:
            return Establishment(number, self.cleaned_data["typed"], "")
        code = self.cleaned_data["establishment"]
        return Establishment(number, self.names[code][:200], code)

    @classmethod
    def is_answered(cls, answers: Establishment) -> bool:
        """A name is needed; one that was typed has no code."""
        return bool(answers.establishment)

    @classmethod
    def rows(cls, answers: Establishment, situation: Situation) -> list[Row]:
        """Prison number and establishment."""
        return [
            Row(labels.PRISON_NUMBER, text(answers.prison_number, labels.NOT_FOUND)),
            Row(labels.ESTABLISHMENT, text(answers.establishment)),
        ]


FAR_OFF = 5  # years; a community service is arranged for a release that is near


class ExpectedReleasePage(Page):
    """When the person is expected to be released: as recorded, another date, or why it is not known."""

    answers = ExpectedRelease
    question = "When is {person} expected to be released?"

    release = RadiosField(
        label="When is {person} expected to be released?",
        label_is_heading=True,
        choices=((ANOTHER, "On this date"), (UNKNOWN, "The date is not known")),
        error_messages={
            "required": "Select when {person} is expected to be released",
            "unknown": "Select when {person} is expected to be released",
        },
    )
    release_date = DateField(
        label=labels.RELEASE_DATE, called="the expected release date", expected="today or in the future"
    )
    release_date_unknown_reason = TextAreaField(
        label="Why is the date not known?",
        rows=3,
        error_messages={"required": "Enter why the expected release date is not known"},
    )

    class Meta:
        conditions = (
            If("release", ANOTHER, then=("release_date",)),
            If("release", UNKNOWN, then=("release_date_unknown_reason",)),
        )

    def arrange(self) -> None:
        """Offer the recorded date first, unless it has passed."""
        recorded = recorded_release(self.situation)
        if recorded:
            facts = self.situation.custody
            sure = "Confirmed" if facts and facts.release_date_is_confirmed else "Not confirmed yet"
            if facts and "release_date" in facts.unread:
                sure = "We cannot read if it is confirmed"
            self.fields["release"].choices = (  # type: ignore[attr-defined]
                Choice(CONFIRM, date(recorded), hint=f"From prison records. {sure}."),
                Choice(ANOTHER, "On another date"),
                Choice(UNKNOWN, "The date is not known"),
            )

    def clean_release_date(self) -> Any:
        """Today or later."""
        chosen = self.cleaned_data["release_date"]
        if chosen and chosen < self.situation.today:
            self.add_error("release_date", "The expected release date must be today or in the future")
        return chosen

    @classmethod
    def first_values(cls, answers: ExpectedRelease, situation: Situation, found: Found) -> dict[str, Any]:
        """What was answered before."""
        if answers.release_date_unknown_reason:
            return {"release": UNKNOWN, "release_date_unknown_reason": answers.release_date_unknown_reason}
        if answers.release_date is None:
            return {}
        if answers.release_date == recorded_release(situation):
            return {"release": CONFIRM}
        return {"release": ANOTHER, "release_date": answers.release_date}

    def given(self) -> ExpectedRelease:
        """A date or a reason, never both."""
        if self.cleaned_data["release"] == CONFIRM:
            return ExpectedRelease(recorded_release(self.situation), "")
        return ExpectedRelease(
            self.cleaned_data["release_date"] or None, self.cleaned_data["release_date_unknown_reason"]
        )

    @classmethod
    def is_answered(cls, answers: ExpectedRelease) -> bool:
        """A date, or the reason why there is none."""
        return answers.release_date is not None or bool(answers.release_date_unknown_reason)

    @classmethod
    def outdated(cls, answers: ExpectedRelease, situation: Situation) -> str:
        """A draft may lie until the date has passed."""
        chosen = answers.release_date
        passed = chosen is not None and chosen < situation.today
        return "The expected release date has passed. Enter another." if passed else ""

    @classmethod
    def warnings(cls, answers: ExpectedRelease, situation: Situation) -> list[str]:
        """So far off that it is perhaps a slip of the key, or after the sentence ends: allowed, but said."""
        chosen, ends = answers.release_date, situation.sentence_ends_on
        if chosen is None:
            return []
        if ends and chosen > ends:
            return [f"The expected release date, {date(chosen)}, is after the sentence ends on {date(ends)}."]
        if chosen.year - situation.today.year > FAR_OFF:
            return [f"The expected release date, {date(chosen)}, is more than {FAR_OFF} years away."]
        return []

    @classmethod
    def rows(cls, answers: ExpectedRelease, situation: Situation) -> list[Row]:
        """The date, or why it is not known."""
        if answers.release_date_unknown_reason:
            return [
                Row(labels.RELEASE_DATE, "Not known"),
                Row(labels.RELEASE_DATE_UNKNOWN, answers.release_date_unknown_reason),
            ]
        return [
            Row(
                labels.RELEASE_DATE,
                date(answers.release_date) if answers.release_date else labels.NOT_PROVIDED,
            )
        ]


def recorded_release(situation: Situation) -> Any:
    """The release date of the prison records, while it is still to come."""
    facts = situation.custody
    return (
        facts.release_date if facts and facts.release_date and facts.release_date >= situation.today else None
    )


class ExpectedOfficePage(Page):
    """Which probation office the person is expected to report to on release, or why it is not known."""

    answers = ExpectedOffice
    question = "Which probation office will {person} report to on release?"

    office_is = RadiosField(
        label="Which probation office will {person} report to on release?",
        label_is_heading=True,
        choices=((OFFICE, "This probation office"), (UNKNOWN, "The office is not known")),
        error_messages={
            "required": "Select if the probation office is known",
            "unknown": "Select if the probation office is known",
        },
    )
    expected_office = AutocompleteField(
        label=labels.EXPECTED_OFFICE,
        choices=office_choices,
        error_messages={
            "required": "Select a probation office",
            "unknown": "Select a probation office from the list",
        },
    )
    expected_office_unknown_reason = TextAreaField(
        label="Why is the office not known?",
        rows=3,
        error_messages={"required": "Enter why the probation office is not known"},
    )

    class Meta:
        conditions = (
            If("office_is", OFFICE, then=("expected_office",)),
            If("office_is", UNKNOWN, then=("expected_office_unknown_reason",)),
        )

    @classmethod
    def first_values(cls, answers: ExpectedOffice, situation: Situation, found: Found) -> dict[str, Any]:
        """What was answered before."""
        if answers.expected_office_unknown_reason:
            return {
                "office_is": UNKNOWN,
                "expected_office_unknown_reason": answers.expected_office_unknown_reason,
            }
        if answers.expected_office_number:
            return {"office_is": OFFICE, "expected_office": str(answers.expected_office_number)}
        return {}

    def given(self) -> ExpectedOffice:
        """An office or a reason, never both."""
        number, name = office_named(self.cleaned_data["expected_office"])
        return ExpectedOffice(name, number, self.cleaned_data["expected_office_unknown_reason"])

    @classmethod
    def is_answered(cls, answers: ExpectedOffice) -> bool:
        """An office, or the reason why there is none."""
        return bool(answers.expected_office or answers.expected_office_unknown_reason)

    @classmethod
    def rows(cls, answers: ExpectedOffice, situation: Situation) -> list[Row]:
        """The office, or why it is not known."""
        if answers.expected_office_unknown_reason:
            return [
                Row(labels.EXPECTED_OFFICE, "Not known"),
                Row(labels.EXPECTED_OFFICE_UNKNOWN, answers.expected_office_unknown_reason),
            ]
        return [Row(labels.EXPECTED_OFFICE, text(answers.expected_office))]
