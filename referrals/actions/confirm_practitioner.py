"""Changing the details of the probation practitioner one by one, and confirming them as they will be sent."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from referrals.access.lock_draft import locked
from referrals.actions.save_answers import SavedMeanwhile
from referrals.journey.answers import Practitioner
from referrals.journey.practitioner_details import (
    DETAILS,
    Detail,
    brought_up_to_date,
    missing,
    seen_as,
    with_detail,
)
from referrals.journey.records import OfficerInNdelius
from referrals.journey.store import DraftStore
from referrals.models import Referral


class DetailsMissing(Exception):
    """Name or PDU would be sent empty. Nothing was confirmed."""


def begin_with_ndelius(*, draft: Referral, by: User) -> None:
    """Fill in what nDelius says, while nothing stands here yet; once something does, do nothing."""
    officer = OfficerInNdelius.from_kept(draft.practitioner_in_ndelius)
    standing = DraftStore(draft).read(Practitioner)
    if officer is None or any(one.of(standing) for one in DETAILS):
        return
    if brought_up_to_date(standing, None, officer) == standing:
        return
    with transaction.atomic():
        held = locked(draft, by)
        store = DraftStore(held)
        store.write(brought_up_to_date(store.read(Practitioner), officer, officer))
        held.save()
        audit.record(
            AuditAction.DRAFT_ANSWERED, by=by, referral=held.pk, crn=held.crn, question="practitioner"
        )
    DraftStore(draft).write(DraftStore(held).read(Practitioner))


@transaction.atomic
def change_detail(
    *, draft: Referral, by: User, detail: Detail, value: str, number: int | None = None, as_opened: str = ""
) -> bool:
    """Change one detail; an earlier confirmation stands. Returns whether anything changed.

    ``as_opened``: the detail as the page showed it (``seen_as``). Raises SavedMeanwhile when another was saved since
    (not checked when empty), Gone once sent, Refused for anybody but the author.
    """
    held = locked(draft, by)
    store = DraftStore(held)
    standing = store.read(Practitioner)
    changed = with_detail(standing, detail, value, number)
    if changed == standing:
        return False
    if as_opened and as_opened != seen_as(standing, detail):
        raise SavedMeanwhile
    _save(held, changed, by, detail.slug)
    return True


@transaction.atomic
def confirm_practitioner(*, draft: Referral, by: User, seen: str = "") -> None:
    """Confirm the details as they stand, which is as they will be sent.

    ``seen``: the details as the page showed them. Raises SavedMeanwhile when they are others now, DetailsMissing
    without name or PDU.
    """
    held = locked(draft, by)
    standing = DraftStore(held).read(Practitioner)
    if seen and seen != seen_as(standing):
        raise SavedMeanwhile
    if missing(standing):
        raise DetailsMissing
    held.practitioner_confirmed_at = timezone.now()
    _save(held, DraftStore(held).read(Practitioner), by, "practitioner")


def _save(held: Referral, answers: Practitioner, by: User, question: str) -> None:
    DraftStore(held).write(answers)
    held.changed_at = timezone.now()
    held.save()
    audit.record(AuditAction.DRAFT_ANSWERED, by=by, referral=held.pk, crn=held.crn, question=question)
