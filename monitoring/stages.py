"""Where a case stands, what comes next, whose turn it is and by when: one ordered table, and the columns kept from it.

The first row of ``STAGES`` whose condition holds is the case's stage. ``refresh`` writes the stored columns inside
every action's transaction; ``manage.py check_stages`` compares them with the table; ``manage.py draw_stages`` draws it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from monitoring import conclusion
from monitoring.case_facts import CaseFacts, facts_of
from monitoring.models import Conclusion, ReceivedReferral, Stage, Timer, Turn
from monitoring.working_days import add_working_days


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
        "Nothing more to do",
        "Nothing more to do",
        Turn.NOBODY,
        lambda facts: None,
    ),
    StageRule(
        Stage.ENDED_EARLY,
        lambda facts: facts.conclusion == Conclusion.ENDED_EARLY,
        "Nothing more to do",
        "Nothing more to do",
        Turn.NOBODY,
        lambda facts: None,
    ),
    StageRule(
        Stage.CANCELLED,
        lambda facts: facts.conclusion == Conclusion.CANCELLED,
        "Nothing more to do",
        "Nothing more to do",
        Turn.NOBODY,
        lambda facts: None,
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
        lambda facts: not facts.has_caseworker,
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
        Stage.CHANGE_PLAN,
        lambda facts: facts.plan_change_asked_on is not None,
        "Submit a new version of the action plan",
        "Wait for the new version of the action plan",
        Turn.SUPPLIER,
        lambda facts: _after(Timer.ACTION_PLAN, facts.plan_change_asked_on, facts),
    ),
    StageRule(
        Stage.HOLD_SESSION,
        lambda facts: facts.next_session_on is not None,
        "Hold the next session and give feedback the same day",
        "Follow the sessions",
        Turn.SUPPLIER,
        lambda facts: _after(Timer.FEEDBACK, facts.next_session_on, facts),
    ),
    StageRule(
        Stage.ARRANGE_SESSION,
        lambda facts: True,
        "Arrange the next session",
        "Follow the sessions",
        Turn.SUPPLIER,
        lambda facts: facts.completion_date,
    ),
)
ENDED = (Stage.COMPLETED, Stage.ENDED_EARLY, Stage.CANCELLED)
OPEN = tuple(stage for stage in Stage if stage not in ENDED)
BY_STAGE = {rule.stage: rule for rule in STAGES}


def rule_for(facts: CaseFacts) -> StageRule:
    """The row that holds for these facts."""
    return next(rule for rule in STAGES if rule.holds(facts))


def refresh(received: ReceivedReferral) -> None:
    """Write the stored columns of one case from its facts. Call at the end of every action on a case."""
    facts = facts_of(received)
    rule = rule_for(facts)
    received.stage, received.whose_turn, received.due_on = rule.stage, rule.turn, rule.due(facts)
    received.save(update_fields=["stage", "whose_turn", "due_on"])


def next_step(received: ReceivedReferral, *, for_supplier: bool) -> str:
    """The one next step of a case, for one side."""
    rule = BY_STAGE[Stage(received.stage)]
    return rule.supplier_step if for_supplier else rule.practitioner_step


# What may be done at which stages. An action that is not named for a stage is refused there, with a reason.
ALLOWED: dict[str, frozenset[Stage]] = {
    "assign": frozenset(OPEN),
    "arrange_assessment": frozenset({Stage.ARRANGE_ASSESSMENT, Stage.HOLD_ASSESSMENT}),
    "give_assessment_feedback": frozenset({Stage.HOLD_ASSESSMENT}),
    "write_plan": frozenset(
        {Stage.PLAN, Stage.CHANGE_PLAN, Stage.ARRANGE_SESSION, Stage.HOLD_SESSION, Stage.REPORT}
    ),
    "ask_for_plan_change": frozenset({Stage.ARRANGE_SESSION, Stage.HOLD_SESSION, Stage.REPORT}),
    "arrange_session": frozenset({Stage.ARRANGE_SESSION, Stage.HOLD_SESSION, Stage.CHANGE_PLAN}),
    "give_session_feedback": frozenset({Stage.ARRANGE_SESSION, Stage.HOLD_SESSION, Stage.CHANGE_PLAN}),
    "write_report": frozenset({Stage.REPORT}),
    "request_end": frozenset(OPEN),
    "pause": frozenset(OPEN),
    "write_case_note": frozenset(Stage),
    "ask_question": frozenset(OPEN),
    "answer_question": frozenset(Stage),
}
WHY_NOT = {
    "assign": "A caseworker can be assigned only while the case is open.",
    "arrange_assessment": "The supplier assessment can be arranged once a caseworker is assigned, until it was held.",
    "give_assessment_feedback": "There is no supplier assessment waiting for feedback.",
    "write_plan": "The action plan can be written after the supplier assessment was held, until the case ends.",
    "ask_for_plan_change": "A change can be asked for only while an action plan is in force.",
    "arrange_session": "Sessions can be arranged once an action plan was submitted, until the case ends.",
    "give_session_feedback": "There is no session waiting for feedback.",
    "write_report": "The end of service report can be written once all sessions are recorded or an end was asked for.",
    "request_end": "The case has ended already.",
    "pause": "The case has ended already.",
    "write_case_note": "",
    "ask_question": "The case has ended, so no question can be asked about it.",
    "answer_question": "",
}


def is_allowed(move: str, received: ReceivedReferral) -> bool:
    """Whether a move may be made now. Pages hide with it; ``require`` refuses with it."""
    return Stage(received.stage) in ALLOWED[move]
