"""The supplier's questions about what was shared, and the practitioner's answers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.offering import render_form
from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import OutOfDate
from govuk.addresses import reverse
from monitoring.actions.answer_question import answer_question
from monitoring.forms.question import AnswerForm
from monitoring.lists.choices import back_to_list
from monitoring.models import Question, ReceivedReferral
from monitoring.presenters import questions as presenter
from monitoring.rules.moves import Move, is_allowed
from monitoring.rules.question_parts import RISK
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of
from referrals.models import Referral


@for_practitioners(records=AuditAction.QUESTIONS_VIEWED)
@require_safe
def questions(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What the supplier asked, newest first; the open ones can be answered."""
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    asked = presenter.present(received, received.questions.order_by("-asked_at", "pk"))
    context = {
        **case_frame(referral, "case_questions"),
        "questions": asked,
        "answer_hrefs": {
            one.id: reverse("referrals:answer_question", args=[referral.pk, one.id])
            for one in asked
            if one.is_open
        },
        "back_link": back_to_list(request, otherwise="referrals:cases"),
    }
    return render(request, "referrals/cases/questions.html", context)


@for_practitioners(records=AuditAction.QUESTIONS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, referral_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer one question, once. Where a colleague was first, both answers are shown and theirs stays."""
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    question: Question = get_object_or_404(received.questions, pk=question_id)
    if not question.is_waiting and request.method != "POST":
        return redirect("referrals:case_questions", referral.pk)
    form = AnswerForm(
        request.POST if request.method == "POST" else None, received=received, by=user_of(request)
    )
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            answer_question(
                received=received, question_id=question.pk, by=user_of(request), **form.cleaned_data
            )
        except OutOfDate:
            question.refresh_from_db()
            status = 409
        else:
            messages.success(request, "Your answer was sent to the service provider.")
            if _leads_to_correcting(question, received, form):
                return redirect("referrals:correct_risk", referral.pk)
            return redirect("referrals:case_questions", referral.pk)
    context = {
        **case_frame(referral),
        "form": form,
        "question": presenter.present(received, [question])[0],
        "back_link": reverse("referrals:case_questions", args=[referral.pk]),
    }
    return render_form(request, "referrals/cases/answer_question.html", context, status=status)


def _leads_to_correcting(question: Question, received: ReceivedReferral, form: AnswerForm) -> bool:
    """Whether a corrected version was promised that can be made now."""
    promised = bool(form.cleaned_data["correction_follows"]) and question.about.startswith(RISK)
    return promised and is_allowed(Move.SHARE_CORRECTION, received)


def open_questions(cases: Iterable[Referral]) -> dict[UUID, int]:
    """How many questions wait for an answer, by the referral; none: no entry. One statement."""
    by_received = {case.received_id: case.pk for case in cases}
    waiting = Question.objects.unscoped().waiting().filter(received__in=by_received)
    counts = waiting.order_by().values_list("received").annotate(count=Count("pk"))
    return {by_received[received]: count for received, count in counts}
