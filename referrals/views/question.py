"""One view for every question page of the journey."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.kept_text.deletes_text import agreed_to
from accounts.kept_text.keeping import kept_for, typed_elsewhere
from accounts.kept_text.models import TypedText
from accounts.kept_text.offering import as_opened, offered, shows
from accounts.kept_text.posted import is_blank, kept_fields
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from integrations.failure_wording import advises_to_try_again
from referrals.access.scope import own_draft, user_of
from referrals.actions.save_answers import DeletesAnswers, SavedMeanwhile, answer_question
from referrals.journey.pages import Page
from referrals.journey.store import fingerprint
from referrals.journey.structure import PlacedStep, Progress
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.presenters import both_texts, task_list
from referrals.presenters.changed_elsewhere import changed_elsewhere
from referrals.presenters.person import Banner
from referrals.sensitive_details.undecided import address_to_check
from referrals.views.deletes_answers import deletes_answers, deletes_text
from referrals.views.no_longer_asked import no_longer_asked
from risk.redaction import keyed_hash

BACK_TO_CHECK = "check"
WARNED = "warned"  # the field that says which warnings the page showed


@for_practitioners(records=AuditAction.DRAFT_OPENED)
def question(
    request: HttpRequest, referral_id: UUID, *, slug: str, category_id: int | None = None
) -> HttpResponse:
    """Ask one question, save its answers, go on. 404 when the question does not apply to this draft."""
    draft = own_draft(request, referral_id)
    user = user_of(request)
    progress = MAKE_A_REFERRAL.on(draft, user, timezone.localdate())
    placed = progress.find(slug, category_id)
    if placed is None:
        return no_longer_asked(request, progress, slug, category_id)
    notice = ""
    if placed.step.first is not None:
        notice = placed.step.first(draft=draft, by=user)
        progress = MAKE_A_REFERRAL.on(draft, user, timezone.localdate())
    form = _form(request, progress, placed)
    kept = _kept(request, progress, placed)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and kept is not None:
            status = 409
        elif form.is_valid():
            if asks_first := deletes_text(request, progress, placed, form):
                return asks_first
            try:
                saved = answer_question(
                    journey=MAKE_A_REFERRAL,
                    draft=draft,
                    placed=placed,
                    answers=form.given(),
                    by=user,
                    as_opened=request.POST.get("as_opened", ""),
                    confirmed=agreed_to(request),
                )
            except SavedMeanwhile:
                status = 409
            except DeletesAnswers as deletes:
                return deletes_answers(request, progress, placed, deletes)
            else:
                if also_changed := changed_elsewhere(saved):
                    messages.warning(request, also_changed)
                if _to_be_seen(placed.page.warnings(form.given(), progress.situation_at(placed)), request):
                    return redirect(request.get_full_path())
                to_check = address_to_check(saved.draft, user, slug, back=request.GET.get("return", ""))
                return redirect(to_check or next_address(request, saved.draft, placed))
    return render(
        request,
        placed.page.template,
        _context(request, progress, placed, form, notice, status, kept),
        status=status,
    )


def _to_be_seen(warnings: list[str], request: HttpRequest) -> bool:
    """Whether an answer that was saved is warned of and was not before: it is shown at once, where it was typed."""
    return bool(warnings) and request.POST.get(WARNED) != _named(warnings)


def _named(warnings: list[str]) -> str:
    return keyed_hash(warnings)[:32] if warnings else ""


def _form(request: HttpRequest, progress: Progress, placed: PlacedStep) -> Page:
    situation = progress.situation_at(placed)
    answers = progress.answers(placed)
    found = placed.page.look_up(situation, answers)
    first = placed.page.first_values(answers, situation, found)
    if request.method == "POST":
        return placed.page(request.POST, situation=situation, found=found, initial=first)
    return placed.page(situation=situation, found=found, initial=first)


def _kept(request: HttpRequest, progress: Progress, placed: PlacedStep) -> TypedText | None:
    """What was typed here and not saved: by another tab when this one saves, by any when the page is opened."""
    if request.method == "POST":
        return typed_elsewhere(request, user_of(request))
    return kept_for(request, user_of(request))


def _offer(form: Page, kept: TypedText, answers: Any) -> str:
    """Put what was typed into the fields, to be saved by its author or not. Nothing when it is what is stored."""
    fields = kept_fields(kept)
    typed = type(form)(fields, situation=form.situation, found=form.found)
    if is_blank(kept.fields) or (typed.is_valid() and typed.given() == answers and not typed.dropped()):
        return ""
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(fields, {}, name)
    return offered(kept)


def next_address(request: HttpRequest, draft: Referral, placed: PlacedStep) -> str:
    """The next question of the section; the check page when the change came from there and nothing is missing.

    ``draft`` as it stands since the page was saved.
    """
    progress = MAKE_A_REFERRAL.on(draft, user_of(request), timezone.localdate())
    if request.GET.get("return") == BACK_TO_CHECK and progress.is_ready:
        return reverse("referrals:check_answers", args=[draft.pk])
    here = progress.find(placed.step.slug, placed.service.category_id if placed.service else None)
    following = progress.after(here) if here else None
    if following is None:
        return reverse("referrals:tasks", args=[draft.pk])
    return task_list.address(progress, following)


def _context(
    request: HttpRequest,
    progress: Progress,
    placed: PlacedStep,
    form: Page,
    notice: str,
    status: int,
    kept: TypedText | None,
) -> dict[str, Any]:
    words = _offer(form, kept, progress.answers(placed)) if kept and not form.is_bound else ""
    shows(request, kept if status != 422 else None, unchosen=form.dropped() if words else ())
    before = progress.before(placed)
    from_check = request.GET.get("return") == BACK_TO_CHECK
    back_link = reverse("referrals:tasks", args=[progress.draft.pk])
    if from_check:
        back_link = reverse("referrals:check_answers", args=[progress.draft.pk])
    elif before is not None:
        back_link = task_list.address(progress, before)
    warnings = placed.page.warnings(progress.answers(placed), progress.situation_at(placed))
    return {
        "banner": Banner.of(progress.draft),
        "draft": progress.draft,
        "form": form,
        "heading": placed.page.asked(progress.situation_at(placed)),
        "as_opened": as_opened(kept if words else None, "as_opened", fingerprint(progress.answers(placed))),
        "back_link": back_link,
        "trouble": form.found.trouble or notice,
        "may_try_again": advises_to_try_again(form.found.trouble or notice),
        "warnings": warnings,
        "warned": _named(warnings),
        "offered": words,
        "both": both_texts.of(form, progress.rows(placed), kept) if status == 409 else None,
        "beside": form.beside(),
        "ndelius_link": settings.NDELIUS_DEEP_LINK,
    }
