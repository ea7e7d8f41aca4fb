"""The change log of a referral: the supplier's pages."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.views.case_frame import case_frame
from monitoring.views.case_note_pages import CaseSeen
from monitoring.views.change_pages import list_of_changes, one_change


@for_suppliers(records=AuditAction.CHANGES_VIEWED)
@require_safe
def changes(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """What changed since the referral was sent."""
    return list_of_changes(request, _case(request, received_id), log="changes", single="referral_change")


@for_suppliers(records=AuditAction.CHANGES_VIEWED)
@require_safe
def change(request: HttpRequest, received_id: UUID, change_id: UUID) -> HttpResponse:
    """One change."""
    return one_change(request, _case(request, received_id), change_id, log="changes")


def _case(request: HttpRequest, received_id: UUID) -> CaseSeen:
    received = open_case(request, received_id)
    return CaseSeen(
        received,
        by=asking(request),
        namespace="monitoring",
        key=received.pk,
        cases=reverse("monitoring:all_cases"),
        frame=partial(case_frame, received),
        other_side="the probation practitioner",
    )
