"""What may be done on a case at which stage, and why not otherwise. Pages hide with it, actions refuse with it."""

from __future__ import annotations

from enum import StrEnum

from monitoring.models import ReceivedReferral, Stage
from monitoring.rules.stages import OPEN


class Move(StrEnum):
    """Everything that is done on a case."""

    ASSIGN = "assign"
    ARRANGE_ASSESSMENT = "arrange_assessment"
    GIVE_ASSESSMENT_FEEDBACK = "give_assessment_feedback"
    WRITE_PLAN = "write_plan"
    SUBMIT_PLAN = "submit_plan"
    ASK_FOR_PLAN_CHANGE = "ask_for_plan_change"
    ARRANGE_SESSION = "arrange_session"
    GIVE_SESSION_FEEDBACK = "give_session_feedback"
    WRITE_REPORT = "write_report"
    REQUEST_END = "request_end"
    PAUSE = "pause"
    RESUME = "resume"
    WRITE_CASE_NOTE = "write_case_note"
    ASK_QUESTION = "ask_question"
    ANSWER_QUESTION = "answer_question"
    CHANGE_REFERRAL = "change_referral"
    CHANGE_CONTACT = "change_contact"
    SHARE_CORRECTION = "share_correction"


_WITH_A_PLAN = frozenset({Stage.CHANGE_PLAN, Stage.ARRANGE_SESSION, Stage.HOLD_SESSION, Stage.REPORT})
#: A move that is not named for a stage is refused there, with a reason.
ALLOWED: dict[Move, frozenset[Stage]] = {
    Move.ASSIGN: frozenset(OPEN),
    Move.ARRANGE_ASSESSMENT: frozenset({Stage.ARRANGE_ASSESSMENT, Stage.HOLD_ASSESSMENT}),
    Move.GIVE_ASSESSMENT_FEEDBACK: frozenset({Stage.HOLD_ASSESSMENT}),
    # Written from the assignment on, as people do during the assessment; submitted only once that was held (Q21).
    Move.WRITE_PLAN: frozenset({Stage.ARRANGE_ASSESSMENT, Stage.HOLD_ASSESSMENT, Stage.PLAN}) | _WITH_A_PLAN,
    Move.SUBMIT_PLAN: frozenset({Stage.PLAN}) | _WITH_A_PLAN,
    Move.ASK_FOR_PLAN_CHANGE: _WITH_A_PLAN,
    Move.ARRANGE_SESSION: _WITH_A_PLAN,  # also when all are recorded: one that was missed can be held after all
    Move.GIVE_SESSION_FEEDBACK: _WITH_A_PLAN,
    Move.WRITE_REPORT: frozenset({Stage.REPORT}),
    # Not when the report is due: then there is nothing left to end, or its end was asked for before.
    Move.REQUEST_END: frozenset(OPEN) - {Stage.REPORT},
    Move.PAUSE: frozenset(OPEN),
    Move.RESUME: frozenset(OPEN),
    Move.WRITE_CASE_NOTE: frozenset(Stage),
    Move.ASK_QUESTION: frozenset(OPEN),
    Move.ANSWER_QUESTION: frozenset(Stage),
    Move.CHANGE_REFERRAL: frozenset(OPEN),
    Move.CHANGE_CONTACT: frozenset(OPEN),  # also while only the report is due: it may raise questions
    Move.SHARE_CORRECTION: frozenset(OPEN),
}
# Once the end was asked for, nothing new begins. What was held before can still be recorded, and reported on.
NOT_AFTER_AN_END = frozenset(
    {Move.WRITE_PLAN, Move.SUBMIT_PLAN, Move.ASK_FOR_PLAN_CHANGE, Move.ARRANGE_SESSION, Move.CHANGE_REFERRAL}
)
AFTER_AN_END = (
    "The probation practitioner has asked to end this referral. You only need to submit the end of service report."
)
#: To the practitioner, who asked for it.
NO_CHANGE_AFTER_AN_END = (
    "This referral is ending, so you can only change the probation practitioner’s contact details. You can still add a "
    "case note."
)
CONCLUDED = "This referral has ended, so you cannot change it. You can still add a case note."
WHY_NOT: dict[Move, str] = {
    Move.ASSIGN: "You can only assign a caseworker while the case is open.",
    Move.ARRANGE_ASSESSMENT: "You can arrange the supplier assessment after a caseworker is assigned, unless it has "
    "already taken place.",
    Move.GIVE_ASSESSMENT_FEEDBACK: "There is no supplier assessment waiting for feedback.",
    Move.WRITE_PLAN: "You can write the action plan after a caseworker is assigned, until the case ends.",
    Move.SUBMIT_PLAN: "You can submit the action plan after you give feedback on the supplier assessment.",
    Move.ASK_FOR_PLAN_CHANGE: "You can only request a change while there is an approved action plan.",
    Move.ARRANGE_SESSION: "You can arrange sessions after an action plan is submitted, until the case ends.",
    Move.GIVE_SESSION_FEEDBACK: "There is no session waiting for feedback.",
    Move.WRITE_REPORT: "You can write the end of service report after all sessions are recorded, or after the "
    "probation practitioner asks to end the referral.",
    Move.REQUEST_END: "You can only end the referral before the end of service report is due.",
    Move.PAUSE: "The case has ended, so its time limits have already stopped.",
    Move.RESUME: "The case has ended, so its time limits have stopped.",
    Move.ASK_QUESTION: "The case has ended, so you cannot ask a question about it.",
    Move.CHANGE_REFERRAL: CONCLUDED,
    Move.CHANGE_CONTACT: CONCLUDED,
    Move.SHARE_CORRECTION: "The case has ended, so you cannot share a corrected version. You can still recall the risk "
    "information.",
}


def is_allowed(move: Move, received: ReceivedReferral) -> bool:
    """Whether a move may be made now. Pages hide with it; ``why_not`` says the reason."""
    return not why_not(move, received)


def why_not(move: Move, received: ReceivedReferral) -> str:
    """Why a move may not be made now, in a sentence for the user; nothing when it may."""
    if Stage(received.stage) not in ALLOWED[move]:
        return WHY_NOT[move]
    if move in NOT_AFTER_AN_END and received.end_requested_at is not None:
        return NO_CHANGE_AFTER_AN_END if move is Move.CHANGE_REFERRAL else AFTER_AN_END
    return ""
