"""What is shared of risk information now, as the practitioner's side compares it: section by section."""

from __future__ import annotations

from dataclasses import fields

from monitoring.handover.contents import SharedRiskSection
from monitoring.models import ReceivedReferral, ShareVersion
from risk.redaction import ProposedSection


def shared_in(share: ShareVersion) -> dict[str, ProposedSection]:
    """The eight sections of a version; of one that was recalled, nothing."""
    risk = share.shared_risk()
    return {field.name: _section(field.name, getattr(risk, field.name)) for field in fields(risk)}


def shared_now(received: ReceivedReferral) -> dict[str, ProposedSection]:
    """The same of the current version."""
    return shared_in(received.current_share())


def _section(name: str, shared: SharedRiskSection) -> ProposedSection:
    answer = shared.answer.value if shared.answer else ""
    return ProposedSection(name, answer, shared.text, shared.no_identified_risk)
