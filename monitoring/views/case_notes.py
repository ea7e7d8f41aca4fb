"""Case notes: the supplier's pages."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.views.case_frame import case_frame
from monitoring.views.case_note_pages import CaseSeen, add_note, list_of_notes, one_note


@for_suppliers(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_notes(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """The notes of both sides, newest first."""
    return list_of_notes(request, _case(request, received_id))


@for_suppliers(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_note(request: HttpRequest, received_id: UUID, note_id: UUID) -> HttpResponse:
    """One note."""
    return one_note(request, _case(request, received_id), note_id)


@for_suppliers(records=AuditAction.CASE_NOTES_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def add_case_note(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Write a note, check it, add it."""
    return add_note(request, _case(request, received_id))


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
