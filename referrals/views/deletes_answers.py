"""Asking before an answer deletes the answers to other questions, with a list of what goes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.kept_text.posted import fields_of
from referrals.actions.save_answers import DeletesAnswers
from referrals.journey.structure import PlacedStep, Progress
from referrals.presenters.person import Banner

CONFIRMED = "confirmed"  # the field that says which losses were agreed to


def deletes_answers(
    request: HttpRequest, progress: Progress, placed: PlacedStep, deletes: DeletesAnswers
) -> HttpResponse:
    """The page carries what was posted; nothing is changed before it is confirmed."""
    lost = [found for key in deletes.lost if (found := progress.find(*key)) is not None]
    context = {
        "banner": Banner.of(progress.draft),
        "draft": progress.draft,
        "question": placed.page.asked(progress.situation_at(placed)),
        "cards": [
            (question.page.asked(progress.situation_at(question)), progress.rows(question))
            for question in lost
        ],
        "boxes": [(name, value) for name, values in fields_of(request.POST).items() for value in values],
        "confirmed_field": CONFIRMED,
        "confirmation": deletes.confirmation,
        "back_link": request.get_full_path(),
    }
    return render(request, "referrals/journey/deletes_answers.html", context)
