"""The risk pages: review, edit all, change one section, take a newer assessment. Rules are in ``risk``.

Editing is the same before sending and for a corrected version after it: ``correction_id`` is in the address then, and
``draft`` is the sent referral with that as its risk information.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.kept_text.keeping import keep_part
from accounts.kept_text.posted import kept_fields
from accounts.models import User
from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Refused
from referrals.access.lock_draft import touch
from referrals.access.scope import own_correction, own_draft, user_of
from referrals.actions.correct_risk import go_back_to_shared
from referrals.journey.risk_addresses import is_correcting, risk_address
from referrals.models import KeptText, Referral
from referrals.presenters import risk_pages
from referrals.presenters.details_in_risk import typed_beside
from referrals.sensitive_details.in_risk import details_of, only_in
from referrals.sensitive_details.undecided import Undecided, undecided_by_place
from referrals.sensitive_details.written_texts import RISK_PLACE
from referrals.typed_text.kept_text import differing, forget, kept_for, offered, typed_elsewhere
from referrals.views.risk_details import Press, press_detail
from risk.actions import change_section as changing
from risk.actions import declare_responsibility as declaring
from risk.actions import pull_risk_information as pulling
from risk.forms.edit_section import EditForm, SectionForm
from risk.forms.review_section import ReviewForm
from risk.models import RiskInformation, SectionKey, SectionState
from risk.presenters.sections import REMOVE
from risk.reading import for_page, load_what_stands
from risk.redaction import is_hash_of
from risk.wording import CURRENT_WORDING


class Button(NamedTuple):
    """One of the buttons under a section: what it does, what it is called, what is said afterwards."""

    act: changing.Act
    name: str
    done: str


BUTTONS = {
    "revert": Button(
        changing.revert_section,
        "Revert to original OASys information",
        "“{heading}” was reverted to the original OASys information.",
    ),
    "undo": Button(changing.undo_last_change, "Undo", "The last change to “{heading}” was undone."),
    "remove": Button(
        changing.remove_section,
        REMOVE,
        "No information will be shared under “{heading}”.",
    ),
    "shared": Button(
        go_back_to_shared,
        "Keep what is shared now",
        "“{heading}” will be shared as it is now.",
    ),
    "none": Button(
        changing.confirm_no_identified_risk,
        "No identified risk",
        "You confirmed no identified risk for “{heading}”.",
    ),
}
STAY = frozenset({"revert", "undo", "shared"})  # on the page of one section, to see what it did
EMPTY_AGAIN = "“{heading}” is empty again, because OASys gives no information for it."
NOT_DONE = (
    "We could not do “{button}”, because there is a problem with your text. Change it or discard it, then select "
    "“{button}” again"
)
NEWER_CHOICES = {
    "take": (
        pulling.take_newer,
        "The information now comes from the newer OASys assessment. We kept your own text. Review what changed.",
    ),
    "keep": (
        pulling.keep_newer_out,
        "You kept the earlier information. You can still use the newer information below.",
    ),
}
CHANGED = (
    "The risk information changed after you opened this page. Review the latest version and confirm again"
)
TYPED_ELSEWHERE = (
    "Something else was typed here in another tab or window. Compare both texts and save again to keep yours"
)
NEWER_HERE = (
    "OASys has changed this section. Choose the newer or the earlier information first. We will keep what you typed"
)
NEWER_CHANGED = "OASys changed again after you opened this page. Check what it says now and choose again"
NOT_DECIDED = (
    "There is a problem with your text, so nothing was done. Change it or discard it, then choose again"
)


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
    undecided = undecided_by_place(draft, user)
    context["details_to_decide"] = Undecided.of(undecided)
    context["undecided_in"] = {place.removeprefix(RISK_PLACE): len(ids) for place, ids in undecided.items()}
    return render(request, "risk/review.html", context, status=_status(form))


def _pulled(draft: Referral, user: User, *, once: bool) -> RiskInformation:
    """The risk information to work from. OASys is asked as long as it has not answered; ``once``: if it never was."""
    risk = draft.risk  # read with the draft, just now
    load_what_stands(risk)
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
    _compare_with_oasys(risk, user)
    seen = form.cleaned_data["seen"]
    try:
        declaring.declare(risk=risk, by=user, wording_version=CURRENT_WORDING.version, seen=seen)
    except declaring.NewerUndecided:
        form.refuse(risk_pages.DECIDE_NEWER, is_conflict=True)
        return False
    except declaring.ChangedSinceSeen:
        form.refuse(CHANGED, is_conflict=True)
        return False
    touch(draft)
    return True


def _compare_with_oasys(risk: RiskInformation, user: User) -> None:
    """Before declaring, OASys is asked once more, unless something newer waits for a decision already (R3)."""
    if not risk.newer_is_undecided:
        pulling.compare_with_oasys(risk=risk, by=user)


def _status(form: ReviewForm | EditForm | SectionForm) -> int:
    """As it was asked for; somebody saved first; or there is something to mend."""
    if not form.errors:
        return 200
    return 409 if form.is_conflict or getattr(form, "typed_elsewhere", {}) else 422


def _opened(request: HttpRequest, referral_id: UUID, correction_id: UUID | None) -> Referral:
    """A draft of theirs, or a sent referral with the corrected version that they have begun."""
    if correction_id is None:
        return own_draft(request, referral_id, with_services=False)
    return own_correction(request, referral_id, correction_id)


@for_practitioners(records=AuditAction.RISK_VIEWED)
def risk_edit(request: HttpRequest, referral_id: UUID, correction_id: UUID | None = None) -> HttpResponse:
    """All eight boxes. Saving those of a draft needs the tick, and declares; a section's button acts at once."""
    draft = _opened(request, referral_id, correction_id)
    user = user_of(request)
    risk = _pulled(draft, user, once=request.method == "POST")
    if request.method != "POST":
        return _edit_page(request, draft, risk, _edit_form_with_kept_text(request, risk, user))
    do, _, key = request.POST.get("do", "save").partition(":")
    if do == "discard":
        forget(request, user)
        return redirect(request.path)
    if do in NEWER_CHOICES:
        return _decide_newer_on_the_edit_page(request, draft, user, do)
    press = Press.of(request.POST.get("do", ""))
    if press is not None:
        return _press_detail_on_the_edit_page(request, draft, risk, user, press)
    if do in BUTTONS:
        return _press(request, draft, risk, user, do, _known(key))
    if do != "save":
        raise Http404
    form = _save_edit_page(request, draft, risk, user)
    if not form.errors:
        touch(draft)
        _forget_saved(request, user)
        return redirect(risk_address(draft, "done"))
    return _edit_page(request, draft, for_page(draft.risk_id), form)


def _save_edit_page(request: HttpRequest, draft: Referral, risk: RiskInformation, user: User) -> EditForm:
    """Save every box and declare (a corrected version later, when it is shared), or do neither.

    The form has errors then, and everything as it was typed.
    """
    form = EditForm(request.POST, sections=risk.in_order())
    if not form.is_valid() or _refuses_typed_elsewhere(form, typed_elsewhere(request, user)):
        if form.seen and not is_hash_of(risk.in_order(), form.seen):
            form.refuse_changed_unseen(CHANGED)  # or the next post would carry what nobody pointed out
        return form
    _compare_with_oasys(risk, user)
    save: Callable[..., Any] = declaring.save_all
    if not is_correcting(draft):
        save = partial(declaring.save_and_declare, wording_version=CURRENT_WORDING.version)
    try:
        save(
            risk=risk,
            texts=form.texts(),
            by=user,
            as_opened=form.as_opened,
            seen=form.seen,
            without_risk=form.without_risk(),
        )
    except declaring.NewerUndecided:
        form.refuse(risk_pages.DECIDE_NEWER, is_conflict=True)
    except (declaring.ChangedSinceSeen, changing.SavedMeanwhile):
        form = EditForm(request.POST, sections=for_page(draft.risk_id).in_order())
        form.is_valid()  # says which box was saved meanwhile
        form.refuse_changed_unseen(CHANGED)
    return form


def _decide_newer_on_the_edit_page(
    request: HttpRequest, draft: Referral, user: User, do: str
) -> HttpResponse:
    form = _decide_newer(
        request,
        draft,
        user,
        do,
        lambda risk: EditForm(request.POST, sections=risk.in_order(), for_saving=False),
    )
    if form.errors:
        return _edit_page(request, draft, for_page(draft.risk_id), form)
    return redirect(request.path)


TypedIn = TypeVar("TypedIn", EditForm, SectionForm)


def _decide_newer(
    request: HttpRequest, draft: Referral, user: User, do: str, read: Callable[[RiskInformation], TypedIn]
) -> TypedIn:
    """Keep what was typed, and take the newer OASys information or keep it out; or do neither, with errors."""
    form = read(for_page(draft.risk_id))
    if not form.is_valid():
        form.refuse(NOT_DECIDED)
        return form
    decide, sentence = NEWER_CHOICES[do]
    seen = request.POST.get(risk_pages.NEWER_FIELD, "")
    try:
        decide(risk=draft.risk, seen=seen, by=user, boxes=form.texts(), as_opened=form.as_opened)
    except pulling.NewerChanged:
        form.refuse(NEWER_CHANGED, is_conflict=True)
    except changing.SavedMeanwhile:
        form = read(for_page(draft.risk_id))
        form.is_valid()
        form.refuse(NOT_DECIDED, is_conflict=True)
    else:
        touch(draft)
        _forget_saved(request, user)
        messages.success(request, sentence)
    return form


def _press(
    request: HttpRequest, draft: Referral, risk: RiskInformation, user: User, do: str, key: SectionKey
) -> HttpResponse:
    """Keep what was typed in the boxes, then do what the section's button says.

    When its own box cannot be kept (too long, changed meanwhile), nothing is done; other boxes that cannot come back
    as typed, with their errors.
    """
    form = EditForm(request.POST, sections=risk.in_order(), for_saving=False)
    form.is_valid()
    button = BUTTONS[do]
    if key.value in form.errors and key.value in request.POST:
        form.refuse(_not_done(button, risk, key), is_conflict=key.value in form.stale)
        return _edit_page(request, draft, risk, form)
    try:
        _do(button, risk, key, form, user)
    except changing.SavedMeanwhile:  # by another tab, just now: read again, the form will say so
        return _press(request, draft, for_page(draft.risk_id), user, do, key)
    _keep_ticks(form, risk, user)
    touch(draft)
    if any(name != key for name in form.errors):
        return _edit_page(
            request, draft, for_page(draft.risk_id), _as_typed_but_for(request.POST, risk.pk, key)
        )
    _forget_saved(request, user)
    # Said at the section; the address leads to what is said, or the browser would take the focus away from it.
    messages.success(request, _done(button, risk, key), extra_tags=key.slug)
    return redirect(f"{request.path}#done-{key.slug}")


def _done(button: Button, risk: RiskInformation, key: SectionKey) -> str:
    """That a button was done; truly, where OASys has nothing to go back to."""
    is_empty = button.act is changing.revert_section and not risk.section(key.value).has_original
    return (EMPTY_AGAIN if is_empty else button.done).format(heading=key.label)


def _not_done(button: Button, risk: RiskInformation, key: SectionKey) -> str:
    """That a button was not done, by the name that it has under this section."""
    name = risk_pages.removing(risk, key) if button.act is changing.remove_section else button.name
    return NOT_DONE.format(button=name)


def _press_detail_on_the_edit_page(
    request: HttpRequest, draft: Referral, risk: RiskInformation, user: User, press: Press
) -> HttpResponse:
    """A button beside a sensitive detail: what was typed is kept, then it is done; or neither."""
    draft.risk = risk
    form = EditForm(request.POST, sections=risk.in_order(), for_saving=False)
    form.is_valid()
    done = press_detail(request, draft, user, form, press)
    if done is None:
        return _edit_page(request, draft, for_page(draft.risk_id), form)
    key, sentence = done
    _keep_ticks(form, risk, user)
    touch(draft)
    _forget_saved(request, user, but=press.detail)
    messages.success(request, sentence, extra_tags=key.slug)
    return redirect(f"{request.path}#done-{key.slug}")


def _keep_ticks(form: EditForm, risk: RiskInformation, user: User) -> None:
    """What was ticked beside the pressed button counts, or the next page would show it unticked."""
    for key in form.without_risk():
        changing.confirm_no_identified_risk(risk=risk, key=key, by=user)


def _do(
    button: Button, risk: RiskInformation, key: SectionKey, form: EditForm | SectionForm, user: User
) -> None:
    """Press a button with the boxes of a form. What was typed is kept also when the button is refused."""
    boxes, as_opened = form.texts(), form.as_opened
    try:
        changing.press_button(
            risk=risk, key=key.value, act=button.act, boxes=boxes, by=user, as_opened=as_opened
        )
    except Refused:
        changing.keep_typed(risk=risk, boxes=boxes, by=user, as_opened=as_opened)
        raise


def _as_typed_but_for(posted: QueryDict, risk_id: UUID, key: SectionKey) -> EditForm:
    """The form as typed, with the box of the pressed button as it is now."""
    risk = for_page(risk_id)
    fields = posted.copy()
    fields[key.value] = risk.section(key.value).box_text
    form = EditForm(fields, sections=risk.in_order(), for_saving=False)
    form.is_valid()
    return form


def _edit_form_with_kept_text(request: HttpRequest, risk: RiskInformation, user: User) -> EditForm:
    kept = kept_for(request, user)
    typed = differing(kept, {section.key: section.box_text for section in risk.in_order()})
    form = EditForm(sections=risk.in_order(), initial=typed)
    form.typed_beside = _typed_beside(kept)  # type: ignore[attr-defined]
    _keeps(form, kept, offered(kept) if kept and (typed or form.typed_beside) else "")  # type: ignore[attr-defined]
    return form


def _typed_beside(kept: KeptText | None) -> dict[str, str]:
    """What was typed beside details and used by no button."""
    return typed_beside(kept_fields(kept)) if kept else {}


def _forget_saved(request: HttpRequest, user: User, *, but: str = "") -> None:
    """Delete what was kept for the page, other than what was typed beside details and used by no button yet."""
    left = typed_beside(request.POST, but=but)
    forget(request, user)
    if left:
        keep_part(request, user, {name: [value] for name, value in left.items()})


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
    draft.risk = risk
    context = risk_pages.edit(request, draft, risk, form, details_of(draft, user_of(request)))
    return render(request, "risk/edit.html", context, status=_status(form))


@for_practitioners(records=AuditAction.RISK_VIEWED)
def risk_section(
    request: HttpRequest, referral_id: UUID, slug: str, correction_id: UUID | None = None
) -> HttpResponse:
    """Change one section. Voids the declaration and returns to the review page (decision R5)."""
    draft = _opened(request, referral_id, correction_id)
    user = user_of(request)
    key = _named(slug)
    # One may come here without opening the review page first.
    risk = _pulled(draft, user, once=request.method == "POST")
    if request.method != "POST":
        return _section_page(
            request, draft, risk, key, _section_form_with_kept_text(request, risk, key, user)
        )
    do = request.POST.get("do", "save")
    if do == "discard":
        forget(request, user)
        return redirect(request.path)
    if do in NEWER_CHOICES:
        form = _decide_newer(request, draft, user, do, lambda risk: _typed_in(request, risk, key))
        if not form.errors:
            return redirect(request.path)
    elif do in BUTTONS:
        form = _press_in_section(request, draft, risk, key, user, BUTTONS[do])
        if not form.errors:
            done = _done(BUTTONS[do], risk, key)
            return _changed(request, draft, user, done, stay=do in STAY)
    elif press := Press.of(do):
        draft.risk = risk
        form = _typed_in(request, risk, key)
        form.is_valid()
        pressed = press_detail(request, draft, user, form, press, key)
        if pressed is not None:
            touch(draft)
            _forget_saved(request, user, but=press.detail)
            messages.success(request, pressed[1])
            return redirect(request.path)
    elif do == "save":
        form, changed = _save_section(request, draft, risk, key, user)
        if not form.errors:
            risk = for_page(draft.risk_id)
            sentence = _was_saved(risk, key) if changed else "Nothing was changed."
            return _changed(request, draft, user, sentence, changed=changed)
    else:
        raise Http404
    return _section_page(request, draft, for_page(draft.risk_id), key, form)


def _was_saved(risk: RiskInformation, key: SectionKey) -> str:
    """What became of the section: an emptied box is a removal (decision R4)."""
    if risk.section(key).state == SectionState.REMOVED:
        return BUTTONS["remove"].done.format(heading=key.label)
    return f"“{key.label}” was saved."


def _typed_in(
    request: HttpRequest, risk: RiskInformation, key: SectionKey, *, for_saving: bool = False
) -> SectionForm:
    return SectionForm(request.POST, section=risk.section(key), for_saving=for_saving)


def _save_section(
    request: HttpRequest, draft: Referral, risk: RiskInformation, key: SectionKey, user: User
) -> tuple[SectionForm, bool]:
    """Save the box. The form has errors when it was not saved; the other value: whether anything changed."""
    form = _typed_in(request, risk, key, for_saving=True)
    if not form.is_valid() or _refuses_typed_elsewhere(form, typed_elsewhere(request, user)):
        return form, False
    if risk_pages.has_undecided_newer(risk, key):
        form.refuse(NEWER_HERE, is_conflict=True)
        return form, False
    try:
        changed = changing.keep_typed(risk=risk, boxes=form.texts(), by=user, as_opened=form.as_opened)
    except changing.SavedMeanwhile:
        form = _typed_in(request, for_page(draft.risk_id), key, for_saving=True)
        form.is_valid()  # says that it was
        return form, False
    return form, bool(changed)


def _press_in_section(
    request: HttpRequest,
    draft: Referral,
    risk: RiskInformation,
    key: SectionKey,
    user: User,
    button: Button,
) -> SectionForm:
    """Keep what was typed, then do what the button says; when it cannot be kept, nothing is done."""
    form = _typed_in(request, risk, key)
    if not form.is_valid():
        form.refuse(_not_done(button, risk, key))
        return form
    try:
        _do(button, risk, key, form, user)
    except changing.SavedMeanwhile:  # by another tab, just now: read again, the form will say so
        return _press_in_section(request, draft, for_page(draft.risk_id), key, user, button)
    return form


def _section_form_with_kept_text(
    request: HttpRequest, risk: RiskInformation, key: SectionKey, user: User
) -> SectionForm:
    kept = kept_for(request, user)
    typed = differing(kept, {"text": risk.section(key).box_text})
    form = SectionForm(section=risk.section(key), initial=typed)
    form.typed_beside = _typed_beside(kept)  # type: ignore[attr-defined]
    _keeps(form, kept, offered(kept) if kept and (typed or form.typed_beside) else "")  # type: ignore[attr-defined]
    return form


def _section_page(
    request: HttpRequest, draft: Referral, risk: RiskInformation, key: SectionKey, form: SectionForm
) -> HttpResponse:
    draft.risk = risk
    details = [one for one in (only_in(detail, key) for detail in details_of(draft, user_of(request))) if one]
    context = risk_pages.one_section(request, draft, risk, key, form, details)
    return render(request, "risk/section.html", context, status=_status(form))


def _changed(
    request: HttpRequest,
    draft: Referral,
    user: User,
    sentence: str,
    *,
    stay: bool = False,
    changed: bool = True,
) -> HttpResponse:
    """Say what was done, and go back to the review page."""
    touch(draft)
    _forget_saved(request, user)
    (messages.success if changed else messages.info)(request, sentence)
    if stay:
        return redirect(request.path)
    return redirect(risk_address(draft, "review"))


@require_POST
@for_practitioners(records=AuditAction.RISK_TAKEN)
def risk_take_newer(
    request: HttpRequest, referral_id: UUID, correction_id: UUID | None = None
) -> HttpResponse:
    """Work from what OASys says now instead of the earlier answer, or keep what is here (decision R3)."""
    draft = _opened(request, referral_id, correction_id)
    decide, sentence = NEWER_CHOICES.get(request.POST.get("do", ""), (None, ""))
    seen = request.POST.get(risk_pages.NEWER_FIELD, "")
    try:
        if decide is None:
            raise pulling.NewerChanged
        decide(risk=draft.risk, seen=seen, by=user_of(request))
    except pulling.NewerChanged:
        messages.warning(request, f"{NEWER_CHANGED}.")
    else:
        touch(draft)
        messages.success(request, sentence)
    return redirect(risk_address(draft, "review"))


def _known(key: str) -> SectionKey:
    """A section of ours; a made-up name is 404."""
    if key not in SectionKey.values:
        raise Http404
    return SectionKey(key)


def _named(slug: str) -> SectionKey:
    """A section of ours by its name in an address; a made-up name is 404."""
    return _known(next((key.value for key in SectionKey if key.slug == slug), ""))
