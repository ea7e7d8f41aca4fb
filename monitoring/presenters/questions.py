"""Questions about what was shared, and their answers, in words, for either side. Must not know any address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from govuk.template_filters import date_time
from monitoring.access.staff_names import People
from monitoring.models import Question, ReceivedReferral, Turn
from monitoring.rules.question_parts import parts_of

OLD_PART = "A part that is no longer in this referral"


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question with its answer, if there is one."""

    id: UUID
    about: str
    kind: str
    text: str
    asked: str
    is_open: bool
    status: str
    turn: str
    answer: str
    answered: str
    correction_follows: bool


def present(received: ReceivedReferral, questions: Iterable[Question]) -> list[QuestionLine]:
    """The questions in the order given."""
    kept = list(questions)
    people = People(pk for one in kept for pk in (one.asked_by_id, one.answered_by_id))
    parts = parts_of(received.services.all())
    return [_line(question, parts, people) for question in kept]


def _line(question: Question, parts: dict[str, str], people: People) -> QuestionLine:
    is_open = question.is_waiting
    return QuestionLine(
        id=question.pk,
        about=parts.get(question.about, OLD_PART),
        kind=Question.Kind(question.kind).label,
        text=question.text,
        asked=f"{people[question.asked_by_id].name}, {date_time(question.asked_at)}",
        is_open=is_open,
        status="Open" if is_open else "Answered",
        turn=Turn.PRACTITIONER.label if is_open else Turn.NOBODY.label,
        answer=question.answer,
        answered=""
        if is_open
        else f"{people[question.answered_by_id].name}, {date_time(question.answered_at)}",
        correction_follows=question.correction_follows,
    )
