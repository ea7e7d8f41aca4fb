"""What a practitioner does about a sensitive detail in the risk sections: take it out, say it without naming, decide.

Each is one transaction that first keeps what was typed in the boxes of the page, as any other button of it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from events.refusals import Refused
from referrals.access.lock_draft import locked, touch
from referrals.actions.decide_sensitive_details import Decided, decide_again, decide_details
from referrals.models import Decision, Referral
from referrals.sensitive_details.in_risk import RiskDetail, finder
from referrals.sensitive_details.undecided import known_words
from risk.actions.change_section import WordsGone, change_words, keep_typed
from risk.models import RiskSection

LONGEST_WORDS = 200  # characters that may stand instead of a detail


@dataclass(frozen=True, slots=True)
class Boxes:
    """What the page posted in its boxes, and the sections that it showed."""

    texts: Mapping[str, str]
    as_opened: Mapping[str, RiskSection]


@transaction.atomic
def change_detail(*, draft: Referral, detail: RiskDetail, instead: str, boxes: Boxes, by: User) -> None:
    """Put other words instead of a detail in every section that holds it; with none, take it out (decision R12).

    Raises WordsGone when it stands nowhere any more, SavedMeanwhile when a typed-in box was saved meanwhile, Refused
    for words that are too long, Gone once sent.
    """
    if len(instead) > LONGEST_WORDS:
        raise Refused(f"Enter {LONGEST_WORDS} characters or fewer.", code="too_long")
    held = locked(draft, by)
    keep_typed(risk=draft.risk, boxes=boxes.texts, by=by, as_opened=boxes.as_opened)
    find = finder(detail, known_words(draft, by))
    press = uuid4()
    gone = 0
    for key in detail.spans:
        try:
            change_words(risk=draft.risk, key=key.value, find=find, instead=instead, by=by, press=press)
        except WordsGone:  # from this section, by what was typed just now
            gone += 1
    if gone == len(detail.spans):
        raise WordsGone
    touch(held)


@transaction.atomic
def decide_detail(
    *, draft: Referral, detail: RiskDetail, decision: Decision, reason: str, boxes: Boxes, by: User
) -> None:
    """Keep a detail as it is, with a decision that counts for every section that holds it. Changes no text."""
    keep_typed(risk=draft.risk, boxes=boxes.texts, by=by, as_opened=boxes.as_opened)
    decided = [Decided(one, decision, reason) for one in detail.details.values()]
    decide_details(draft=draft, decided=decided, by=by)


@transaction.atomic
def decide_detail_again(*, draft: Referral, detail: RiskDetail, boxes: Boxes, by: User) -> None:
    """Take the decisions about a detail back."""
    keep_typed(risk=draft.risk, boxes=boxes.texts, by=by, as_opened=boxes.as_opened)
    for decision in detail.decisions.values():
        decide_again(draft=draft, decision=decision.pk, by=by)
