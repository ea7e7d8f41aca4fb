"""What was shared about risk, corrected or recalled after sending (decision R11). The older version is shown to nobody.

A correction comes through the door as a referral does: as the contents of a handover, in values with a name. Must not
know where it came from, nor what OASys says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction, DisclosureEvent
from events.refusals import OutOfDate, Refused, SentBefore
from govuk.template_filters import date_time
from govuk.text import with_plain_newlines
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions import transition as moving
from monitoring.actions.record_change import record_change
from monitoring.actions.record_disclosure import record_corrected, record_recalled
from monitoring.handover.acceptance import accept
from monitoring.handover.contents import SharedDeclaration, SharedRisk
from monitoring.handover.seal import seal
from monitoring.models import ReceivedReferral, ShareVersion, Topic
from monitoring.rules.moves import Move
from monitoring.rules.risk_sections import RISK_LABELS

#: Outbox kinds: tell who is responsible at the service provider. Payload: the version's number.
RISK_CORRECTED, RISK_RECALLED = "email.risk_corrected", "email.risk_recalled"
LONGEST_REASON = 2_000  # characters
ONLY_PRACTITIONERS = "Only a probation practitioner can change what was shared."
RECALL_OF_ANOTHER = (
    "A corrected version was shared after you opened this page, so nothing was recalled. Check the current version "
    "and recall it if you still need to."
)


class SharedMeanwhile(Exception):
    """The current version is another than the one that the correction was compared with. Nothing was shared."""


class RecalledMeanwhile(Exception):
    """The version that it replaces was recalled, and its author was not told: it may say the same again."""


class DoneBefore(SentBefore):
    """It was recalled or shared already, by somebody else or for another reason. Both reasons are in words."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The eight sections as they are to be shared, the declaration over them, why, and which version they replace.

    ``recall_seen``: whether its author was told that this version was recalled.
    """

    risk: SharedRisk
    declaration: SharedDeclaration
    reason: str
    replaces: int
    recall_seen: bool = False


@transaction.atomic
def share_corrected_version(
    received: ReceivedReferral, correction: Correction, *, by: User, at: datetime | None = None
) -> ShareVersion:
    """Make the next version the current one, and tell the service provider.

    Raises Refused once the case has ended, without a reason, and for supplier staff; SharedMeanwhile and
    RecalledMeanwhile. That the same correction is not shared twice is the caller's to see: it has the correction.
    """
    held = _held(received, by=by, reason=correction.reason)
    moving.require(held, Move.SHARE_CORRECTION)
    now, earlier = at or timezone.now(), _current(held)
    if earlier.number != correction.replaces:
        raise SharedMeanwhile
    if earlier.recalled_at is not None and not correction.recall_seen:
        raise RecalledMeanwhile
    handover = replace(held.as_handover(earlier), risk=correction.risk, declaration=correction.declaration)
    accept(handover)
    earlier.superseded_at = now
    earlier.save(update_fields=["superseded_at"])
    share = ShareVersion.from_handover(
        handover,
        received=held,
        number=earlier.number + 1,
        handover_hash=seal(handover),
        shared_at=now,
    )
    share.save(force_insert=True)
    record_corrected(held, share, handover, by=by, at=now, reason=correction.reason)
    record_change(
        held,
        topic=Topic.RISK_INFORMATION,
        before=_title(earlier),
        after=f"{_title(share)}. {_changed(share.changed_since(earlier))}",
        reason=correction.reason,
        by=by,
        at=now,
    )
    _tell(RISK_CORRECTED, held, share)
    audit.record(AuditAction.RISK_CORRECTED, by=by, referral=held.pk, crn=held.crn, version=share.number)
    return share


@transaction.atomic
def recall_share(
    *, received: ReceivedReferral, number: int, reason: str, by: User, at: datetime | None = None
) -> ShareVersion:
    """From now on show nothing of the current version to anybody at the service provider, and tell them.

    At any stage, also of a case that has ended. The same once more changes nothing. Raises DoneBefore for another
    reason, OutOfDate when ``number`` is not the current version by now, Refused without a reason and for supplier
    staff.
    """
    held = _held(received, by=by, reason=reason)
    share = _current(held)
    if share.number != number:
        raise OutOfDate(RECALL_OF_ANOTHER)
    if share.recalled_at is not None:
        refuse_other_reason(held, DisclosureEvent.Kind.RECALLED, number, reason=reason, by=by)
        return share
    now, handover = at or timezone.now(), held.as_handover(share)
    share.recalled_at = now
    share.save(update_fields=["recalled_at"])
    record_recalled(held, share, handover, by=by, at=now, reason=reason)
    record_change(
        held,
        topic=Topic.RISK_INFORMATION,
        before=_title(share),
        after=f"{_title(share)} was recalled",
        reason=reason,
        by=by,
        at=now,
    )
    _tell(RISK_RECALLED, held, share)
    audit.record(AuditAction.RISK_RECALLED, by=by, referral=held.pk, crn=held.crn, version=share.number)
    return share


#: Past participles, as sentences say what was done to a version.
_DONE = {DisclosureEvent.Kind.CORRECTED: "shared", DisclosureEvent.Kind.RECALLED: "recalled"}


def refuse_other_reason(
    received: ReceivedReferral, kind: DisclosureEvent.Kind, number: int, *, reason: str, by: User
) -> None:
    """Raise DoneBefore, with both reasons, unless ``by`` gave just this reason when it was done.

    ``number``: the version that was recalled, or that the corrected version became.
    """
    done = DisclosureEvent.objects.get(referral=received.pk, kind=kind, share_version=number)
    if done.by_id == by.pk and done.reason == with_plain_newlines(reason):
        return
    raise DoneBefore(
        f"{done.by_name} {_DONE[kind]} version {number} of the risk information on {date_time(done.at)}. "
        "The reason you typed was not saved.",
        stored=[("Reason", done.reason)],
        typed=[("Reason", reason)],
    )


def _held(received: ReceivedReferral, *, by: User, reason: str) -> ReceivedReferral:
    held = moving.hold(received, by=by)
    if by.is_supplier:
        raise Refused(ONLY_PRACTITIONERS, code="audience")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Refused(f"The reason must be between 1 and {LONGEST_REASON:,} characters.", code="reason")
    return held


def _current(held: ReceivedReferral) -> ShareVersion:
    return held.shares.select_for_update(of=("self",)).get(superseded_at=None)


def _tell(kind: str, held: ReceivedReferral, share: ShareVersion) -> None:
    outbox.enqueue(
        kind,
        key=f"{kind}:{share.pk}",
        referral=held.pk,
        receiver=caseworker_as_receiver(held.caseworker_id),
        payload={"version": str(share.number)},
    )


def _title(share: ShareVersion) -> str:
    return f"Version {share.number}"


def _changed(sections: Iterable[str]) -> str:
    names = ", ".join(f"“{RISK_LABELS[section]}”" for section in sections)
    return f"Changed: {names}" if names else "No section changed"
