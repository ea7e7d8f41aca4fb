"""The probation practitioner's details: what nDelius says, changed one by one, and confirmed as they will be sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.kept_text.keeping import kept_for, stays_kept
from accounts.kept_text.offering import offered, shows
from accounts.kept_text.posted import kept_fields
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from integrations.failure_wording import advises_to_try_again
from referrals.access.scope import own_draft, user_of
from referrals.actions.confirm_practitioner import (
    DetailsMissing,
    begin_with_ndelius,
    change_detail,
    confirm_practitioner,
)
from referrals.actions.save_answers import SavedMeanwhile
from referrals.forms.practitioner import FORMS, DetailForm
from referrals.journey.answers import Practitioner
from referrals.journey.pages import Row
from referrals.journey.practitioner_details import BY_SLUG, Detail, missing, seen_as
from referrals.journey.questions.people import PractitionerPage
from referrals.journey.records import OfficerInNdelius
from referrals.journey.store import DraftStore
from referrals.journey.structure import PlacedStep, Progress
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.presenters import both_texts, task_list
from referrals.presenters import practitioner as presenter
from referrals.presenters.person import Banner
from referrals.pulls.practitioner import pull_practitioner
from referrals.views.question import BACK_TO_CHECK

STEP = "practitioner"
CHANGED = "The details changed after you opened this page. Check the latest details and confirm again"
NOBODY = "nDelius does not name a community probation practitioner for this person. Enter the details."
NOTHING_CHANGED = "Nothing was changed."


@for_practitioners(records=AuditAction.DRAFT_OPENED)
def practitioner(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show the details with what nDelius says; confirm them. Needs name and PDU."""
    draft, notice = _draft(request, referral_id)
    user = user_of(request)
    errors: list[dict[str, str]] = []
    status = 200
    answers = DraftStore(draft).read(Practitioner)
    if request.method == "POST":
        try:
            confirm_practitioner(draft=draft, by=user, seen=request.POST.get("seen", ""))
        except SavedMeanwhile:
            status, errors = 409, [{"text": CHANGED, "href": "#details"}]
        except DetailsMissing:
            status = 422
        else:
            return redirect(_next_address(request, draft))
    officer = OfficerInNdelius.from_kept(draft.practitioner_in_ndelius)
    rows = presenter.rows(draft, answers, officer, missing(answers) if status == 422 else ())
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "heading": PractitionerPage.question,
        "rows": rows,
        "errors": errors or presenter.errors(rows),
        "seen": seen_as(answers),
        "may_try_again": advises_to_try_again(notice),
        "trouble": notice
        or (NOBODY if officer is not None and not officer.is_allocated else presenter.unread(officer)),
        "back_link": _back(request, draft, reverse("referrals:tasks", args=[draft.pk])),
    }
    return render(request, "referrals/practitioner.html", context, status=status)


def _draft(request: HttpRequest, referral_id: UUID) -> tuple[Referral, str]:
    """A draft that has a practitioner, with what nDelius says filled in; and what to say when nDelius did not."""
    draft = own_draft(request, referral_id)
    user = user_of(request)
    _placed(MAKE_A_REFERRAL.on(draft, user, timezone.localdate()))
    notice = pull_practitioner(draft=draft, by=user)
    begin_with_ndelius(draft=draft, by=user)
    return draft, notice


def _placed(progress: Progress) -> PlacedStep:
    placed = progress.find(STEP)
    if placed is None:
        raise Http404
    return placed


def _next_address(request: HttpRequest, draft: Referral) -> str:
    """The check page when the change came from there and nothing is missing; else the next question."""
    progress = MAKE_A_REFERRAL.on(
        own_draft(request, draft.pk), user_of(request), timezone.localdate()
    )  # as saved
    if request.GET.get("return") == BACK_TO_CHECK and progress.is_ready:
        return reverse("referrals:check_answers", args=[draft.pk])
    following = progress.after(_placed(progress))
    if following is None:
        return reverse("referrals:tasks", args=[draft.pk])
    return task_list.address(progress, following)


def _back(request: HttpRequest, draft: Referral, otherwise: str) -> str:
    is_from_check = request.GET.get("return") == BACK_TO_CHECK
    return reverse("referrals:check_answers", args=[draft.pk]) if is_from_check else otherwise


@require_POST
@for_practitioners(records=AuditAction.PRACTITIONER_PULLED)
def pull_again(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Ask nDelius again. What was changed here stays, beside what nDelius says."""
    draft, _ = _draft(request, referral_id)
    before = DraftStore(draft).read(Practitioner)
    trouble = pull_practitioner(draft=draft, by=user_of(request), again=True)
    after = DraftStore(draft).read(Practitioner)
    changed = [one.called for one in BY_SLUG.values() if one.of(before) != one.of(after)]
    what = f"Changed here: {', '.join(changed)}." if changed else "Nothing has changed."
    if trouble:
        messages.warning(request, trouble)
    else:
        messages.success(request, f"We got the latest details from nDelius. {what}")
    return redirect("referrals:practitioner", draft.pk)


@for_practitioners(records=AuditAction.DRAFT_OPENED)
def change(request: HttpRequest, referral_id: UUID, detail: str) -> HttpResponse:
    """Change one detail, or take what nDelius says of it."""
    one = _known(detail)
    draft, notice = _draft(request, referral_id)
    user = user_of(request)
    do = request.POST.get("do", "save")
    if request.method == "POST" and do == "ndelius":
        return _take_from_ndelius(request, draft, one)
    form = _form(request, draft, one)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                value, number = form.given()
                is_changed = change_detail(
                    draft=draft,
                    by=user,
                    detail=one,
                    value=value,
                    number=number,
                    as_opened=request.POST.get("as_opened", ""),
                )
            except SavedMeanwhile:
                status = 409
            else:
                return _saved(request, draft, one, is_changed=is_changed)
    context = _change_context(request, draft, one, form, notice, status)
    return render(request, "referrals/practitioner_change.html", context, status=status)


def _known(slug: str) -> Detail:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def _form(request: HttpRequest, draft: Referral, one: Detail) -> DetailForm:
    about: dict[str, Any] = {
        "standing": DraftStore(draft).read(Practitioner),
        "officer": OfficerInNdelius.from_kept(draft.practitioner_in_ndelius),
        "person": draft.person_name,
    }
    if request.method == "POST":
        return FORMS[one.slug](request.POST, **about)
    form = FORMS[one.slug](**about)
    kept = kept_for(request, user_of(request))
    if kept is not None:  # offered back, to be saved by its author or not
        field = form.fields[one.column]
        form.initial[one.column] = field.widget.value_from_datadict(kept_fields(kept), {}, one.column)
        form.kept = kept  # type: ignore[attr-defined]
    return form


def _take_from_ndelius(request: HttpRequest, draft: Referral, one: Detail) -> HttpResponse:
    stays_kept(request)  # what was typed instead is still theirs to save or to discard
    said_there = one.in_record(OfficerInNdelius.from_kept(draft.practitioner_in_ndelius))
    is_changed = bool(said_there) and change_detail(
        draft=draft, by=user_of(request), detail=one, value=said_there
    )
    return _saved(request, draft, one, is_changed=is_changed)


def _saved(request: HttpRequest, draft: Referral, one: Detail, *, is_changed: bool) -> HttpResponse:
    """Back to the details, or to the check page when the change came from there and nothing is missing."""
    _say(request, f"The {one.called} was changed.", is_changed=is_changed)
    if request.GET.get("return") == BACK_TO_CHECK:
        progress = MAKE_A_REFERRAL.on(own_draft(request, draft.pk), user_of(request), timezone.localdate())
        if progress.is_ready:
            return redirect("referrals:check_answers", draft.pk)
    return redirect("referrals:practitioner", draft.pk)


def _say(request: HttpRequest, done: str, *, is_changed: bool) -> None:
    if is_changed:
        messages.success(request, done)
    else:
        messages.info(request, NOTHING_CHANGED)


def _change_context(
    request: HttpRequest, draft: Referral, one: Detail, form: DetailForm, notice: str, status: int
) -> dict[str, Any]:
    answers = DraftStore(draft).read(Practitioner)
    officer = OfficerInNdelius.from_kept(draft.practitioner_in_ndelius)
    kept = getattr(form, "kept", None)
    shows(request, kept)
    return {
        "banner": Banner.of(draft),
        "draft": draft,
        "form": form,
        "detail": one,
        "as_opened": seen_as(answers, one),
        "back_link": _back(request, draft, reverse("referrals:practitioner", args=[draft.pk])),
        "trouble": notice,
        "may_try_again": advises_to_try_again(notice),
        "warnings": (),
        "offered": offered(kept) if kept else "",
        "both": _both(one, form, one.of(answers)) if status == 409 else None,
        "ndelius_says": presenter.says(answers, officer, one),
        "may_use_ndelius": presenter.may_use_ndelius(answers, officer, one),
    }


def _both(one: Detail, form: DetailForm, saved: str) -> both_texts.BothTexts:
    return both_texts.saved([Row(one.label, saved)], [Row(one.label, form.given()[0])])


@for_practitioners(records=AuditAction.DRAFT_OPENED)
def delete(request: HttpRequest, referral_id: UUID, detail: str) -> HttpResponse:
    """Ask whether to delete one detail, and delete it. Name and PDU cannot be deleted."""
    one = _known(detail)
    if one.is_needed:
        raise Http404
    draft, _ = _draft(request, referral_id)
    back_link = reverse("referrals:practitioner", args=[draft.pk])
    value = one.of(DraftStore(draft).read(Practitioner))
    if request.method == "POST":
        is_changed = change_detail(draft=draft, by=user_of(request), detail=one, value="")
        _say(request, f"The {one.called} was deleted.", is_changed=is_changed)
    if request.method == "POST" or not value:
        return redirect(back_link)
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "detail": one,
        "value": value,
        "back_link": back_link,
        "heading": f"Are you sure you want to delete the practitioner’s {one.called}?",
    }
    return render(request, "referrals/practitioner_delete.html", context)
