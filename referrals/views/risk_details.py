"""The buttons beside each sensitive detail on the risk pages. Rules are in ``referrals.actions.handle_detail``."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest

from accounts.models import User
from govuk.template_filters import plural
from govuk.text import composed, printable
from referrals.actions.decide_sensitive_details import LONGEST_REASON
from referrals.actions.handle_detail import (
    LONGEST_WORDS,
    Boxes,
    change_detail,
    decide_detail,
    decide_detail_again,
)
from referrals.models import Decision, Referral
from referrals.presenters.details_in_risk import reason_name, words_name
from referrals.sensitive_details.in_risk import RiskDetail, details_of, only_in
from risk.actions.change_section import SavedMeanwhile, WordsGone
from risk.forms.edit_section import EditForm, SectionForm
from risk.models import SectionKey
from risk.sensitive_details.neutral_words import neutral_words

TAKE_OUT, INSTEAD, KEEP, NOT_SENSITIVE, AGAIN = "take-out", "instead", "keep-detail", "not-sensitive", "again"
PRESSES = frozenset({TAKE_OUT, INSTEAD, KEEP, NOT_SENSITIVE, AGAIN})
OWN_WORDS = "own"  # the choice of the words typed beside the button
GONE = "Nothing was done, because those words are no longer in the text. Check the text as it is now"
NOT_AS_SHOWN = (
    "Nothing was done, because the text changed after you opened the page. Compare both texts and try again"
)
ENTER_WORDS = "Enter the words to use instead"
ENTER_REASON = "Enter why the detail is needed to deliver the service safely"
NOT_KEPT = "Nothing was done, because what you typed cannot be kept as it is. Change it and try again"


class NotTyped(Exception):
    """What the button needs was not typed beside it, or is too long. Nothing was done."""


class Press(NamedTuple):
    """One of the buttons: what to do, about which detail, and with which of the offered words."""

    do: str
    detail: str
    choice: str

    @classmethod
    def of(cls, posted: str) -> Press | None:
        """As the button's value says; None for every other button."""
        do, _, rest = posted.partition(":")
        if do not in PRESSES:
            return None
        detail, _, choice = rest.partition(":")
        return cls(do, detail, choice)


def press_detail(
    request: HttpRequest,
    draft: Referral,
    user: User,
    form: EditForm | SectionForm,
    press: Press,
    only: SectionKey | None = None,
) -> tuple[SectionKey, str] | None:
    """Do it. Returns the section to go back to and what to say there; None, with errors on the form, when it was not.

    ``draft.risk`` is loaded for a page. ``only``: the section of a page of one section, else all eight.
    """
    details = {one.id: one for one in details_of(draft, user)}
    detail = details.get(press.detail)
    if detail is not None and only is not None:
        detail = only_in(detail, only)
    if detail is None:
        form.refuse(GONE, is_conflict=True)
        return None
    if not form.is_as_shown(detail.spans):
        form.refuse(NOT_AS_SHOWN, is_conflict=True)
        return None
    if any(key in form.errors for key in (*detail.spans, "text")):
        form.refuse(NOT_KEPT)
        return None
    try:
        said = _do(request, draft, user, detail, press, Boxes(form.texts(), form.as_opened))
    except WordsGone:
        form.refuse(GONE, is_conflict=True)
    except SavedMeanwhile:
        form.refuse(NOT_AS_SHOWN, is_conflict=True)
    except NotTyped as missing:
        form.refuse(str(missing))
    else:
        return next(iter(detail.spans)), said
    return None


def _do(
    request: HttpRequest, draft: Referral, user: User, detail: RiskDetail, press: Press, boxes: Boxes
) -> str:
    """Do what the button says; returns the sentence about it, in our own words only."""
    what = detail.category.label.lower()
    where = _where(detail)
    if press.do == TAKE_OUT:
        change_detail(draft=draft, detail=detail, instead="", boxes=boxes, by=user)
        return f"Taken out: {what}{where}."
    if press.do == INSTEAD:
        instead = _words(request, draft, detail, press)
        change_detail(draft=draft, detail=detail, instead=instead, boxes=boxes, by=user)
        return f"Replaced with neutral words: {what}{where}."
    if press.do == AGAIN:
        decide_detail_again(draft=draft, detail=detail, boxes=boxes, by=user)
        return f"Decide again: {what}{where}."
    decision = Decision.KEEP if press.do == KEEP else Decision.NOT_SENSITIVE
    reason = _typed(request, reason_name(detail.id)) if press.do == KEEP else ""
    if press.do == KEEP and not reason:
        raise NotTyped(ENTER_REASON)
    if len(reason) > LONGEST_REASON:
        raise NotTyped(f"The reason must be {LONGEST_REASON} characters or fewer")
    decide_detail(draft=draft, detail=detail, decision=decision, reason=reason, boxes=boxes, by=user)
    return f"{'Kept' if press.do == KEEP else 'Marked as not sensitive'}: {what}{where}."


def _words(request: HttpRequest, draft: Referral, detail: RiskDetail, press: Press) -> str:
    if press.choice == OWN_WORDS:
        words = _typed(request, words_name(detail.id))
        if not words:
            raise NotTyped(ENTER_WORDS)
        if len(words) > LONGEST_WORDS:
            raise NotTyped(f"The words to use instead must be {LONGEST_WORDS} characters or fewer")
        return words
    offered = neutral_words(detail.category, detail.words, sex=draft.sex)
    if not press.choice.isdecimal() or int(press.choice[:3]) >= len(offered):
        raise Http404
    return offered[int(press.choice[:3])]


def _typed(request: HttpRequest, name: str) -> str:
    return " ".join(composed(printable(request.POST.get(name, ""))).split())


def _where(detail: RiskDetail) -> str:
    if detail.times == 1:
        return ""
    sections = len(detail.spans)
    return f", {plural(detail.times, 'time')} in {plural(sections, 'section')}"
