"""Changing one item of a sent referral: the question of the form again, with the reason (decision M2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept_text.offering import render_form
from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Refused
from govuk.addresses import reverse
from integrations.failure_wording import advises_to_try_again
from monitoring.actions import amend_referral as action
from monitoring.models import ReceivedReferral
from monitoring.rules.amendments import AMENDMENTS, ASK_FOR_A_PLAN, why_not_now
from monitoring.rules.moves import Move, is_allowed, why_not
from referrals.access.scope import followed_case, user_of
from referrals.actions.decide_records import decided_by_hand
from referrals.cases.amend_forms import FORMS, OF_A_SERVICE, SLUGS, AmendForm, form_for
from referrals.cases.case_pages import case_frame, received_of
from referrals.models import Referral
from risk.comparison import Comparison, compare


@for_practitioners(records=AuditAction.REFERRAL_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def change_case(
    request: HttpRequest, referral_id: UUID, item: str, category_id: int | None = None
) -> HttpResponse:
    """Change one item. Where a colleague changed it meanwhile, both versions are shown and nothing is overwritten."""
    if item not in FORMS or (category_id is None) == (item in OF_A_SERVICE):
        raise Http404
    referral, kind = followed_case(request, referral_id), FORMS[item]
    received = received_of(referral)
    if request.method != "POST" and (refused := why_not_now(kind.amended.topic, received)):
        raise Refused(refused, code="stage")
    present = _present(received, kind, category_id)
    form, heading = _form(request, kind, request.POST if request.method == "POST" else None, referral, present)
    both, status = None, None
    if form.is_valid():
        answered = form.cleaned_data
        try:
            action.amend_referral(
                received=received, amendment=form.amendment(), by=user_of(request), reason=answered["reason"],
                seen=answered["seen"], form_key=answered["form_key"],
            )  # fmt: skip
        except action.ChangedMeanwhile:
            received.refresh_from_db()
            both, status = _both(received, form, category_id), 409
            form = _again(request, kind, referral, category_id)
        else:
            decided_by_hand(referral=referral, topic=kind.amended.topic)
            messages.success(request, f"You changed “{kind.amended.topic.label}”.")
            return redirect("referrals:case", referral.pk)
    context = {
        **case_frame(referral),
        "form": form,
        "heading": heading,
        "both": both,
        "may_try_again": advises_to_try_again(form.trouble),
        "asks_for_a_plan": kind.amended.topic in ASK_FOR_A_PLAN
        and is_allowed(Move.ASK_FOR_PLAN_CHANGE, received),
        "back_link": reverse("referrals:case", args=[referral.pk]),
    }
    return render_form(request, "referrals/cases/change.html", context, status=status)


def change_links(referral: Referral, received: ReceivedReferral) -> dict[tuple[str, int | None], str]:
    """Where each item of the page can be changed now, by its topic and service. Nothing for what cannot."""
    links: dict[tuple[str, int | None], str] = {}
    for amended in AMENDMENTS:
        topic, item = amended.topic, SLUGS[amended.topic]
        if why_not_now(topic, received):
            continue
        if item not in OF_A_SERVICE:
            links[topic, None] = reverse("referrals:change_case", args=[referral.pk, item])
            continue
        for service in received.services.all():
            args = [referral.pk, service.category_id, item]
            links[topic, service.category_id] = reverse("referrals:change_case_service", args=args)
    return links


def why_nothing_changes(received: ReceivedReferral) -> str:
    """Why the referral, or most of it, cannot be changed any more; nothing while it can."""
    return why_not(Move.CHANGE_REFERRAL, received)


def _present(received: ReceivedReferral, kind: type[AmendForm], category_id: int | None) -> action.Standing:
    try:
        return action.standing_of(received, kind.amended, category_id)
    except action.NotPossible:
        raise Http404 from None


def _form(
    request: HttpRequest, kind: type[AmendForm], data: Any, referral: Referral, present: action.Standing
) -> tuple[AmendForm, str]:
    return form_for(
        kind, data, referral=referral, received=received_of(referral), present=present, by=user_of(request),
        today=timezone.localdate(),
    )  # fmt: skip


def _both(received: ReceivedReferral, form: AmendForm, category_id: int | None) -> Comparison:
    """What somebody else saved, beside what was typed here."""
    theirs = action.standing_of(received, form.amended, category_id)
    return compare(theirs.words, action.words_for(received, form.amendment(), theirs))


def _again(
    request: HttpRequest, kind: type[AmendForm], referral: Referral, category_id: int | None
) -> AmendForm:
    """The form as sent, over the version that stands now: sending it again replaces that."""
    present = _present(received_of(referral), kind, category_id)
    data = request.POST.copy()
    data["seen"] = present.amendment.seen_as()
    form, _ = _form(request, kind, data, referral, present)
    return form
