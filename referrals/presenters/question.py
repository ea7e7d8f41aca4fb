"""What stands beside the question about criminogenic needs: what OASys says of each, for the practitioner only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from govuk.template_filters import date
from referrals.journey.criminogenic_needs import needs_to_choose_from
from referrals.models import Referral


@dataclass(frozen=True, slots=True)
class NeedsTable:
    """OASys's needs with their scores, and which chosen service works on each."""

    assessed_on: str
    rows: list[list[str]]


def beside(draft: Referral) -> NeedsTable | None:
    """The table, or None when OASys gave nothing to show."""
    if not draft.oasys_needs:
        return None
    chosen = [service.category.name for service in draft.services.all()]
    assessed = draft.oasys_needs.get("assessed_at")
    return NeedsTable(
        assessed_on=date(datetime.fromisoformat(assessed)) if assessed else "Assessment date not found",
        rows=[
            [need.name, need.status, need.score_words, ", ".join(need.services(chosen)) or "None chosen"]
            for need in needs_to_choose_from(draft.oasys_needs)
        ],
    )
