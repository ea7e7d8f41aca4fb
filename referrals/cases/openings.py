"""Who at the supplier opened which version of what was shared, when first and when last (decision R11)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from govuk.template_filters import date_time
from monitoring.access.staff_names import People
from monitoring.models import ReceivedReferral, ShareVersion
from referrals.access.scope import followed_case
from referrals.cases.case_pages import case_frame, received_of


@dataclass(frozen=True, slots=True)
class Opened:
    """One version, and who opened it: name, email address, first time, last time."""

    number: int
    title: str
    shared: str
    state: str
    by: tuple[tuple[str, str, str, str], ...]


@for_practitioners(records=AuditAction.OPENINGS_VIEWED)
@require_safe
def openings(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Every version that was shared, the newest first, with who opened it."""
    referral = followed_case(request, referral_id)
    context = {
        **case_frame(referral),
        "versions": opened(received_of(referral)),
        "back_link": reverse("referrals:case", args=[referral.pk]),
    }
    return render(request, "referrals/cases/openings.html", context)


def opened(received: ReceivedReferral) -> list[Opened]:
    """The versions in words. Three statements."""
    versions = received.shares.only("number", "shared_at", "superseded_at", "recalled_at")
    shares = [*versions.order_by("-number").prefetch_related("openings")]
    people = People(opening.user_id for share in shares for opening in share.openings.all())
    return [
        Opened(
            number=share.number,
            title=f"Version {share.number}",
            shared=date_time(share.shared_at),
            state=_state(share),
            by=tuple(
                (
                    people[opening.user_id].name,
                    people[opening.user_id].email,
                    date_time(opening.first_opened_at),
                    date_time(opening.last_opened_at),
                )
                for opening in share.openings.all()
            ),
        )
        for share in shares
    ]


def _state(share: ShareVersion) -> str:
    if share.recalled_at is not None:
        return f"recalled on {date_time(share.recalled_at)}"
    if share.superseded_at is not None:
        return f"replaced on {date_time(share.superseded_at)}"
    return "current version"
