"""What other systems say otherwise than a draft, a line each, for its author alone."""

from __future__ import annotations

from dataclasses import dataclass

from govuk.addresses import reverse
from referrals.models import Referral
from referrals.pulls.differences import differences_of


@dataclass(frozen=True, slots=True)
class Line:
    """One fact with both values, and the page where it is confirmed."""

    label: str
    before: str
    after: str
    href: str = ""


def present(draft: Referral) -> list[Line]:
    """Nothing while every system says what the draft has."""
    return [
        Line(
            one.label,
            one.before,
            one.after,
            f"{reverse(f'referrals:{one.question}', args=[draft.pk])}?return=check" if one.question else "",
        )
        for one in differences_of(draft)
    ]
