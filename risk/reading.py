"""Loading risk information for a page: everything in four statements, whatever the history.

Of the history only that there is one: no page shows the texts that stood there before.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch

from risk.models import RiskInformation, SectionChange


def for_page(risk_id: UUID) -> RiskInformation:
    """One referral's risk information with its snapshot, sections, their changes and the declarations."""
    changes = Prefetch("sections__changes", SectionChange.objects.only("section", "number", "undone_at"))
    whole = RiskInformation.objects.select_related("snapshot").prefetch_related(changes, "declarations")
    return whole.get(pk=risk_id)
