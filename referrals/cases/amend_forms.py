"""The questions of the form again, for one item of a sent referral, each with the reason for the change.

Fields, choices, limits and messages are the form's own (``referrals.journey.questions``). What is added: why, what may
be sensitive (``CrossingForm``), that nothing has changed, and warnings, which are shown once before anything is saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import fields, replace
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from govuk.fields import HiddenField, TextAreaField
from interventions.models import ProbationOffice
from monitoring.actions.amend_referral import Standing
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.form_key import FormKeyField
from monitoring.handover import labels
from monitoring.models import ReceivedReferral
from monitoring.rules import amendments as new
from monitoring.rules.amendments import Amendment, OfAService
from monitoring.rules.version_seen import fingerprint
from referrals.forms import practitioner as details
from referrals.journey import answers
from referrals.journey.pages import Found
from referrals.journey.questions import custody, needs, service
from referrals.journey.situation import Situation, situation_of
from referrals.models import Referral

UNCHANGED = "This is what the referral says now. Change it, or select cancel to leave it as it is"
#: Fields that every one of these forms has beside its question.
BESIDE = frozenset({"reason", "seen", "warned", "form_key", "details_seen"})


class AmendForm(CrossingForm):
    """One item, and why it changes. ``present``: the item as it stands."""

    amended: ClassVar[type[Amendment]]
    heading_alone: ClassVar[str] = ""  # where the question itself is no heading

    seen = HiddenField(required=False, max_length=64)
    warned = HiddenField(required=False, max_length=64)
    form_key = FormKeyField()
    reason = TextAreaField(
        label="Why are you changing this?",
        called="why you are changing this",
        hint="The service provider will see this reason in the change log. You cannot change it later.",
        rows=3,
    )

    def __init__(self, *args: Any, present: Standing, **kwargs: Any) -> None:
        super().__init__(*args, stored=[present.words], **kwargs)
        self.present = present
        self.initial.setdefault("seen", present.amendment.seen_as())

    def amendment(self) -> Amendment:
        """The item with its new value; of a form without errors in its question."""
        return self.amended(**{field.name: self.cleaned_data[field.name] for field in fields(self.amended)})

    @property
    def trouble(self) -> str:
        """What an outside system could not tell. Most ask none."""
        return ""

    def warned_of(self) -> list[str]:
        """What its author should know about the new value. Most have nothing."""
        return []

    def clean(self) -> None:
        """Refuse what changes nothing, beside a missing reason, unless it is this form that changed it already."""
        super().clean()
        if self._question_has_errors or self._was_sent_before:
            return
        if self.amendment().same_as(self.present.amendment):
            self.add_error(
                next(bound.name for bound in self.questions() if bound.name not in BESIDE), UNCHANGED
            )

    def is_valid(self) -> bool:
        """No errors, nothing that may be sensitive and nothing to be warned of that was not shown."""
        return not self.to_be_warned and super().is_valid()

    @cached_property
    def to_be_warned(self) -> list[str]:
        """Warnings that the page has not shown yet. From then on it carries that it did."""
        if not self.is_bound or self.errors:
            return []
        warnings = self.warned_of()
        mark = fingerprint(*warnings)
        if not warnings or self.cleaned_data["warned"] == mark:
            return []
        data: Any = copy(self.data)
        data[self.add_prefix("warned")] = mark
        self.data = data
        return warnings

    @property
    def _question_has_errors(self) -> bool:
        return any(name not in BESIDE for name in self.errors)

    @property
    def _was_sent_before(self) -> bool:
        key = self.cleaned_data.get("form_key")
        return key is not None and self._received.changes.filter(form_key=key).exists()


class PageAgain(AmendForm):
    """A question page of the form again. Derive from this, then from the page."""

    @classmethod
    def opened_on(cls, received: ReceivedReferral, present: Standing, found: Found) -> Any:
        """The page's answers as they stand."""
        kind = cls.answers  # type: ignore[attr-defined]
        return kind(**{field.name: getattr(received, field.name) for field in fields(kind)})

    @property
    def trouble(self) -> str:
        """As the page says it."""
        return str(self.found.trouble)  # type: ignore[attr-defined]


class DetailAgain(AmendForm):
    """One detail of the practitioner again. Derive from this, then from the detail's form."""

    @property
    def _value(self) -> str:
        value, _ = self.given()  # type: ignore[attr-defined]
        return str(value)

    def amendment(self) -> Amendment:
        """The value by itself."""
        (field,) = fields(self.amended)
        return self.amended(**{field.name: self._value})


class CompletionDateAgain(PageAgain, service.CompletionDatePage):
    """By when."""

    amended = new.NewCompletionDate

    def warned_of(self) -> list[str]:
        """After the sentence ends."""
        chosen = answers.CompletionDate(self.cleaned_data["completion_date"])
        return service.CompletionDatePage.warnings(chosen, self.situation)


class EnforceableDaysAgain(PageAgain, service.EnforceableDaysPage):
    """How many days."""

    amended = new.NewEnforceableDays


class AdditionalNeedsAgain(PageAgain, needs.AdditionalNeedsPage):
    """Additional needs."""

    amended = new.NewAdditionalNeeds


class AccessibilityNeedsAgain(PageAgain, needs.AccessibilityNeedsPage):
    """Accessibility needs."""

    amended = new.NewAccessibilityNeeds


class DiversityAgain(PageAgain, needs.DiversityPage):
    """Diversity considerations."""

    amended = new.NewDiversity


class InterpreterAgain(PageAgain, needs.InterpreterPage):
    """Interpreter."""

    amended = new.NewInterpreter


class ResponsibilitiesAgain(PageAgain, needs.ResponsibilitiesPage):
    """Responsibilities."""

    amended = new.NewResponsibilities


class ReasonAgain(PageAgain, service.ReasonsPage):
    """The reason for referral, by itself."""

    amended = new.NewReason
    heading_alone = labels.REASON_FOR_REFERRAL
    further_information = None  # type: ignore[assignment]


class FurtherInformationAgain(PageAgain, service.ReasonsPage):
    """Further information, by itself."""

    amended = new.NewFurtherInformation
    heading_alone = labels.FURTHER_INFORMATION
    reason_for_referral = None  # type: ignore[assignment]

    def arrange(self) -> None:
        """The other field’s hint is not needed."""


class EstablishmentAgain(PageAgain, custody.EstablishmentPage):
    """Where the person is in custody now: chosen, for what prison records said when it was sent may be out of date."""

    amended = new.NewEstablishment

    @classmethod
    def opened_on(cls, received: ReceivedReferral, present: Standing, found: Found) -> answers.Establishment:
        """The code is looked for by the name of the day."""
        known = found.value.known if found.value else ()
        code = next((one.id for one in known if one.name == received.establishment), "")
        return answers.Establishment(received.prison_number, received.establishment, code)

    def amendment(self) -> Amendment:
        """The name."""
        return new.NewEstablishment(self.given().establishment)


class ExpectedReleaseAgain(PageAgain, custody.ExpectedReleasePage):
    """Expected release, or why it is not known."""

    amended = new.NewReleaseDate

    def warned_of(self) -> list[str]:
        """After the sentence ends, or far off."""
        return custody.ExpectedReleasePage.warnings(self.given(), self.situation)

    def amendment(self) -> Amendment:
        """A date or a reason, never both."""
        chosen = self.given()
        return new.NewReleaseDate(chosen.release_date, chosen.release_date_unknown_reason)


class ExpectedOfficeAgain(PageAgain, custody.ExpectedOfficePage):
    """Expected office, or why it is not known."""

    amended = new.NewExpectedOffice

    @classmethod
    def opened_on(cls, received: ReceivedReferral, present: Standing, found: Found) -> answers.ExpectedOffice:
        """The number is looked for by the name of the day."""
        return answers.ExpectedOffice(
            received.expected_office,
            office_number(received.expected_office),
            received.expected_office_unknown_reason,
        )

    def amendment(self) -> Amendment:
        """An office or a reason, never both."""
        chosen = self.given()
        return new.NewExpectedOffice(chosen.expected_office, chosen.expected_office_unknown_reason)


class ComplexityAgain(PageAgain, service.ComplexityPage):
    """The complexity level of one service."""

    amended = new.NewComplexity

    @classmethod
    def opened_on(cls, received: ReceivedReferral, present: Standing, found: Found) -> answers.Complexity:
        """The present level."""
        assert isinstance(present.amendment, new.NewComplexity)
        return answers.Complexity(present.amendment.complexity_level_id)

    def amendment(self) -> Amendment:
        """Of this service."""
        assert self.situation.category is not None
        return new.NewComplexity(self.situation.category.pk, int(self.cleaned_data["complexity_level"]))


class OutcomesAgain(PageAgain, service.DesiredOutcomesPage):
    """The desired outcomes of one service."""

    amended = new.NewOutcomes

    @classmethod
    def opened_on(
        cls, received: ReceivedReferral, present: Standing, found: Found
    ) -> answers.DesiredOutcomes:
        """The present ones."""
        assert isinstance(present.amendment, new.NewOutcomes)
        return answers.DesiredOutcomes(present.amendment.outcomes)

    def amendment(self) -> Amendment:
        """Of this service."""
        assert self.situation.category is not None
        return new.NewOutcomes(self.situation.category.pk, self.given().outcomes)


class NameAgain(DetailAgain, details.NameForm):
    """The practitioner’s name."""

    amended = new.NewPractitionerName


class EmailAgain(DetailAgain, details.EmailForm):
    """The practitioner’s email address."""

    amended = new.NewPractitionerEmail


class PhoneAgain(DetailAgain, details.PhoneForm):
    """The practitioner’s phone number."""

    amended = new.NewPractitionerPhone


class OfficeAgain(DetailAgain, details.OfficeForm):
    """The practitioner’s office."""

    amended = new.NewPractitionerOffice


class TeamPhoneAgain(DetailAgain, details.TeamPhoneForm):
    """The phone number of the practitioner’s team."""

    amended = new.NewTeamPhone


#: The forms by the word in their address.
FORMS: Mapping[str, type[AmendForm]] = {
    "completion-date": CompletionDateAgain,
    "enforceable-days": EnforceableDaysAgain,
    "complexity-level": ComplexityAgain,
    "desired-outcomes": OutcomesAgain,
    "additional-needs": AdditionalNeedsAgain,
    "accessibility-needs": AccessibilityNeedsAgain,
    "interpreter": InterpreterAgain,
    "responsibilities": ResponsibilitiesAgain,
    "diversity": DiversityAgain,
    "reason-for-referral": ReasonAgain,
    "further-information": FurtherInformationAgain,
    "establishment": EstablishmentAgain,
    "expected-release-date": ExpectedReleaseAgain,
    "expected-probation-office": ExpectedOfficeAgain,
    "practitioner-name": NameAgain,
    "practitioner-email-address": EmailAgain,
    "practitioner-phone-number": PhoneAgain,
    "practitioner-probation-office": OfficeAgain,
    "team-phone-number": TeamPhoneAgain,
}
SLUGS = {form.amended.topic: slug for slug, form in FORMS.items()}
OF_A_SERVICE = frozenset(slug for slug, form in FORMS.items() if issubclass(form.amended, OfAService))


def form_for(
    kind: type[AmendForm],
    data: Any,
    *,
    referral: Referral,
    received: ReceivedReferral,
    present: Standing,
    by: Any,
    today: date,
) -> tuple[AmendForm, str]:
    """The form, opened or as sent (``data``), and the heading of its page."""
    about: dict[str, Any] = {"received": received, "by": by, "present": present}
    if issubclass(kind, DetailAgain):
        standing = practitioner_of(received)
        form = kind(data, standing=standing, officer=None, person=received.person_name, **about)
        return form, ""
    situation = _situation(referral, received, present, by=by, today=today)
    page: Any = kind
    stands = page.opened_on(received, present, Found())
    found = page.look_up(situation, stands)
    if found.value is not None:
        stands = page.opened_on(received, present, found)
    first = page.first_values(stands, situation, found)
    form = page(data, situation=situation, found=found, initial=first, **about)
    return form, kind.heading_alone or page.asked(situation)


def _situation(
    referral: Referral, received: ReceivedReferral, present: Standing, *, by: Any, today: date
) -> Situation:
    """As of the draft, with what is known now. Prison records of that day are left out."""
    return replace(
        situation_of(referral, by, today),
        person=received.person_name,
        category=present.service.category if present.service else None,
        sentence_ends_on=received.sentence_ends_on,
        custody=None,
    )


def practitioner_of(received: ReceivedReferral) -> answers.Practitioner:
    """The practitioner’s details as the service provider has them now."""
    return answers.Practitioner(
        practitioner_name=received.practitioner_name,
        practitioner_email=received.practitioner_email,
        practitioner_phone=received.practitioner_phone,
        practitioner_team_phone=received.practitioner_team_phone,
        practitioner_pdu=received.practitioner_pdu,
        practitioner_office=received.practitioner_office,
        practitioner_office_number=office_number(received.practitioner_office),
        practitioner_confirmed_at=None,
    )


def office_number(name: str) -> int | None:
    """The number of an office in the public register, by its name of the day; None when it is not there any more."""
    if not name:
        return None
    rows = ProbationOffice.objects.in_use().filter(name=name).values_list("register_id", flat=True)
    return next(iter(rows[:1]), None)
