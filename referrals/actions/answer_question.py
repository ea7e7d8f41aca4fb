"""Saving the answers of one page of a draft."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from referrals.actions.changing import locked
from referrals.journey.declaration import Journey, PlacedStep
from referrals.journey.store import DraftStore, fingerprint
from referrals.models import Referral


class SavedMeanwhile(Exception):
    """Another tab saved other answers to this question after the page was opened. Nothing was changed."""


@transaction.atomic
def answer_question(
    *, journey: Journey, draft: Referral, placed: PlacedStep, answers: Any, by: User, as_opened: str
) -> Referral:
    """Save one page's answers, and clear the answers to questions that no longer apply because of them.

    ``as_opened``: the fingerprint of the answers that the page showed. Raises SavedMeanwhile when others were saved
    since (not checked when empty), Gone once sent, Refused for anybody but the author.
    """
    held = locked(draft, by)
    service = held.services.get(pk=placed.service.pk) if placed.service else None
    store = DraftStore(held)
    standing = store.read(placed.page.answers, service)
    if as_opened and fingerprint(standing) != as_opened and standing != answers:
        raise SavedMeanwhile
    asked_before = journey.on(held, by, timezone.localdate()).steps
    store.write(answers, service)
    asked_now = {(one.step.slug, one.service) for one in journey.on(held, by, timezone.localdate()).steps}
    for one in asked_before:
        if (one.step.slug, one.service) not in asked_now:
            store.clear(one.page.answers, one.service)
    held.changed_at = timezone.now()
    held.save()
    audit.record(AuditAction.DRAFT_ANSWERED, by=by, referral=held.pk, crn=held.crn, question=placed.step.slug)
    return held
