"""What can be changed in a referral after it was sent, one value for each item; and on which cases.

The received referral holds the current value of each (``standing``); the names of fields are those of its columns.
Items of one service name its category and catalogue ids: their words come from the catalogue, not from the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import ClassVar, Final, Self

from govuk.template_filters import date as in_words
from govuk.text import with_plain_newlines
from monitoring.handover import labels
from monitoring.handover.contents import SharedPerson
from monitoring.models import ReceivedReferral, Topic
from monitoring.rules.moves import Move, why_not
from monitoring.rules.personal_details import DETAILS, differing, lines
from monitoring.rules.version_seen import fingerprint


@dataclass(frozen=True, slots=True)
class Amendment:
    """One item with its new value."""

    topic: ClassVar[Topic]

    def columns(self) -> dict[str, object]:
        """The columns of a received referral that it is kept in."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def standing(cls, received: ReceivedReferral) -> Self:
        """The item as it stands now."""
        return cls(**{field.name: getattr(received, field.name) for field in fields(cls)})

    def same_as(self, other: Amendment) -> bool:
        """Whether it says the same; a browser's line ends are no change."""
        return type(self) is type(other) and _plain(self) == _plain(other)

    def seen_as(self) -> str:
        """A fingerprint that the page carries: which version of the item its author saw."""
        return fingerprint(*_plain(self))

    def words(self) -> str:
        """As pages show it."""
        (value,) = astuple(self)
        return str(value) or labels.NOT_PROVIDED

    def words_beside(self, other: Self) -> str:
        """As the change log shows it, beside the value before or after."""
        return self.words()


def _plain(amendment: Amendment) -> tuple[object, ...]:
    return tuple(
        with_plain_newlines(value) if isinstance(value, str) else value for value in astuple(amendment)
    )


@dataclass(frozen=True, slots=True)
class NewCompletionDate(Amendment):
    """The day by which the intervention must be completed."""

    topic = Topic.COMPLETION_DATETIME
    completion_date: date

    def words(self) -> str:
        """The date."""
        return in_words(self.completion_date)


@dataclass(frozen=True, slots=True)
class NewEnforceableDays(Amendment):
    """The most days that may be enforced, 1 to 40."""

    topic = Topic.MAXIMUM_ENFORCEABLE_DAYS
    enforceable_days: int


@dataclass(frozen=True, slots=True)
class NewAdditionalNeeds(Amendment):
    """Anything else to plan for."""

    topic = Topic.ADDITIONAL_INFORMATION
    additional_needs: str


@dataclass(frozen=True, slots=True)
class NewAccessibilityNeeds(Amendment):
    """Mobility, disability or accessibility needs."""

    topic = Topic.ACCESSIBILITY_NEEDS
    accessibility_needs: str


@dataclass(frozen=True, slots=True)
class NewDiversity(Amendment):
    """Diversity considerations."""

    topic = Topic.DIVERSITY
    diversity: str


@dataclass(frozen=True, slots=True)
class NewInterpreter(Amendment):
    """Whether an interpreter is needed, and for which language."""

    topic = Topic.INTERPRETER_REQUIRED
    needs_interpreter: bool
    interpreter_language: str

    def words(self) -> str:
        """Yes or no, and the language."""
        if not self.needs_interpreter:
            return "No"
        return f"Yes\n{labels.INTERPRETER_LANGUAGE}: {self.interpreter_language}"


@dataclass(frozen=True, slots=True)
class NewResponsibilities(Amendment):
    """Caring or employment responsibilities, and when they keep the person away."""

    topic = Topic.RESPONSIBILITIES
    has_responsibilities: bool
    when_unavailable: str

    def words(self) -> str:
        """Yes or no, and when."""
        if not self.has_responsibilities:
            return "No"
        return f"Yes\n{labels.WHEN_UNAVAILABLE}: {self.when_unavailable}"


@dataclass(frozen=True, slots=True)
class NewReason(Amendment):
    """Why the person is referred."""

    topic = Topic.REASON_FOR_REFERRAL
    reason_for_referral: str


@dataclass(frozen=True, slots=True)
class NewFurtherInformation(Amendment):
    """What else the service provider should know."""

    topic = Topic.FURTHER_INFORMATION
    further_information: str


@dataclass(frozen=True, slots=True)
class NewEstablishment(Amendment):
    """Where the person is in custody."""

    topic = Topic.ESTABLISHMENT
    establishment: str


@dataclass(frozen=True, slots=True)
class NewReleaseDate(Amendment):
    """When the person is expected to be released, or why that is not known."""

    topic = Topic.RELEASE_DATE
    release_date: date | None
    release_date_unknown_reason: str

    def words(self) -> str:
        """The date, or why it is not known."""
        if self.release_date_unknown_reason:
            return f"Not known\n{labels.RELEASE_DATE_UNKNOWN}: {self.release_date_unknown_reason}"
        return in_words(self.release_date) or labels.NOT_PROVIDED


@dataclass(frozen=True, slots=True)
class NewExpectedOffice(Amendment):
    """Which probation office the person will report to on release, or why that is not known."""

    topic = Topic.EXPECTED_OFFICE
    expected_office: str
    expected_office_unknown_reason: str

    def words(self) -> str:
        """The office, or why it is not known."""
        if self.expected_office_unknown_reason:
            return f"Not known\n{labels.EXPECTED_OFFICE_UNKNOWN}: {self.expected_office_unknown_reason}"
        return self.expected_office or labels.NOT_PROVIDED


@dataclass(frozen=True, slots=True)
class NewPractitionerName(Amendment):
    """The probation practitioner’s name."""

    topic = Topic.PRACTITIONER_NAME
    practitioner_name: str


@dataclass(frozen=True, slots=True)
class NewPractitionerEmail(Amendment):
    """The probation practitioner’s email address."""

    topic = Topic.PRACTITIONER_EMAIL
    practitioner_email: str


@dataclass(frozen=True, slots=True)
class NewPractitionerPhone(Amendment):
    """The probation practitioner’s phone number."""

    topic = Topic.PRACTITIONER_PHONE
    practitioner_phone: str


@dataclass(frozen=True, slots=True)
class NewPractitionerOffice(Amendment):
    """The probation practitioner’s office."""

    topic = Topic.PRACTITIONER_OFFICE
    practitioner_office: str


@dataclass(frozen=True, slots=True)
class NewTeamPhone(Amendment):
    """The phone number of the probation practitioner’s team."""

    topic = Topic.TEAM_PHONE
    practitioner_team_phone: str


@dataclass(frozen=True, slots=True)
class OfAService(Amendment):
    """An item of one service: ``category_id`` says which."""

    category_id: int


@dataclass(frozen=True, slots=True)
class NewComplexity(OfAService):
    """The complexity level of one service; a catalogue id."""

    topic = Topic.COMPLEXITY_LEVEL
    complexity_level_id: int


@dataclass(frozen=True, slots=True)
class NewOutcomes(OfAService):
    """The desired outcomes of one service; catalogue ids, in order."""

    topic = Topic.DESIRED_OUTCOMES
    outcomes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NewPractitioner(Amendment):
    """Another practitioner, in the place of the one before or of the main point of contact. Never one detail alone."""

    topic = Topic.PRACTITIONER
    practitioner_name: str
    practitioner_email: str = ""
    practitioner_phone: str = ""
    practitioner_team_phone: str = ""
    practitioner_pdu: str = ""
    practitioner_office: str = ""
    contact_name: str = ""
    contact_role: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    contact_place: str = ""

    def words(self) -> str:
        """A line for each detail of whoever the service provider contacts."""
        if not self.practitioner_name and self.contact_name:
            who = (self.contact_name, self.contact_role, self.contact_email, self.contact_phone, self.contact_place)
            return "\n".join([f"{labels.MAIN_CONTACT}: {who[0]}", *filter(None, who[1:])])
        return "\n".join(f"{label}: {value or labels.NOT_PROVIDED}" for label, value in self.rows())

    def rows(self) -> list[tuple[str, str]]:
        """Label and value of each detail of the practitioner."""
        return [
            (labels.FULL_NAME, self.practitioner_name),
            (labels.EMAIL, self.practitioner_email),
            (labels.PHONE, self.practitioner_phone),
            (labels.DELIVERY_UNIT, self.practitioner_pdu),
            (labels.OFFICE, self.practitioner_office),
            (labels.TEAM_PHONE, self.practitioner_team_phone),
        ]


@dataclass(frozen=True, slots=True)
class NewPersonalDetails(Amendment):
    """The person, as nDelius has them by now, without what is kept back. Nobody types these: no page offers them."""

    topic = Topic.PERSONAL_DETAILS
    person: SharedPerson

    @classmethod
    def standing(cls, received: ReceivedReferral) -> Self:
        """As the service provider reads them."""
        return cls(received.shared_person())

    def columns(self) -> dict[str, object]:
        """The same, by the columns of a received referral. When nDelius was asked, and what is kept back, stay."""
        person = self.person
        return {
            "person_first_name": person.first_name,
            "person_last_name": person.last_name,
            "person_date_of_birth": person.date_of_birth,
            "person_sex": person.sex,
            "person_ethnicity": person.ethnicity,
            "person_preferred_language": person.preferred_language,
            "person_religion_or_belief": person.religion_or_belief,
            "person_disabilities": list(person.disabilities),
            "person_address_lines": list(person.address_lines),
            "person_no_fixed_abode": person.no_fixed_abode,
            "person_telephone": person.telephone,
            "person_mobile": person.mobile,
            "person_email": person.email,
        }

    def same_as(self, other: Amendment) -> bool:
        """Whether every detail is the same, whenever it was asked for."""
        return isinstance(other, NewPersonalDetails) and not differing(self.person, other.person)

    def seen_as(self) -> str:
        """A fingerprint of the details alone."""
        return fingerprint(*self.columns().values())

    def words(self) -> str:
        """A line for each detail."""
        return lines(self.person, DETAILS)

    def words_beside(self, other: Self) -> str:
        """A line for each detail that is another."""
        return lines(self.person, differing(self.person, other.person))


AMENDMENTS: Final[tuple[type[Amendment], ...]] = (
    NewEstablishment, NewReleaseDate, NewExpectedOffice, NewEnforceableDays, NewCompletionDate, NewReason,
    NewFurtherInformation, NewComplexity, NewOutcomes, NewPractitionerName, NewPractitionerEmail,
    NewPractitionerPhone, NewPractitionerOffice, NewTeamPhone, NewAdditionalNeeds, NewAccessibilityNeeds,
    NewInterpreter, NewResponsibilities, NewDiversity,
)  # fmt: skip
#: How the service provider reaches the practitioner: open until the case is concluded.
OF_THE_PRACTITIONER: Final = frozenset({
    Topic.PRACTITIONER_NAME, Topic.PRACTITIONER_EMAIL, Topic.PRACTITIONER_PHONE, Topic.PRACTITIONER_OFFICE,
    Topic.TEAM_PHONE,
})  # fmt: skip
#: After these, a version of the action plan that was submitted before is out of date (decision M1).
ASK_FOR_A_PLAN: Final[Mapping[Topic, str]] = {
    Topic.COMPLEXITY_LEVEL: "The complexity level for {category} changed from {before} to {after}.",
    Topic.DESIRED_OUTCOMES: "The desired outcomes for {category} changed.",
}


#: What stays true until the case is concluded: whom to contact, and who the person is.
UNTIL_THE_END: Final = OF_THE_PRACTITIONER | {Topic.PRACTITIONER, Topic.PERSONAL_DETAILS}


def move_of(topic: Topic) -> Move:
    """Which move on the case changing this is."""
    return Move.CHANGE_CONTACT if topic in UNTIL_THE_END else Move.CHANGE_REFERRAL


def why_not_now(topic: Topic, received: ReceivedReferral) -> str:
    """Why this cannot be changed on this case now, in a sentence for the user; nothing when it can."""
    return why_not(move_of(topic), received) or ("" if _is_shown(topic, received) else NOT_HERE)


NOT_HERE: Final = "This referral does not have this detail, so you cannot change it."


def _is_shown(topic: Topic, received: ReceivedReferral) -> bool:
    """What the page of the referral does not show cannot be changed."""
    if topic in OF_THE_PRACTITIONER:
        return not received.contact_name  # the main point of contact stands in for them
    is_in_custody = received.location == "CUSTODY"
    match topic:
        case Topic.ESTABLISHMENT:
            return is_in_custody
        case Topic.RELEASE_DATE:
            return is_in_custody and bool(received.release_date or received.release_date_unknown_reason)
        case Topic.EXPECTED_OFFICE:
            return is_in_custody and bool(received.expected_office or received.expected_office_unknown_reason)
    return True
