"""Asking OASys under another CRN from now on, when that of the person was corrected."""

from __future__ import annotations

from risk.actions.pull_risk_information import OasysSaid
from risk.models import OasysOutcome, RiskInformation


def follow_crn(risk: RiskInformation, crn: str) -> None:
    """Ask about ``crn`` from now on. Inside the caller's transaction, which has locked the referral.

    The CRN is part of the hash of each level, so those are made anew from the levels. Once these are deleted (sent, or
    ended) the CRN of then stays: what OASys says later can only be compared with its hashes.
    """
    if risk.purged_at is not None or risk.crn == crn:
        return
    risk.crn = crn
    risk.save(update_fields=["crn"])
    snapshot = risk.oasys_snapshot
    if snapshot is not None:
        said = OasysSaid(
            outcome=OasysOutcome(snapshot.outcome),
            levels_in_community=snapshot.levels_in_community,
            levels_in_custody=snapshot.levels_in_custody,
        )
        snapshot.level_hashes = said.level_hashes(crn)
        snapshot.save(update_fields=["level_hashes"])
