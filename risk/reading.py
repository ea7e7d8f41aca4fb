"""Loading risk information for a page: everything in four statements, whatever the history.

Of the history only that there is one: no page shows the texts that stood there before.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from risk.models import RiskInformation, SectionChange


def for_page(risk_id: UUID) -> RiskInformation:
    """One referral's risk information with its snapshot, sections, their changes and the declarations."""
    whole = RiskInformation.objects.select_related("snapshot").prefetch_related(_changes(), "declarations")
    return whole.get(pk=risk_id)


def load_the_rest(risk: RiskInformation) -> None:
    """The same for risk information that was loaded with its snapshot: three statements."""
    prefetch_related_objects([risk], _changes(), "declarations")


def _changes() -> Any:
    return Prefetch("sections__changes", SectionChange.objects.only("section", "number", "undone_at"))
