"""The risk pages: review, edit all, change one section, take a newer assessment. Rules are in ``risk``."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from events.doors import for_practitioners
from events.models import AuditAction
from referrals.actions.changing import touch
from referrals.kept_text import differing, forget, kept_for, offered, typed_elsewhere
from referrals.models import KeptText, Referral
from referrals.presenters import risk_pages
from referrals.scope import own_draft, user_of
from referrals.sensitive_details import address_to_check, count_undecided
from referrals.views.said import said, say
from referrals.written_texts import RISK, saved_by_section
from risk.actions import changing, declaring, pulling
from risk.forms.editing import EditForm, SectionForm
from risk.forms.reviewing import ReviewForm
from risk.models import RiskInformation, SectionKey
from risk.reading import for_page
from risk.wording import CURRENT_WORDING

BUTTONS = {
    "revert": (changing.revert_section, "“{heading}” was reverted to the original OASys information."),
    "undo": (changing.undo_last_change, "The last change to “{heading}” was undone."),
    "remove": (changing.remove_section, "“{heading}” was removed. Nothing of it will be shared."),
    "none": (changing.confirm_no_identified_risk, "You confirmed no identified risk for “{heading}”."),
}
CHANGED = (
    "The risk information changed after you opened this page. Review it as it stands now, and confirm again"
)
TYPED_ELSEWHERE = (
    "Something else was typed here in another tab or window. Compare both texts and save again to keep yours"
)
NEWER = "OASys was updated since this information was pulled. Take the new information, or confirm what is here again."


@for_practitioners(records=AuditAction.RISK_VIEWED)
def risk_information(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Review what OASys says and what will be shared; edit, or take responsibility (seed: risk newsletter)."""
    draft = own_draft(request, referral_id, with_services=False)
    user = user_of(request)
    risk = _pulled(draft, user, once=request.method == "POST")
    form = ReviewForm(request.POST) if request.method == "POST" else ReviewForm()
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["edit"] == "YES":
            return redirect("referrals:risk_edit", draft.pk)
        if _declare_as_it_stands(request, draft, risk, user, form):
            return redirect("referrals:tasks", draft.pk)
        risk = for_page(draft.risk_id)  # perhaps another than was read above
    context = risk_pages.review(request, draft, risk, form)
    draft.risk = risk
    context["details_to_decide"] = count_undecided(draft, user)
    status = 200 if not form.errors else 409 if CHANGED in form.non_field_errors() else 422
    return render(request, "risk/review.html", {**context, "success": said(request)}, status=status)


def _pulled(draft: Referral, user: User, *, once: bool) -> RiskInformation:
    """The risk information to work from. OASys is asked as long as it has not answered; ``once``: if it never was."""
    risk = for_page(draft.risk_id)
    if risk.oasys_snapshot is not None or (once and risk.last_asked_at is not None):
        return risk
    pulling.pull(risk=risk, by=user)
    return for_page(draft.risk_id)


def _declare_as_it_stands(
    request: HttpRequest, draft: Referral, risk: RiskInformation, user: User, form: ReviewForm
) -> bool:
    """ "No" declares and changes nothing else. False, with errors on the form, when it cannot be declared."""
    problems = risk_pages.problems(risk)
    if problems:
        form.problems = problems  # type: ignore[attr-defined]
        form.add_error(None, "Some sections cannot be shared as they are")
        return False
    if risk.newer_announced_at is None and pulling.check_freshness(risk=risk, by=user):
        form.add_error(None, NEWER)
        return False
    seen = form.cleaned_data["seen"]
    try:
        declaring.declare(risk=risk, by=user, wording_version=CURRENT_WORDING.version, seen=seen)
    except declaring.ChangedSinceSeen:
        form.add_error(None, CHANGED)
        return False
    touch(draft)
    return True


@for_practitioners(records=AuditAction.RISK_VIEWED)
def risk_edit(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """All eight boxes. Saving needs the tick, and declares; a section's button acts at once."""
    draft = own_draft(request, referral_id, with_services=False)
    user = user_of(request)
    risk = _pulled(draft, user, once=request.method == "POST")
    if request.method != "POST":
        return _edit_page(request, draft, risk, _edit_form_with_kept_text(request, risk, user))
    do, _, key = request.POST.get("do", "save").partition(":")
    if do == "discard":
        forget(request, user)
        return redirect(request.path)
    if do in BUTTONS:
        return _press(request, draft, risk, user, do, _known(key))
    if do != "save":
        raise Http404
    form = EditForm(request.POST, sections=risk.in_order())
    if form.is_valid() and not _refuses_typed_elsewhere(form, typed_elsewhere(request, user)):
        if risk.newer_announced_at is None and pulling.check_freshness(risk=risk, by=user):
            form.add_error(None, NEWER)
        elif _save_and_declare(risk, form, user):
            touch(draft)
            forget(request, user)
            return redirect(
                address_to_check(draft, user, RISK) or reverse("referrals:tasks", args=[draft.pk])
            )
        else:
            form = EditForm(request.POST, sections=for_page(draft.risk_id).in_order())
            form.is_valid()  # says which section was saved meanwhile
    return _edit_page(request, draft, for_page(draft.risk_id), form)


def _save_and_declare(risk: RiskInformation, form: EditForm, user: User) -> bool:
    """False when another tab saved one of the sections between our reading and our writing."""
    try:
        declaring.save_and_declare(
            risk=risk,
            texts=form.texts(),
            by=user,
            wording_version=CURRENT_WORDING.version,
            as_opened=form.as_opened,
        )
    except changing.SavedMeanwhile:
        return False
    return True


def _press(
    request: HttpRequest, draft: Referral, risk: RiskInformation, user: User, do: str, key: SectionKey
) -> HttpResponse:
    """Keep what was typed in the boxes, then do what the section's button says.

    Boxes that cannot be kept (too long, changed meanwhile) come back as typed, with their errors.
    """
    form = EditForm(request.POST, sections=risk.in_order(), for_saving=False)
    form.is_valid()
    action, sentence = BUTTONS[do]
    try:
        changing.press_button(
            risk=risk, key=key.value, act=action, boxes=form.texts(), by=user, as_opened=form.as_opened
        )
    except changing.SavedMeanwhile:  # by another tab, just now: read again, the form will say so
        return _press(request, draft, for_page(draft.risk_id), user, do, key)
    touch(draft)
    if any(name != key for name in form.errors):
        return _edit_page(
            request, draft, for_page(draft.risk_id), _as_typed_but_for(request.POST, risk.pk, key)
        )
    forget(request, user)
    say(request, sentence.format(heading=key.label))
    return redirect(f"{request.path}#{key.slug}")


def _as_typed_but_for(posted: QueryDict, risk_id: UUID, key: SectionKey) -> EditForm:
    """The form as typed, with the box of the pressed button as it is now."""
    risk = for_page(risk_id)
    fields = posted.copy()
    fields[key.value] = risk.section(key.value).box_text
    form = EditForm(fields, sections=risk.in_order(), for_saving=False)
    form.is_valid()
    return form


def _edit_form_with_kept_text(request: HttpRequest, risk: RiskInformation, user: User) -> EditForm:
    kept = kept_for(user, request.path)
    typed = differing(kept, {section.key: section.box_text for section in risk.in_order()})
    form = EditForm(sections=risk.in_order(), initial=typed)
    _keeps(form, kept, offered(kept) if kept and typed else "")
    return form


def _keeps(form: EditForm | SectionForm, kept: KeptText | None, sentence: str = "") -> None:
    """Say to the page which kept text it shows, and how it offers it (or that it need not)."""
    form.kept, form.offered = kept, sentence  # type: ignore[union-attr]


def _refuses_typed_elsewhere(form: EditForm | SectionForm, kept: KeptText | None) -> bool:
    """True, with errors and the other texts on the form, when another tab typed something else and did not save."""
    others = differing(kept, {name: form.cleaned_data[name] for name in form.fields if name != "understood"})
    form.typed_elsewhere = others  # type: ignore[union-attr]
    for name in others:
        form.add_error(name, TYPED_ELSEWHERE)
    _keeps(form, kept)
    return bool(others)


def _edit_page(request: HttpRequest, draft: Referral, risk: RiskInformation, form: EditForm) -> HttpResponse:
    is_conflict = getattr(form, "stale", ()) or getattr(form, "typed_elsewhere", {})
    status = 200 if not form.errors else 409 if is_conflict else 422
    context = risk_pages.edit(request, draft, risk, form)
    return render(request, "risk/edit.html", {**context, "success": said(request)}, status=status)


@for_practitioners(records=AuditAction.RISK_VIEWED)
def risk_section(request: HttpRequest, referral_id: UUID, slug: str) -> HttpResponse:
    """Change one section. Voids the declaration and returns to the review page (decision R5)."""
    draft = own_draft(request, referral_id, with_services=False)
    user = user_of(request)
    key = _named(slug)
    risk = _pulled(draft, user, once=True)  # one may come here without opening the review page first
    form = SectionForm(request.POST if request.method == "POST" else None, section=risk.section(key))
    if request.method == "POST":
        do = request.POST.get("do", "save")
        if do == "discard":
            forget(request, user)
            return redirect(request.path)
        if do in BUTTONS:
            action, sentence = BUTTONS[do]
            typed = {key.value: form.cleaned_data["text"]} if form.is_valid() else {}
            changing.press_button(risk=risk, key=key.value, act=action, boxes=typed, by=user)
            return _changed(
                request, draft, user, sentence.format(heading=key.label), stay=do in ("revert", "undo")
            )
        if do != "save":
            raise Http404
        if form.is_valid() and not _refuses_typed_elsewhere(form, typed_elsewhere(request, user)):
            text = form.cleaned_data["text"]
            try:
                changed = changing.edit_section(
                    risk=risk, key=key.value, text=text, by=user, as_opened=form.as_opened
                )
            except changing.SavedMeanwhile:
                risk = for_page(draft.risk_id)
                form = SectionForm(request.POST, section=risk.section(key))
                form.is_valid()  # says that it was
            else:
                said_so = f"“{key.label}” was saved." if changed else "Nothing was changed."
                return _changed(request, draft, user, said_so, saved=saved_by_section(key.slug))
    else:
        kept = kept_for(user, request.path)
        typed = differing(kept, {"text": risk.section(key).box_text})
        form = SectionForm(section=risk.section(key), initial=typed)
        _keeps(form, kept, offered(kept) if kept and typed else "")
    is_conflict = form.is_stale or getattr(form, "typed_elsewhere", {})
    status = 200 if not form.errors else 409 if is_conflict else 422
    context = risk_pages.one_section(request, draft, risk, key, form)
    return render(request, "risk/section.html", {**context, "success": said(request)}, status=status)


def _changed(
    request: HttpRequest,
    draft: Referral,
    user: User,
    sentence: str,
    *,
    stay: bool = False,
    saved: str = "",
) -> HttpResponse:
    """Say what was done, and go on: to what may be sensitive in a text just saved, if there is anything."""
    touch(draft)
    forget(request, user)
    say(request, sentence)
    if stay:
        return redirect(request.path)
    to_check = address_to_check(draft, user, saved) if saved else ""
    return redirect(to_check or reverse("referrals:risk_information", args=[draft.pk]))


@require_POST
@for_practitioners(records=AuditAction.RISK_TAKEN)
def risk_take_newer(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Work from what OASys says now instead of the earlier answer (decision R3)."""
    draft = own_draft(request, referral_id, with_services=False)
    outcome = pulling.take_newer(risk=draft.risk, by=user_of(request))
    if outcome.is_snapshot:
        touch(draft)
        say(request, "The information now comes from the newer OASys assessment. Your own text was kept.")
    else:
        say(
            request,
            "OASys did not give the newer information. Nothing was changed. Try again in a few minutes.",
        )
    return redirect("referrals:risk_information", draft.pk)


def _known(key: str) -> SectionKey:
    """A section of ours; a made-up name is 404."""
    if key not in SectionKey.values:
        raise Http404
    return SectionKey(key)


def _named(slug: str) -> SectionKey:
    """A section of ours by its name in an address; a made-up name is 404."""
    return _known(next((key.value for key in SectionKey if key.slug == slug), ""))
