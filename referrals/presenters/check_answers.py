"""The played-back answers in cards, each with the way back to its question."""

from __future__ import annotations

from dataclasses import dataclass

from referrals.journey.declaration import PlacedStep, Progress
from referrals.journey.questions.risk import RiskPage
from referrals.presenters.task_list import address


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer with its Change link."""

    label: str
    value: str | tuple[str, ...]
    href: str
    change_text: str


@dataclass(frozen=True, slots=True)
class Card:
    """The answers of one task."""

    title: str
    rows: list[AnswerRow]


def cards(progress: Progress) -> list[Card]:
    """A card for each task, in the journey's order. Risk has cards of its own on the page."""
    return [
        Card(task.name, [row for placed in task.steps for row in _rows(progress, placed)])
        for section in progress.sections
        for task in section.tasks
        if task.steps[0].page is not RiskPage
    ]


def _rows(progress: Progress, placed: PlacedStep) -> list[AnswerRow]:
    """Only the first row of a page carries the link: one page, one Change."""
    href = f"{address(progress, placed)}?return=check"
    return [
        AnswerRow(row.label, row.value, href if place == 0 else "", row.label[:1].lower() + row.label[1:])
        for place, row in enumerate(progress.rows(placed))
    ]
