"""Deleting the CRNs of a person of whom nothing else is kept: the last step of retention (decision 23)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from events.crn_changes.models import CrnChange, FormerCrn


def forget(numbers: Collection[str], *, at: datetime) -> None:
    """Blank every correction from or to one of these CRNs, also one that was taken back. Inside a transaction."""
    FormerCrn.objects.filter(current__in=numbers).delete()
    named = CrnChange.objects.filter(Q(old_crn__in=numbers) | Q(new_crn__in=numbers), blanked_at=None)
    named.update(old_crn="", new_crn="", reason="", by_name="", blanked_at=at)
