"""What people are told about, in types that they can choose by: which email is of which, and which are urgent.

Knows the kinds of emails by the names that the outbox has for them, and nothing of what they say. A kind that has no
type here fails a test (``tests/notifications/test_types.py``); until then it is told at once, and cannot be switched
off.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from accounts.models import Audience


class Told(Enum):
    """A type of notification. The value is its name in the database."""

    NEW_REFERRAL = "new_referral"
    ASSIGNED = "assigned"
    CASE_NOTE = "case_note"
    QUESTION = "question"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    REPORT = "report"
    ENDING = "ending"
    CHANGE = "change"
    DRAFT = "draft"
    PERFORMANCE_REPORT = "performance_report"
    CONCERNS = "concerns"
    MISSED = "missed"
    BEHAVIOUR = "behaviour"
    REFUSED = "refused"
    RISK = "risk"
    CONTRACT = "contract"
    PROVIDER = "provider"


#: Always told at once: somebody may have to act today.
URGENT: Final = frozenset(
    {Told.CONCERNS, Told.MISSED, Told.BEHAVIOUR, Told.REFUSED, Told.RISK, Told.CONTRACT}
)
#: What each is called, for the side that is told; in the order in which they are offered.
LABELS: Final[Mapping[str, Mapping[Told, str]]] = {
    Audience.PRACTITIONER: {
        Told.CONCERNS: "Concerns after an appointment",
        Told.MISSED: "Missed appointments",
        Told.BEHAVIOUR: "Poor behaviour at an appointment",
        Told.QUESTION: "Questions from the service provider",
        Told.CASE_NOTE: "Case notes",
        Told.ASSESSMENT: "Supplier assessments that are arranged or changed",
        Told.PLAN: "Action plans",
        Told.REPORT: "End of service reports",
        Told.CHANGE: "Changes to a referral",
        Told.PROVIDER: "Cases that change service provider",
        Told.DRAFT: "Draft referrals that will be deleted",
    },
    Audience.SUPPLIER: {
        Told.RISK: "Risk information that is corrected or recalled",
        Told.REFUSED: "Appointments that nDelius did not accept",
        Told.CONTRACT: "Contracts that change service provider",
        Told.NEW_REFERRAL: "New referrals",
        Told.ASSIGNED: "Cases assigned to you",
        Told.CASE_NOTE: "Case notes",
        Told.QUESTION: "Answers to your questions",
        Told.PLAN: "Requests to change an action plan",
        Told.CHANGE: "Changes to a referral",
        Told.ENDING: "Referrals that are withdrawn or closed early",
        Told.PERFORMANCE_REPORT: "Performance reports",
    },
    Audience.ADMINISTRATOR: {},
}
#: The type of each kind of email.
TYPES: Final[Mapping[str, Told]] = {
    "email.referral_received": Told.NEW_REFERRAL,
    "email.case_assigned": Told.ASSIGNED,
    "email.case_note_to_caseworker": Told.CASE_NOTE,
    "email.case_note_to_practitioner": Told.CASE_NOTE,
    "email.question_to_practitioner": Told.QUESTION,
    "email.answer_to_asker": Told.QUESTION,
    "email.assessment_arranged": Told.ASSESSMENT,
    "email.plan_submitted": Told.PLAN,
    "email.plan_change_asked": Told.PLAN,
    "email.report_submitted": Told.REPORT,
    "email.end_requested": Told.ENDING,
    "email.referral_changed": Told.CHANGE,
    "email.completion_date_changed": Told.CHANGE,
    "email.practitioner_changed": Told.CHANGE,
    "email.records_to_check": Told.CHANGE,
    "email.draft_expires": Told.DRAFT,
    "email.performance_report": Told.PERFORMANCE_REPORT,
    "email.session_concerns": Told.CONCERNS,
    "email.appointment_not_attended": Told.MISSED,
    "email.session_poor_behaviour": Told.BEHAVIOUR,
    "email.booking_refused": Told.REFUSED,
    "email.risk_corrected": Told.RISK,
    "email.risk_recalled": Told.RISK,
    "email.provider_changed": Told.PROVIDER,
    "email.contract_taken_over": Told.CONTRACT,
    "email.contract_handed_on": Told.CONTRACT,
}
#: The daily email itself: no notification of its own.
DIGEST: Final = "email.digest"


def choices_of(audience: str) -> dict[Told, str]:
    """The types whose emails somebody of this side may switch off, and what each is called."""
    return {told: label for told, label in LABELS[audience].items() if told not in URGENT}


def always_sent_to(audience: str) -> list[str]:
    """What cannot be switched off, as this side calls it."""
    return [label for told, label in LABELS[audience].items() if told in URGENT]
