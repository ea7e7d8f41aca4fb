"""Loading risk information for a page: everything in four statements, whatever the history."""

from __future__ import annotations

from uuid import UUID

from risk.models import RiskInformation


def for_page(risk_id: UUID) -> RiskInformation:
    """One referral's risk information with its snapshot, sections, their changes and the declarations."""
    return (
        RiskInformation.objects.select_related("snapshot")
        .prefetch_related("sections__changes", "declarations")
        .get(pk=risk_id)
    )
