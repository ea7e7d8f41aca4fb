"""How a case ends: one life cycle, as tables (live service: ReferralConcluder, with its gaps closed).

Pure: takes facts, gives answers.
"""

from __future__ import annotations

from enum import Enum

from monitoring.models import Conclusion
from monitoring.rules.case_facts import CaseFacts


class Delivery(Enum):
    """How far delivery is."""

    NOT_DELIVERING_YET = "no action plan was submitted"
    NOBODY_CAME_YET = "there is a plan, and nobody attended a session yet"
    IN_PROGRESS = "someone attended, and not every planned session is recorded"
    DELIVERED = "every planned session is recorded, and someone attended"


def delivery(facts: CaseFacts) -> Delivery:
    """Where delivery stands."""
    if facts.planned_sessions is None:
        return Delivery.NOT_DELIVERING_YET
    if facts.sessions_attended == 0:
        return Delivery.NOBODY_CAME_YET
    if facts.sessions_recorded < facts.planned_sessions:
        return Delivery.IN_PROGRESS
    return Delivery.DELIVERED


CONCLUDES_AS = {
    Delivery.NOT_DELIVERING_YET: Conclusion.CANCELLED,
    Delivery.NOBODY_CAME_YET: Conclusion.CANCELLED,
    Delivery.IN_PROGRESS: Conclusion.ENDED_EARLY,
    Delivery.DELIVERED: Conclusion.COMPLETED,
}
# An end before anybody came needs no report on outcomes.
REPORT_NEEDED = {
    Delivery.NOT_DELIVERING_YET: False,
    Delivery.NOBODY_CAME_YET: False,
    Delivery.IN_PROGRESS: True,
    Delivery.DELIVERED: True,
}


def report_is_due(facts: CaseFacts) -> bool:
    """Whether the end of service report can and must be written now."""
    state = delivery(facts)
    over = state is Delivery.DELIVERED or facts.end_requested_on is not None
    return over and REPORT_NEEDED[state] and not facts.report_submitted and not facts.conclusion


def concludes_now(facts: CaseFacts) -> Conclusion | None:
    """How the case concludes with these facts, or None while it goes on."""
    if facts.conclusion:
        return None
    state = delivery(facts)
    if facts.report_submitted and REPORT_NEEDED[state]:
        return CONCLUDES_AS[state]
    if facts.end_requested_on is not None and not REPORT_NEEDED[state]:
        return CONCLUDES_AS[state]
    return None
