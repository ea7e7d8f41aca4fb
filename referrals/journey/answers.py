"""What a practitioner answers, as typed values: one a question page. Names equal the columns that hold them.

Nothing here knows a form, a page or a store. None means not answered; "" means left empty on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Allocation:
    """Whether somebody in the community is responsible for the person."""

    has_practitioner: bool | None


@dataclass(frozen=True, slots=True)
class WhereNow:
    """Where somebody with a practitioner is: COMMUNITY or CUSTODY."""

    location: str


@dataclass(frozen=True, slots=True)
class Release:
    """Whether somebody without a practitioner will be released during the intervention."""

    is_releasing: bool | None


@dataclass(frozen=True, slots=True)
class MainContact:
    """Whom the supplier reaches until a practitioner is allocated, and where they work."""

    contact_name: str
    contact_role: str
    contact_email: str
    contact_phone: str
    contact_place: str
    contact_establishment: str
    contact_establishment_code: str
    contact_office: str
    contact_office_number: int | None


@dataclass(frozen=True, slots=True)
class ReasonBeforeAllocation:
    """Why the referral is made before a practitioner is allocated."""

    reason_before_allocation: str | None


@dataclass(frozen=True, slots=True)
class Establishment:
    """Where the person is in custody, as it was called on the day."""

    prison_number: str
    establishment: str
    establishment_code: str


@dataclass(frozen=True, slots=True)
class ExpectedRelease:
    """When the person is expected to be released, or why that is not known."""

    release_date: date | None
    release_date_unknown_reason: str


@dataclass(frozen=True, slots=True)
class ExpectedOffice:
    """Which probation office the person is expected to report to, or why that is not known."""

    expected_office: str
    expected_office_number: int | None
    expected_office_unknown_reason: str


@dataclass(frozen=True, slots=True)
class Services:
    """The service categories of the referral; catalogue ids."""

    services: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Practitioner:
    """The probation practitioner responsible for the person, and when the details were confirmed."""

    practitioner_name: str
    practitioner_email: str
    practitioner_phone: str
    practitioner_team_phone: str
    practitioner_pdu: str
    practitioner_office: str
    practitioner_office_number: int | None
    practitioner_confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackUpContact:
    """Whom the supplier reaches when the practitioner is away."""

    back_up_name: str
    back_up_email: str
    back_up_phone: str


@dataclass(frozen=True, slots=True)
class SharedPersonalDetails:
    """Which personal details are kept back from the supplier, their later values included."""

    withheld_personal_fields: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class RiskDeclared:
    """Whether responsibility was taken for exactly the risk information as it stands; if not, how far it is."""

    is_declared: bool
    was_declared: bool = False  # over other content
    is_begun: bool = False
    newer_is_undecided: bool = False  # OASys says something else by now


@dataclass(frozen=True, slots=True)
class NeedWithComment:
    """One criminogenic need to share, with the practitioner's comment."""

    section: str
    name: str
    comment: str


@dataclass(frozen=True, slots=True)
class CriminogenicNeeds:
    """The criminogenic needs to share; an empty tuple: none, on purpose."""

    criminogenic_needs: tuple[NeedWithComment, ...] | None


@dataclass(frozen=True, slots=True)
class AdditionalNeeds:
    """Anything else the supplier needs to plan for."""

    additional_needs: str | None


@dataclass(frozen=True, slots=True)
class AccessibilityNeeds:
    """Mobility, disability or accessibility needs."""

    accessibility_needs: str | None


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Whether an interpreter is needed, and for which language."""

    needs_interpreter: bool | None
    interpreter_language: str


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """Caring or employment responsibilities, and when they keep the person away."""

    has_responsibilities: bool | None
    when_unavailable: str


@dataclass(frozen=True, slots=True)
class Diversity:
    """Diversity considerations."""

    diversity: str | None


@dataclass(frozen=True, slots=True)
class RelevantSentence:
    """The sentence that the referral belongs to, with what nDelius said of it on the day."""

    sentence_id: int | None
    sentence_offence_category: str
    sentence_offence_subcategory: str
    sentence_ends_on: date | None


@dataclass(frozen=True, slots=True)
class DesiredOutcomes:
    """What is to be achieved in one service; catalogue ids."""

    outcomes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Complexity:
    """How complex the person's needs are in one service; a catalogue id."""

    complexity_level_id: int | None


@dataclass(frozen=True, slots=True)
class EnforceableDays:
    """The most days that may be enforced, 1 to 40."""

    enforceable_days: int | None


@dataclass(frozen=True, slots=True)
class CompletionDate:
    """The day by which the intervention must be completed."""

    completion_date: date | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why the person is referred, and what else the supplier should know."""

    reason_for_referral: str
    further_information: str
