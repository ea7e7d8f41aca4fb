"""Correcting the CRN of a person everywhere, once nDelius made one record of two or when it was wrong; and undoing it.

What would be done is worked out first (``plan``, ``plan_to_undo``), shown beside what nDelius has under the new CRN
(``referrals.pulls.both_crns``), and then done just so. Sent referrals, drafts and corrected versions then carry the
new CRN, so that everything that asks, lists or tells by it does so by that one; where they began is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.crn_changes.models import CrnChange, FormerCrn
from events.crn_changes.numbers import current_crn
from events.crn_changes.recording import known_again, record, record_undone, why_not, why_not_undone
from events.models import NDELIUS, AuditAction, OutboxEntry
from events.one_by_one import OneByOne
from events.refusals import OutOfDate, Refused
from monitoring.actions.change_crn import change_crn
from monitoring.deliveries.ndelius import tell_again
from monitoring.models import Appointment
from monitoring.rules.version_seen import fingerprint
from referrals.models import CaseCheck, PersonCheck, Referral
from referrals.pulls.both_crns import BothCrns, compare
from referrals.pulls.differences import note_corrected_crn
from risk.actions.follow_crn import follow_crn
from risk.models import RiskInformation

Source = CrnChange.Source
CHANGED = "The referrals with this CRN or the person in nDelius have changed since you checked them. Check them again."
NOT_CONFIRMED = "The name or date of birth in nDelius is different. Confirm that it is the same person."
SOMEBODY_ELSE = (
    "The name and date of birth in nDelius are both different. This may be another person, so only an administrator "
    "can use this CRN."
)
NOTHING_HELD = "No referral or draft has this CRN."
ADMINISTRATORS = "Only an administrator can correct a CRN here."


@dataclass(frozen=True, slots=True)
class Plan:
    """What a correction does: the rows that get the CRN ``new`` instead of ``old``."""

    old: str
    new: str
    cases: tuple[Referral, ...]
    drafts: tuple[Referral, ...]
    corrections: int  # corrected versions that were begun and not shared
    appointments: int  # to come
    updates: int  # for nDelius, that wait or were given up

    @property
    def seen_as(self) -> str:
        """The same for the same referrals and CRNs."""
        return fingerprint(self.old, self.new, *(row.pk for row in (*self.cases, *self.drafts)))

    @property
    def newest(self) -> Referral:
        """The referral that says whom we hold under the old CRN."""
        return max((*self.cases, *self.drafts), key=lambda row: row.created_at)


def plan(*, old: str, new: str) -> Plan:
    """What correcting ``old`` to ``new`` would do. Raises Refused where that cannot be, or nothing has ``old``."""
    if refused := why_not(old, new):
        raise Refused(refused, code="crn")
    planned = _plan(old, new, _carrying(old))
    if not (planned.cases or planned.drafts):
        raise Refused(NOTHING_HELD, code="nothing")
    return planned


def seen_as(planned: Plan, both: BothCrns) -> str:
    """What the page that asks to correct a CRN showed: the referrals, and whom nDelius has under the new one."""
    return fingerprint(planned.seen_as, both.seen_as)


def plan_to_undo(change: CrnChange) -> Plan:
    """What taking a correction back would do: only for what began under its old CRN, or one that led to that."""
    if refused := why_not_undone(change):
        raise Refused(refused, code="crn")
    now, again = known_again(change)
    return _plan(now, change.old_crn, _carrying(now, again))


def correct_crn(
    *,
    old: str,
    new: str,
    seen: str,
    confirmed: Collection[str],
    reason: str,
    by: User,
    source: CrnChange.Source = Source.ADMINISTRATOR,
    at: datetime | None = None,
) -> CrnChange:
    """Do what was shown (``seen_as``), with the differences that were confirmed. For administrators.

    nDelius is asked about the new CRN once more, outside the transaction. Raises Refused; OutOfDate, with nothing done,
    when something has changed since; and UpstreamFailure (NotFound: nobody of that CRN).
    """
    _require_administrator(by)
    return correct(
        old=old, new=new, seen=seen, confirmed=confirmed, reason=reason, by=by, source=source, at=at
    )


def correct(
    *,
    old: str,
    new: str,
    seen: str,
    confirmed: Collection[str],
    reason: str,
    by: User,
    source: CrnChange.Source,
    at: datetime | None = None,
) -> CrnChange:
    """The same for whoever was found to be allowed to: see also ``referrals.actions.correct_crn_of_case``.

    Where nothing fits, a practitioner cannot confirm it: every detail that nDelius has of somebody else would reach
    the service provider with the next daily comparison.
    """
    if not reason.strip():
        raise Refused("Enter a reason.", code="reason")
    both = compare(plan(old=old, new=new).newest, new)
    if both.nothing_fits and source is CrnChange.Source.PRACTITIONER:
        raise Refused(SOMEBODY_ELSE, code="somebody_else")
    if not set(both.differences) <= set(confirmed):
        raise Refused(NOT_CONFIRMED, code="differs")
    now = at or timezone.now()
    with transaction.atomic():
        change = record(
            old=old, new=new, source=source, reason=reason, by=by, at=now, differences=both.differences
        )
        planned = _plan(old, new, _locked(_carrying(old)))
        if seen_as(planned, both) != seen:
            raise OutOfDate(CHANGED)
        _move(planned, change, by=by, at=now)
        audit.record(AuditAction.CRN_CORRECTED, by=by, crn=old, number=change.number, source=source.value)
    return change


def undo_correction(
    *, change: CrnChange, seen: str, reason: str, by: User, source: CrnChange.Source = Source.ADMINISTRATOR
) -> CrnChange:
    """Take a correction back: what it moved is known by the old CRN again. For administrators. Raises as the others."""
    _require_administrator(by)
    if not reason.strip():
        raise Refused("Enter a reason.", code="reason")
    now = timezone.now()
    with transaction.atomic():
        undone, again = record_undone(change=change, source=source, reason=reason, by=by, at=now)
        planned = _plan(undone.old_crn, undone.new_crn, _locked(_carrying(undone.old_crn, again)))
        if planned.seen_as != seen:
            raise OutOfDate(CHANGED)
        _move(planned, undone, by=by, at=now)
        audit.record(
            AuditAction.CRN_CORRECTION_UNDONE, by=by, crn=undone.old_crn, number=undone.number, undoes=change.number
        )  # fmt: skip
    return undone


def catch_up() -> int:
    """Move what was begun under a CRN at the very moment when it was corrected; how many. Safe to repeat.

    Of each CRN for itself: one that fails holds up no other.
    """
    formers = FormerCrn.objects.values("former")
    behind = Referral.objects.filter(crn__in=formers).order_by("crn").values_list("crn", flat=True).distinct()
    risks = RiskInformation.objects.filter(crn__in=formers, purged_at=None).order_by("pk")
    with OneByOne() as each:
        moved = sum(each([*behind], _catch_up_referrals))
        return moved + sum(each([*risks.values_list("pk", flat=True)], _catch_up_risk))


@transaction.atomic
def _catch_up_referrals(crn: str) -> int:
    former = FormerCrn.objects.select_related("change__by").filter(former=crn).first()
    if former is None:  # undone meanwhile
        return 0
    planned = _plan(former.former, former.current, _locked(_carrying(former.former)))
    _move(planned, former.change, by=former.change.by, at=timezone.now())
    return len(planned.cases) + len(planned.drafts)


@transaction.atomic
def _catch_up_risk(risk_id: UUID) -> int:
    risk = RiskInformation.objects.filter(pk=risk_id).first()
    if risk is None:  # deleted meanwhile
        return 0
    follow_crn(risk, current_crn(risk.crn))
    return 1


def _carrying(crn: str, began_as: Collection[str] | None = None) -> QuerySet[Referral]:
    """The referrals and drafts that have the CRN; with ``began_as`` those of them that began with one of these."""
    rows = Referral.objects.filter(crn=crn, blanked_at=None)
    return rows if began_as is None else rows.filter(first_crn__in=began_as)


def _locked(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Whoever sends one of them is before us, and then it is a case; or after us, and sends it with the new CRN."""
    [*rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)]
    return rows


def _plan(old: str, new: str, rows: QuerySet[Referral]) -> Plan:
    found = [*rows.select_related("received", "contract", "created_by", "risk").order_by("created_at", "pk")]
    cases = tuple(row for row in found if row.is_sent)
    ids, received = [row.pk for row in found], [row.received_id for row in cases]
    to_come = (
        Appointment.objects.unscoped().current().filter(received__in=received, starts_at__gt=timezone.now())
    )
    return Plan(
        old=old,
        new=new,
        cases=cases,
        drafts=tuple(row for row in found if not row.is_sent),
        corrections=RiskInformation.objects.filter(corrects__in=ids, purged_at=None).count(),
        appointments=to_come.count(),
        updates=_unsettled(ids).count(),
    )


def _unsettled(ids: Collection[UUID]) -> QuerySet[OutboxEntry]:
    """What nDelius still has to be told of these referrals, also where we stopped trying."""
    waiting = (OutboxEntry.State.WAITING, OutboxEntry.State.GIVEN_UP)
    return OutboxEntry.objects.filter(referral__in=ids, receiver=NDELIUS, state__in=waiting)


def _move(planned: Plan, change: CrnChange, *, by: User, at: datetime) -> None:
    """Put the new CRN on locked rows, and what hangs on them."""
    for row in (*planned.cases, *planned.drafts):
        began_as = row.first_crn or row.crn
        row.crn, row.first_crn = planned.new, "" if began_as == planned.new else began_as
        note_corrected_crn(row, before=planned.old)
        row.save(update_fields=["crn", "first_crn", "changed_outside"])
        for risk in RiskInformation.objects.filter(Q(pk=row.risk_id) | Q(corrects=row.pk)):
            follow_crn(risk, planned.new)
        if row.received_id is not None:
            change_crn(row.received_id, crn=planned.new, by=by, at=at)
            tell_again(row.received_id, because=f"crn-{change.number}")
        audit.record(
            AuditAction.CRN_CORRECTED, by=by, referral=row.received_id or row.pk, crn=planned.new, number=change.number
        )  # fmt: skip
    CaseCheck.objects.filter(referral__in=planned.cases).update(not_found_at=None)
    PersonCheck.objects.filter(crn=planned.new).update(asked_at=None)  # compared anew within minutes
    given_up = _unsettled([row.pk for row in planned.cases]).filter(state=OutboxEntry.State.GIVEN_UP)
    for entry in given_up.filter(last_failure="NotFound"):
        outbox.try_again(entry)
        audit.record(AuditAction.OUTBOX_RETRIED, by=by, referral=entry.referral, kind=entry.kind)


def _require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise Refused(ADMINISTRATORS, code="audience")
