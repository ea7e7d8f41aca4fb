"""Case notes: the practitioner's pages on the notes of both sides."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.views.case_note_pages import CaseSeen, add_note, list_of_notes, one_note
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of


@for_practitioners(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_notes(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The notes of both sides, newest first."""
    return list_of_notes(request, _case(request, referral_id))


@for_practitioners(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_note(request: HttpRequest, referral_id: UUID, note_id: UUID) -> HttpResponse:
    """One note."""
    return one_note(request, _case(request, referral_id), note_id)


@for_practitioners(records=AuditAction.CASE_NOTES_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def add_case_note(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Write a note, check it, add it."""
    return add_note(request, _case(request, referral_id))


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
