"""What is asked about an appointment after it, in which case, and what an answer still needs (live form of 2024).

Pure. A branch is what happened; each has its own questions. Must not know a form, a page or a table.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum


@dataclass(frozen=True, slots=True)
class FeedbackAnswers:
    """Everything that can be said about an appointment. None and "" mean: not said."""

    happened: bool | None = None
    attended: bool | None = None
    was_late: bool | None = None
    late_reason: str = ""
    what_was_done: str = ""
    how_they_responded: str = ""
    no_session_reason: str = ""
    no_session_details: str = ""
    no_attendance_information: str = ""
    notify_of_behaviour: bool | None = None
    behaviour: str = ""
    notify_of_concerns: bool | None = None
    concerns: str = ""
    next_plans: str = ""


class Branch(Enum):
    """What became of the appointment."""

    HELD = "It happened"
    NOT_HELD = "They came but it did not happen"
    MISSED = "They did not come"


ATTENDANCE = frozenset({"happened", "attended"})
NAMES = tuple(field.name for field in fields(FeedbackAnswers))
#: The questions of each branch. Required, but for those of OPTIONAL and those that another answer asks for.
QUESTIONS: dict[Branch, tuple[str, ...]] = {
    Branch.HELD: (
        "was_late",
        "late_reason",
        "what_was_done",
        "how_they_responded",
        "notify_of_behaviour",
        "behaviour",
        "notify_of_concerns",
        "concerns",
        "next_plans",
    ),
    Branch.NOT_HELD: ("no_session_reason", "no_session_details", "notify_of_concerns", "concerns"),
    Branch.MISSED: ("no_attendance_information", "notify_of_concerns", "concerns"),
}
TEXTS = (
    "late_reason",
    "what_was_done",
    "how_they_responded",
    "behaviour",
    "no_session_details",
    "no_attendance_information",
    "concerns",
    "next_plans",
)
OPTIONAL = frozenset({"next_plans"})
#: A question that is asked only after a yes to another.
ASKED_BY = {"late_reason": "was_late", "behaviour": "notify_of_behaviour", "concerns": "notify_of_concerns"}


def branch_of(answers: FeedbackAnswers) -> Branch | None:
    """The branch, or None while attendance is not recorded in full."""
    if answers.happened:
        return Branch.HELD
    if answers.happened is None or answers.attended is None:
        return None
    return Branch.NOT_HELD if answers.attended else Branch.MISSED


def is_asked(name: str, answers: FeedbackAnswers) -> bool:
    """Whether a question of pages 2 applies to these answers."""
    branch = branch_of(answers)
    if branch is None or name not in QUESTIONS[branch]:
        return False
    return name not in ASKED_BY or getattr(answers, ASKED_BY[name]) is True


def settled(answers: FeedbackAnswers) -> FeedbackAnswers:
    """The answers without what no longer applies, each question's own (Q20); whoever takes part has come."""
    if answers.happened:
        answers = replace(answers, attended=True)
    blank = FeedbackAnswers()
    gone = {
        name: getattr(blank, name) for name in NAMES if name not in ATTENDANCE and not is_asked(name, answers)
    }
    return replace(answers, **gone)


def lost_texts(before: FeedbackAnswers, after: FeedbackAnswers) -> list[str]:
    """The written answers that stop to apply when one set of answers takes the place of another, in order."""
    return [
        name
        for name in TEXTS
        if not _is_empty(getattr(before, name)) and is_asked(name, before) and not is_asked(name, after)
    ]


def missing(answers: FeedbackAnswers) -> list[str]:
    """The questions that still need an answer before it can be submitted, in order."""
    branch = branch_of(answers)
    if branch is None:
        return ["happened"] if answers.happened is None else ["attended"]
    return [
        name
        for name in QUESTIONS[branch]
        if name not in OPTIONAL and is_asked(name, answers) and _is_empty(getattr(answers, name))
    ]


def _is_empty(value: bool | str | None) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
