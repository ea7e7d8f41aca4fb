"""The change log of a sent referral: the practitioner's pages."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.views.case_note_pages import CaseSeen
from monitoring.views.change_pages import list_of_changes, one_change
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of


@for_practitioners(records=AuditAction.CHANGES_VIEWED)
@require_safe
def changes(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What changed since the referral was sent."""
    return list_of_changes(request, _case(request, referral_id), log="case_changes", single="case_change")


@for_practitioners(records=AuditAction.CHANGES_VIEWED)
@require_safe
def change(request: HttpRequest, referral_id: UUID, change_id: UUID) -> HttpResponse:
    """One change."""
    return one_change(request, _case(request, referral_id), change_id, log="case_changes")


def _case(request: HttpRequest, referral_id: UUID) -> CaseSeen:
    referral = followed_case(request, referral_id)
    return CaseSeen(
        received_of(referral),
        by=user_of(request),
        namespace="referrals",
        key=referral.pk,
        cases=reverse("referrals:cases"),
        frame=partial(case_frame, referral),
        other_side="the caseworker",
    )
