"""Where a case stands, what comes next, whose turn it is and by when: one ordered table, and the columns kept from it.

Pure. The first row of ``STAGES`` whose condition holds is the case's stage. ``monitoring.actions.standing`` writes the
stored columns inside every action's transaction; ``manage.py check_stages`` compares them with the table;
``manage.py draw_stages`` draws it.

Two things come before the stage's own next step, at any open stage: an appointment that nDelius did not accept is
arranged again, from the day of the refusal on (decision M4a); and a case that lost its caseworker on the way, as when
its contract went to another service provider, gets one. It is not new again: its stage and due date stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from monitoring.models import Conclusion, ReceivedReferral, Stage, Timer, Turn
from monitoring.rules import conclusion
from monitoring.rules.case_facts import CaseFacts
from monitoring.rules.working_days import add_working_days


@dataclass(frozen=True, slots=True)
class StageRule:
    """One row: when a case is at this stage, the next step for each side, whose turn, and by when."""

    stage: Stage
    holds: Callable[[CaseFacts], bool]
    supplier_step: str
    practitioner_step: str
    turn: Turn
    due: Callable[[CaseFacts], date | None]


def _after(timer: Timer, start: date | None, facts: CaseFacts) -> date | None:
    if start is None:
        return None
    return add_working_days(start, facts.service_levels[timer], pauses=facts.pauses)


def _assessment_due(facts: CaseFacts) -> date | None:
    return _after(Timer.ASSESSMENT, facts.received_on, facts)


def _report_due(facts: CaseFacts) -> date | None:
    ended = facts.end_requested_on or facts.last_recorded_on
    return _after(Timer.END_OF_SERVICE_REPORT, ended, facts)


STAGES: tuple[StageRule, ...] = (
    StageRule(
        Stage.COMPLETED,
        lambda facts: facts.conclusion == Conclusion.COMPLETED,
        "No action needed",
        "No action needed",
        Turn.NOBODY,
        lambda facts: None,
    ),
    StageRule(
        Stage.ENDED_EARLY,
        lambda facts: facts.conclusion == Conclusion.ENDED_EARLY,
        "No action needed",
        "No action needed",
        Turn.NOBODY,
        lambda facts: None,
    ),
    StageRule(
        Stage.CANCELLED,
        lambda facts: facts.conclusion == Conclusion.CANCELLED,
        "No action needed",
        "No action needed",
        Turn.NOBODY,
        lambda facts: None,
    ),
    StageRule(
        Stage.CHANGE_PLAN,
        # Before the report: a change that is asked for keeps a case going, unless its end was asked for too.
        lambda facts: facts.plan_change_asked_on is not None and facts.end_requested_on is None,
        "Submit a new version of the action plan",
        "Wait for the new version of the action plan",
        Turn.SUPPLIER,
        lambda facts: _after(Timer.ACTION_PLAN, facts.plan_change_asked_on, facts),
    ),
    StageRule(
        Stage.REPORT,
        conclusion.report_is_due,
        "Submit the end of service report",
        "Wait for the end of service report",
        Turn.SUPPLIER,
        _report_due,
    ),
    StageRule(
        Stage.ASSIGN,
        # Only before anything was held or arranged: what is under way stays so without a caseworker, too.
        lambda facts: not (facts.has_caseworker or facts.assessed_on or facts.assessment_arranged_for),
        "Assign a caseworker",
        "Wait for the service provider to assign a caseworker",
        Turn.SUPPLIER,
        _assessment_due,
    ),
    StageRule(
        Stage.ARRANGE_ASSESSMENT,
        lambda facts: facts.assessed_on is None and facts.assessment_arranged_for is None,
        "Arrange the supplier assessment",
        "Wait for the service provider to arrange the supplier assessment",
        Turn.SUPPLIER,
        _assessment_due,
    ),
    StageRule(
        Stage.HOLD_ASSESSMENT,
        lambda facts: facts.assessed_on is None,
        "Hold the supplier assessment and give feedback the same day",
        "Wait for the supplier assessment",
        Turn.SUPPLIER,
        lambda facts: _after(Timer.FEEDBACK, facts.assessment_arranged_for, facts),
    ),
    StageRule(
        Stage.PLAN,
        lambda facts: facts.planned_sessions is None,
        "Submit the action plan",
        "Wait for the action plan",
        Turn.SUPPLIER,
        lambda facts: _after(Timer.ACTION_PLAN, facts.assessed_on, facts),
    ),
    StageRule(
        Stage.HOLD_SESSION,
        lambda facts: facts.next_session_on is not None,
        "Hold the next session and give feedback the same day",
        "Check progress on the sessions",
        Turn.SUPPLIER,
        lambda facts: _after(Timer.FEEDBACK, facts.next_session_on, facts),
    ),
    StageRule(
        Stage.ARRANGE_SESSION,
        lambda facts: True,
        "Arrange the next session",
        "Check progress on the sessions",
        Turn.SUPPLIER,
        lambda facts: facts.completion_date,
    ),
)
ARRANGE_AGAIN = "Rearrange an appointment that nDelius did not accept"
WAIT_FOR_ANOTHER = "Wait for the service provider to rearrange an appointment that nDelius did not accept"
ENDED = (Stage.COMPLETED, Stage.ENDED_EARLY, Stage.CANCELLED)
OPEN = tuple(stage for stage in Stage if stage not in ENDED)
BY_STAGE = {rule.stage: rule for rule in STAGES}


def rule_for(facts: CaseFacts) -> StageRule:
    """The row that holds for these facts."""
    return next(rule for rule in STAGES if rule.holds(facts))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: what the four stored columns hold."""

    stage: Stage
    whose_turn: Turn
    due_on: date | None
    booking_refused_on: date | None = None


def standing_of(facts: CaseFacts) -> Standing:
    """Where a case with these facts stands. What nDelius refused is due on the day of the refusal."""
    rule = rule_for(facts)
    due, refused = rule.due(facts), facts.booking_refused_on if rule.stage in OPEN else None
    return Standing(rule.stage, rule.turn, min((day for day in (due, refused) if day), default=None), refused)


def stored(received: ReceivedReferral) -> Standing:
    """Where a case stands by its columns."""
    return Standing(
        Stage(received.stage), Turn(received.whose_turn), received.due_on, received.booking_refused_on
    )


def report_due_when_ended(facts: CaseFacts, *, on: date) -> date | None:
    """By when the end of service report would be due if the practitioner ended the case that day."""
    return _report_due(replace(facts, end_requested_on=on))


class HasStanding(Protocol):
    """What tells the next step of a case: a received referral, or a line of a list."""

    @property
    def stage(self) -> str:
        """Where it stands."""

    @property
    def caseworker_id(self) -> int | None:
        """Who has it."""

    @property
    def booking_refused_on(self) -> date | None:
        """Since when an appointment waits to be arranged again."""


def lacks_caseworker(received: HasStanding) -> bool:
    """Whether somebody has to be assigned before anything else, at whatever stage."""
    return received.caseworker_id is None and Stage(received.stage) in OPEN


def next_step(received: HasStanding, *, for_supplier: bool) -> str:
    """The one next step of a case, for one side."""
    if received.booking_refused_on is not None:
        return ARRANGE_AGAIN if for_supplier else WAIT_FOR_ANOTHER
    rule = BY_STAGE[Stage.ASSIGN if lacks_caseworker(received) else Stage(received.stage)]
    return rule.supplier_step if for_supplier else rule.practitioner_step
