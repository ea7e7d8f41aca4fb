"""Asking whether OASys says something else than what a sent referral was worked from (promise 6, decision R11).

Compares keyed hashes: nothing else was kept of OASys after sending. Keeps which sections and levels differ, by name.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.risk_answers import Answer
from monitoring.rules.moves import Move, is_allowed
from referrals.access import limited_access
from referrals.models import OasysCheck, Referral
from risk.actions.pull_risk_information import LATER_TRY, OasysSaid, ask, group_hash
from risk.models import OasysOutcome, RiskInformation, RiskSnapshot, SectionKey
from risk.presenters.rosh_panel import GROUPS
from risk.redaction import keyed_hash
from sign_in.own_tokens import asking_for

SOME_LEVEL = ""  # of a group that is not among those with a name, or that is not known any more
ASKED = [key for key in SectionKey.values if key != SectionKey.ADDITIONAL_INFORMATION]


class SignInAgain(Exception):
    """The practitioner's token is over, so OASys said nothing, and will be asked again. ``known``: from before."""

    def __init__(self, known: OasysCheck | None) -> None:
        super().__init__()
        self.known = known


def check_oasys(*, referral: Referral, by: User, at: datetime | None = None) -> OasysCheck:
    """Ask OASys for this practitioner, at most once a day a case, within 3 seconds; keep what differs.

    Outside any transaction. A failure says nothing, and changes nothing but the time of asking. Raises SignInAgain.
    """
    now = at or timezone.now()
    known = OasysCheck.objects.filter(referral=referral).first()
    if known is not None and known.checked_at >= beginning_of(now):
        return known
    if not _takes_today(referral, now):
        return OasysCheck.objects.get(referral=referral)
    said = ask(referral.crn, by=by, timeout=LATER_TRY)
    if said.outcome == OasysOutcome.SIGN_IN_AGAIN:
        _gives_today_back(referral, now, known)
        raise SignInAgain(known)
    with transaction.atomic():
        Referral.objects.select_for_update(of=("self",)).only("pk").get(pk=referral.pk)
        return _keep(referral, said, by, now)


def check_in_the_background(*, referral_id: UUID, user_id: int, own_token: bool = False) -> OasysCheck | None:
    """The same without anybody waiting; None: the case has ended, or is not for this user to see any more.

    ``own_token``: with that of the practitioner's web session, or not at all. Raises SignInAgain.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    referral = Referral.objects.select_related("received").filter(pk=referral_id, blanked_at=None).first()
    if user is None or referral is None or referral.received is None:
        return None
    if not is_allowed(Move.SHARE_CORRECTION, referral.received):
        return None
    if referral.crn not in limited_access.visible_among(user, [referral.crn]):
        return None
    with asking_for(user) if own_token else nullcontext():
        return check_oasys(referral=referral, by=user)


def beginning_of(now: datetime) -> datetime:
    """The first moment of its day in UK time."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _takes_today(referral: Referral, now: datetime) -> bool:
    """Whether this call is the one that asks today: of several at once, one does.

    Until it has kept the answer, what was known before is what there is.
    """
    earlier = OasysCheck.objects.filter(referral=referral, checked_at__lt=beginning_of(now))
    if earlier.update(checked_at=now):
        return True
    first = {"checked_at": now, "answered": True}
    return OasysCheck.objects.get_or_create(referral=referral, defaults=first)[1]


def _gives_today_back(referral: Referral, now: datetime, known: OasysCheck | None) -> None:
    """As if it had not been asked, unless somebody else has asked since."""
    taken = OasysCheck.objects.filter(referral=referral, checked_at=now)
    if known is None:
        taken.delete()
    else:
        taken.update(checked_at=known.checked_at)


def _keep(referral: Referral, said: OasysSaid, by: User, now: datetime) -> OasysCheck:
    check = OasysCheck.objects.filter(referral=referral).first() or OasysCheck(referral=referral)
    check.checked_at, check.answered = now, said.outcome.is_snapshot
    before = check.source_hash
    if said.outcome == OasysOutcome.ASSESSED:
        _compare(check, referral, said)
    check.save()
    audit.record(
        AuditAction.RISK_PULLED, by=by, referral=referral.pk, crn=referral.crn, answer=said.outcome.value
    )
    if check.has_newer and check.source_hash != before:
        audit.record(
            AuditAction.RISK_NEWER_AFTER_SENDING,
            by=by,
            referral=referral.pk,
            crn=referral.crn,
            sections=check.changed_sections,
            levels=len(check.changed_levels),
        )
    return check


def _compare(check: OasysCheck, referral: Referral, said: OasysSaid) -> None:
    worked_from = _worked_from(referral)
    snapshot = worked_from.oasys_snapshot if worked_from else None
    if _is_known(worked_from, snapshot, said):
        check.changed_sections, check.changed_levels = [], []
        check.assessed_at, check.source_hash = None, ""
        return
    kept = {section.key: section.source_hash for section in worked_from.in_order()} if worked_from else {}
    check.changed_sections = [key for key in ASKED if (kept.get(key) or _nothing()) != _hash_of(said, key)]
    check.changed_levels = _changed_levels(check, worked_from, said)
    check.assessed_at, check.source_hash = said.assessed_at, said.source_hash


def _worked_from(referral: Referral) -> RiskInformation | None:
    """What was shared last that came from an answer of OASys; None when it never answered."""
    shared = RiskInformation.objects.filter(
        Q(pk=referral.pk) | Q(corrects=referral.pk, shared_as__isnull=False)
    )
    shared = shared.filter(purged_at__isnull=False, snapshot__isnull=False)
    return shared.select_related("snapshot").order_by("-purged_at").first()


def _is_known(risk: RiskInformation | None, snapshot: RiskSnapshot | None, said: OasysSaid) -> bool:
    """It says the same again, or what was decided against; or the same assessment with a part missing."""
    if risk is None or snapshot is None:
        return False
    if said.source_hash in (snapshot.source_hash, risk.kept_out_hash):
        return True
    return said.is_partial and not snapshot.is_partial and said.assessed_at == snapshot.assessed_at


def _hash_of(said: OasysSaid, key: str) -> str:
    answered = said.sections.get(key)
    if answered is None:
        return _nothing()
    answer = Answer(answered.answer).value if answered.answer else ""
    return keyed_hash([answer, answered.text or ""])


def _nothing() -> str:
    """Of a section without an answer and without text."""
    return keyed_hash(["", ""])


def _changed_levels(check: OasysCheck, worked_from: RiskInformation | None, said: OasysSaid) -> list[str]:
    snapshot = worked_from.oasys_snapshot if worked_from else None
    # Under the CRN of then: it is part of what was hashed, and may have been corrected since.
    now = said.level_hashes(worked_from.crn if worked_from else "")
    if snapshot is None or snapshot.level_hashes:
        was = snapshot.level_hashes if snapshot else {}
        differing = {group for group in {*was, *now} if was.get(group) != now.get(group)}
        return [name for name in GROUPS if group_hash(name) in differing] or [SOME_LEVEL] * bool(differing)
    return [] if check.changed_sections else [SOME_LEVEL]
