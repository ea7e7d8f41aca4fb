"""A corrected version of what was shared: begun, compared, shared, or deleted (decision R11).

Its sections are edited with the actions of ``risk``, as those of a draft are.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction, DisclosureEvent
from events.refusals import Refused
from monitoring.actions import transition as moving
from monitoring.actions.share_again import Correction, refuse_other_reason, share_corrected_version
from monitoring.models import ReceivedReferral, ShareVersion
from monitoring.rules.moves import Move
from referrals.handover.build_handover import risk_and_declaration
from referrals.handover.shared_now import shared_in, shared_now
from referrals.models import KeptText, OasysCheck, Referral
from referrals.models.referral import DRAFT_LIFE
from referrals.typed_text.unsaved_text import seen_as, unsaved_in_correction
from risk import redaction, source_text
from risk.actions import change_section as changing
from risk.actions import declare_responsibility as declaring
from risk.actions.start_correction import start_correction
from risk.models import RiskInformation, RiskSection
from risk.reading import for_page


class TypedMeanwhile(Exception):
    """Text was typed and not saved, and its author was not told that sharing deletes it. Nothing was shared."""


def begin_correction(*, referral: Referral, by: User) -> RiskInformation:
    """Begin a corrected version, or go on with the one begun. Asks OASys, and goes on without it."""
    received = _received(referral)
    moving.require(received, Move.SHARE_CORRECTION)
    if not by.is_practitioner:
        raise Refused("Only a probation practitioner can change what was shared.", code="audience")
    share = received.current_share()
    return start_correction(
        referral_id=referral.pk, crn=referral.crn, shared=shared_in(share), version=share.number, by=by
    )


def go_back_to_shared(*, risk: RiskInformation, key: str, by: User) -> bool:
    """Share a section as it is shared now; a button of the pages, like the others of a section."""
    if risk.corrects is None:
        raise Refused("Nothing has been shared yet.", code="not_a_correction")
    received = ReceivedReferral.objects.unscoped().get(key=risk.corrects)
    return changing.share_as_before(risk=risk, key=key, by=by, shared=shared_now(received)[key])


@transaction.atomic
def compare_with(*, correction: RiskInformation, version: int, by: User) -> None:
    """Note that its author has seen the version that somebody else shared meanwhile, and goes on with their own."""
    held = changing.locked(correction, by)
    if held.compared_with == version:
        return
    held.compared_with = version
    held.save(update_fields=["compared_with"])
    audit.record(AuditAction.RISK_COMPARED, by=by, referral=held.referral_id, crn=held.crn, version=version)


@transaction.atomic
def share_correction(
    *,
    referral: Referral,
    correction: RiskInformation,
    reason: str,
    wording_version: str,
    seen: str,
    by: User,
    unsaved_seen: str | None = None,
    recall_seen: bool = False,
    at: datetime | None = None,
) -> ShareVersion:
    """Declare exactly what was ``seen``, share it as the next version, and delete what OASys said. Once.

    Raises what declaring raises; DoneBefore when it was shared already, for another reason; SharedMeanwhile when
    another version was shared since the one it was compared with; RecalledMeanwhile when that one was recalled and the
    page did not say so (``recall_seen``); TypedMeanwhile unless exactly the unsaved text was shown before
    (``unsaved_seen``).
    """
    received = _received(referral)
    held = RiskInformation.objects.select_for_update().get(pk=correction.pk)
    if held.owner_id == by.pk and held.shared_as is not None:
        refuse_other_reason(received, DisclosureEvent.Kind.CORRECTED, held.shared_as, reason=reason, by=by)
        return received.shares.get(number=held.shared_as)
    if unsaved_seen is not None and seen_as(unsaved_in_correction(correction, by)) != unsaved_seen:
        raise TypedMeanwhile
    declaring.declare(risk=correction, by=by, wording_version=wording_version, seen=seen)
    redacted = redaction.redacted(for_page(correction.pk))
    risk, declaration = risk_and_declaration(redacted)
    assert held.compared_with is not None  # a correction has it from the beginning
    now = at or timezone.now()
    replacing = Correction(risk, declaration, reason, held.compared_with, recall_seen)
    share = share_corrected_version(received, replacing, by=by, at=now)
    _delete_source_text(held, by, now, shared_as=share.number)
    if held.oasys_snapshot is not None:  # what was newer is what was worked from, by now
        OasysCheck.objects.filter(referral=held.referral_id).delete()
    return share


def _delete_source_text(
    held: RiskInformation, by: User | None, now: datetime, *, shared_as: int | None
) -> None:
    """As sending does (decision R10): the text, and the key that it was encrypted with."""
    KeptText.objects.filter(key_of=held.pk).delete()
    emptied = source_text.purge(held.pk)
    RiskInformation.objects.filter(pk=held.pk).update(purged_at=now, shared_as=shared_as)
    audit.record(AuditAction.RISK_SOURCE_PURGED, by=by, referral=held.referral_id, crn=held.crn, rows=emptied)


@transaction.atomic
def delete_correction(*, correction: RiskInformation, by: User) -> None:
    """Delete a corrected version that was not shared, with everything typed for it."""
    held = changing.locked(correction, by)
    audit.record(AuditAction.RISK_CORRECTION_DELETED, by=by, referral=held.referral_id, crn=held.crn)
    delete_with_everything(held)


def expire_correction(correction_id: UUID, *, now: datetime) -> bool:
    """Delete one that nobody changed for as long as a draft is kept. False: somebody did, or shared it."""
    with transaction.atomic():
        held = left_alone(now).select_for_update(of=("self",)).filter(pk=correction_id).first()
        if held is None:
            return False
        audit.record(AuditAction.RISK_CORRECTION_DELETED, by=None, referral=held.referral_id, crn=held.crn)
        delete_with_everything(held)
        return True


def left_alone(now: datetime) -> QuerySet[RiskInformation]:
    """Corrected versions that were neither shared nor changed for as long as a draft is kept (decision F3)."""
    since = now - DRAFT_LIFE
    begun = RiskInformation.objects.filter(corrects__isnull=False, purged_at=None, created_at__lte=since)
    return begun.exclude(Exists(RiskSection.objects.filter(risk=OuterRef("pk"), changed_at__gt=since)))


def end_correction(correction_id: UUID, *, now: datetime) -> bool:
    """Delete the text of one that can be shared no more. False: it was shared or deleted meanwhile."""
    with transaction.atomic():
        held = of_ended_cases().select_for_update(of=("self",)).filter(pk=correction_id).first()
        if held is None:
            return False
        _delete_source_text(held, None, now, shared_as=None)
        return True


def of_ended_cases() -> QuerySet[RiskInformation]:
    """Corrected versions that were not shared before their case ended."""
    ended = Referral.objects.filter(pk=OuterRef("corrects"), received__concluded_at__isnull=False)
    return RiskInformation.objects.filter(Exists(ended), purged_at=None)


def begun_of(referral: Referral) -> QuerySet[RiskInformation]:
    """The corrected versions of a case that are being worked on, whoever works on them."""
    return RiskInformation.objects.filter(corrects=referral.pk, purged_at=None)


def delete_with_everything(correction: RiskInformation) -> None:
    """Its rows, its text and its key. Inside the caller's transaction."""
    KeptText.objects.filter(key_of=correction.pk).delete()
    source_text.purge(correction.pk)
    correction.delete()


def _received(referral: Referral) -> ReceivedReferral:
    assert referral.received is not None  # sent means received
    return referral.received
