"""Check the answers, preview what the supplier will see, send, and what happens next."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Gone, Refused
from govuk.addresses import reverse
from monitoring.models import ServiceLevel, Timer
from monitoring.presenters import received_referral
from monitoring.presenters.progress import assessment_limit
from referrals.access.scope import own_draft, own_referral, user_of
from referrals.actions.compare_facts import compare_facts
from referrals.actions.send_referral import FactsChanged, LeftUndecided, TypedMeanwhile, send_referral
from referrals.handover.build_handover import preview as preview_handover
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.presenters import changed_outside
from referrals.presenters import check_answers as checked
from referrals.presenters.cautions import reasons_against_draft
from referrals.presenters.person import Banner
from referrals.pulls.differences import seen_as as facts_seen_as
from referrals.pulls.facts import Moment
from referrals.sensitive_details.in_risk import details_of
from referrals.sensitive_details.undecided import Undecided, count_undecided, found_in
from referrals.typed_text.unsaved_text import pages_of, seen_as, unsaved_texts
from risk.presenters import newer, sections
from risk.reading import for_page, load_what_stands

NOT_COMPLETE = "You can check your answers when the referral is complete. Still to do:"
TYPED_MEANWHILE = (
    "We did not send this referral because you have text that is not saved. Sending the referral deletes that "
    "text. Check the pages below, then send the referral."
)
FACTS_CHANGED = (
    "We did not send this referral because details changed in other systems. Check what changed, then send the "
    "referral."
)


@for_practitioners(records=AuditAction.DRAFT_OPENED)
@require_safe
def check_answers(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Everything that will be sent, each answer with its Change link."""
    draft = own_draft(request, referral_id)
    compared = compare_facts(draft=draft, by=user_of(request), moment=Moment.ON_CHECKING)
    if compared.is_changed:
        draft = own_draft(request, referral_id)
    load_what_stands(draft.risk)
    progress = MAKE_A_REFERRAL.on(draft, user_of(request), timezone.localdate())
    if progress.first_unanswered is not None:
        missing = progress.asked_of_anybody(progress.first_unanswered)
        messages.warning(request, f"{NOT_COMPLETE} {missing}")
        return redirect("referrals:tasks", draft.pk)
    unsaved = unsaved_texts(progress, user_of(request))
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "cards": checked.cards(progress),
        "newer": newer.present(draft.risk),
        "no_source_text": not draft.risk.has_source_text,
        "changed_outside": changed_outside.present(draft),
        "facts_seen": facts_seen_as(draft),
        "not_compared": compared.troubles,
        "risk": checked.risk_rows(draft),
        "warnings": progress.warnings(),
        "reasons": reasons_against_draft(draft),
        "why_not_open": draft.contract.why_not_open(),
        "details_to_decide": count_undecided(draft, user_of(request)),
        "unsaved": pages_of(unsaved),
        "unsaved_seen": seen_as(unsaved),
        "back_link": reverse("referrals:tasks", args=[draft.pk]),
    }
    return render(request, "referrals/check_answers.html", context)


@for_practitioners(records=AuditAction.DRAFT_PREVIEWED)
@require_safe
def preview(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The supplier's own page, made from the draft as it stands. Nothing is shared by looking."""
    draft = own_draft(request, referral_id)
    draft.risk = for_page(draft.risk_id)
    page = received_referral.present(preview_handover(draft, by=user_of(request)))
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "page": page,
        "is_declared": sections.present(draft.risk).is_declared,
        "back_link": reverse("referrals:tasks", args=[draft.pk]),
    }
    return render(request, "referrals/preview.html", context)


@require_POST
@for_practitioners(records=AuditAction.REFERRAL_SENT)
def send(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Send. Text that was typed and not saved is named before it is deleted.

    A second press, a retry or a second tab lands on the same confirmation.
    """
    referral = own_referral(request, referral_id, with_services=False)
    if not referral.is_sent:
        _compare_once_more(referral, user_of(request))
    try:
        send_referral(
            draft=referral,
            by=user_of(request),
            unsaved_seen=request.POST.get("unsaved_seen", ""),
            undecided_seen=request.POST.get("left_undecided", ""),
            facts_seen=request.POST.get("facts_seen", ""),
        )
    except LeftUndecided as left:
        return _left_undecided(request, referral, left.undecided)
    except TypedMeanwhile:
        messages.warning(request, TYPED_MEANWHILE)
        return redirect("referrals:check_answers", referral.pk)
    except FactsChanged:
        messages.warning(request, FACTS_CHANGED)
        return redirect("referrals:check_answers", referral.pk)
    return redirect("referrals:sent", referral.pk)


def _compare_once_more(draft: Referral, by: User) -> None:
    """What the systems say at the last moment. One that does not answer holds up nothing (decision F8)."""
    with suppress(
        Refused, Gone
    ):  # sent by the same press in another tab, or not theirs: sending itself says so
        compare_facts(draft=draft, by=by, moment=Moment.ON_SENDING)


def _left_undecided(request: HttpRequest, draft: Referral, undecided: Undecided) -> HttpResponse:
    """Name by kind what nobody decided about, before it is shared. Blocks nothing (decision R12)."""
    draft.risk = for_page(draft.risk_id)
    user = user_of(request)
    kinds = Counter(detail.category.label for detail in found_in(draft, user).undecided)
    kinds.update(detail.category.label for detail in details_of(draft, user) if detail.decision is None)
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "kinds": kinds.most_common(),
        "total": undecided.total,
        "details_to_decide": undecided,
        "unsaved_seen": request.POST.get("unsaved_seen", ""),
        "facts_seen": request.POST.get("facts_seen", ""),
        "back_link": reverse("referrals:check_answers", args=[draft.pk]),
    }
    return render(request, "referrals/left_undecided.html", context)


@for_practitioners(records=AuditAction.REFERRAL_VIEWED)
@require_safe
def sent(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The reference number, and what happens next."""
    referral = own_referral(request, referral_id)
    if not referral.is_sent:
        return redirect("referrals:tasks", referral.pk)
    context = {
        "referral": referral,
        "banner": Banner.of(referral),
        "no_source_text": not referral.risk.has_source_text,
        "assessment_limit": assessment_limit(
            ServiceLevel.objects.holding_on(timezone.localdate(referral.sent_at))[Timer.ASSESSMENT]
        ),
    }
    return render(request, "referrals/sent.html", context)
