"""Asking before an answer deletes the answers to other questions, or text under another answer of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from accounts.kept_text.deletes_text import ask, asks_before_deleting
from accounts.kept_text.posted import DISCARD
from referrals.actions.save_answers import DeletesAnswers
from referrals.journey.pages import Page
from referrals.journey.structure import PlacedStep, Progress
from referrals.presenters.person import Banner


def deletes_answers(
    request: HttpRequest, progress: Progress, placed: PlacedStep, deletes: DeletesAnswers
) -> HttpResponse:
    """With the answers to other questions that go."""
    lost = [found for key in deletes.lost if (found := progress.find(*key)) is not None]
    cards = [
        (question.page.asked(progress.situation_at(question)), progress.rows(question)) for question in lost
    ]
    return ask(request, cards, deletes.confirmation, _frame(progress, placed), keep=("do", DISCARD))


def deletes_text(
    request: HttpRequest, progress: Progress, placed: PlacedStep, form: Page
) -> HttpResponse | None:
    """With the text that goes; None when there is none, or it may go."""
    return asks_before_deleting(request, form.dropped(), _frame(progress, placed))


def _frame(progress: Progress, placed: PlacedStep) -> dict[str, object]:
    return {
        "banner": Banner.of(progress.draft),
        "caption": progress.draft.contract.title,
        "question": placed.page.asked(progress.situation_at(placed)),
    }
