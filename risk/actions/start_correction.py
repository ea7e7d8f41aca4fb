"""Beginning a corrected version: what is shared now, over what OASys says now (decision R11)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from risk.actions.change_section import as_shared
from risk.actions.pull_risk_information import LATER_TRY, OasysSaid, ask, store
from risk.models import RiskInformation, RiskSection, SectionKey, SectionState
from risk.redaction import ProposedSection


def start_correction(
    *, referral_id: UUID, crn: str, shared: Mapping[str, ProposedSection], version: int, by: User
) -> RiskInformation:
    """A corrected version of ``by``, to be edited: each section as ``shared`` in this ``version``.

    OASys is asked once, within 3 seconds and outside the transaction; without an answer the sections begin without it.
    One that ``by`` has begun already is returned as it is.
    """
    begun = _open_one(referral_id, by)
    if begun is not None:
        return begun
    said = ask(crn, by=by, timeout=LATER_TRY)
    try:
        with transaction.atomic():
            return _begin(referral_id, crn, shared, version, said, by)
    except IntegrityError:  # in another tab, at the same moment
        return RiskInformation.objects.get(corrects=referral_id, owner=by, purged_at=None)


def _open_one(referral_id: UUID, by: User) -> RiskInformation | None:
    return RiskInformation.objects.filter(corrects=referral_id, owner=by, purged_at=None).first()


def _begin(
    referral_id: UUID,
    crn: str,
    shared: Mapping[str, ProposedSection],
    version: int,
    said: OasysSaid,
    by: User,
) -> RiskInformation:
    now = timezone.now()
    risk = RiskInformation.objects.create(
        crn=crn,
        owner=by,
        corrects=referral_id,
        compared_with=version,
        last_outcome=said.outcome,
        last_asked_at=now,
    )
    RiskSection.objects.bulk_create(RiskSection(risk=risk, key=key) for key in SectionKey.values)
    if said.outcome.is_snapshot:
        store(risk, said, by, at=now)
    for section in RiskSection.objects.filter(risk=risk):
        section.risk = risk
        state, section.text, section.own_answer = as_shared(section, shared[section.key])
        if state == SectionState.NO_IDENTIFIED_RISK and not _may_stay(section):
            state = SectionState.UNREVIEWED  # OASys says Yes, or something, by now (decision R4)
        section.state = state
        section.save(update_fields=["state", "text", "own_answer"])
    audit.record(
        AuditAction.RISK_CORRECTION_STARTED,
        by=by,
        referral=referral_id,
        crn=crn,
        version=version,
        answer=said.outcome.value,
    )
    return risk


def _may_stay(section: RiskSection) -> bool:
    """No identified risk, as it is shared now: unless OASys says otherwise. Its silence changes nothing."""
    return section.may_have_no_identified_risk or section.is_unknown
