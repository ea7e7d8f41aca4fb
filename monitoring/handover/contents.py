"""The one door into the supplier's side: every field that may cross, by name.

None for an answer means not given yet: a preview may have it, receiving refuses it.

The receiving side owns this list. A field that is not named here does not reach a supplier. Values are plain
(text, dates, ids): no model instance, no free-form JSON, nothing that could carry more than its name says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from integrations.risk_answers import SharedAnswer


@dataclass(frozen=True, slots=True)
class SharedRiskSection:
    """One section as declared. Nothing given in any field reads "No information shared"."""

    answer: SharedAnswer | None = None
    text: str = ""
    no_identified_risk: bool = False


@dataclass(frozen=True, slots=True)
class SharedRisk:
    """The eight sections, in the order in which they are shown (decision R2). Never RoSH levels (R1)."""

    who_is_at_risk: SharedRiskSection
    nature_of_risk: SharedRiskSection
    risk_imminence: SharedRiskSection
    self_harm: SharedRiskSection
    suicide: SharedRiskSection
    hostel_setting: SharedRiskSection
    vulnerability: SharedRiskSection
    additional_information: SharedRiskSection


@dataclass(frozen=True, slots=True)
class SharedDeclaration:
    """Who took responsibility for sharing, when, under which wording, over which exact content (R9)."""

    declared_by: str
    declared_at: datetime
    wording_version: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class SharedPerson:
    """The person on probation. A field in ``withheld`` was kept back by the practitioner and is empty here."""

    first_name: str
    last_name: str
    date_of_birth: date
    sex: str
    ethnicity: str
    preferred_language: str
    religion_or_belief: str
    disabilities: tuple[str, ...]
    address_lines: tuple[str, ...]
    no_fixed_abode: bool
    telephone: str
    mobile: str
    email: str
    pulled_at: datetime
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedContact:
    """Somebody in probation whom the supplier can reach: the practitioner, or the back-up contact."""

    name: str
    email: str
    phone: str
    team_phone: str
    pdu: str
    office: str


@dataclass(frozen=True, slots=True)
class SharedMainContact:
    """Whom to reach until a practitioner is allocated. Everything is empty when there is a practitioner."""

    name: str
    role: str
    email: str
    phone: str
    place: str  # the establishment or probation office where they work
    reason_before_allocation: str


@dataclass(frozen=True, slots=True)
class SharedCustody:
    """Where somebody in custody is, and what is known of their release. Everything is empty in the community."""

    prison_number: str
    establishment: str
    release_date: date | None
    release_date_unknown_reason: str
    expected_office: str
    expected_office_unknown_reason: str


@dataclass(frozen=True, slots=True)
class SharedSentence:
    """The sentence that the intervention belongs to."""

    offence_category: str
    offence_subcategory: str
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class SharedOutcome:
    """A desired outcome: its catalogue id, and its words on the day."""

    outcome_id: int
    text: str


@dataclass(frozen=True, slots=True)
class SharedService:
    """One service category of the referral, with its complexity and what is to be achieved."""

    category_id: int
    category_name: str
    complexity_level_id: int
    complexity: str  # LOW, MEDIUM or HIGH
    complexity_title: str
    complexity_description: str
    outcomes: tuple[SharedOutcome, ...]


@dataclass(frozen=True, slots=True)
class SharedCriminogenicNeed:
    """A criminogenic need the practitioner chose to share, with their comment. Never a score (F10)."""

    name: str
    comment: str


@dataclass(frozen=True, slots=True)
class SharedNeeds:
    """What the supplier needs to know to make the service work for the person."""

    criminogenic: tuple[SharedCriminogenicNeed, ...]
    additional_needs: str
    accessibility_needs: str
    needs_interpreter: bool | None
    interpreter_language: str
    has_responsibilities: bool | None
    when_unavailable: str
    diversity: str


@dataclass(frozen=True, slots=True)
class Handover:
    """A referral as it is handed over. ``key`` is the same for every try at sending the same draft."""

    key: UUID
    reference: str
    contract_id: int
    contract_type: str
    intervention_title: str
    crn: str
    sent_by: str
    sent_at: datetime
    location: str  # COMMUNITY or CUSTODY
    person: SharedPerson
    custody: SharedCustody
    practitioner: SharedContact
    back_up_contact: SharedContact
    main_contact: SharedMainContact
    sentence: SharedSentence
    services: tuple[SharedService, ...]
    needs: SharedNeeds
    enforceable_days: int | None
    completion_date: date | None
    reason_for_referral: str
    further_information: str
    risk: SharedRisk
    declaration: SharedDeclaration
