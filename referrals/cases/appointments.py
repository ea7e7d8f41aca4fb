"""One appointment and what was recorded about it, as the supplier sees it: to read."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.presenters.appointment import present
from referrals.access.scope import followed_case, user_of
from referrals.actions.see_feedback import see_feedback
from referrals.cases.case_pages import case_frame, received_of


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def appointment(request: HttpRequest, referral_id: UUID, appointment_id: UUID) -> HttpResponse:
    """When, how and where; feedback once it was submitted, never a draft. One of another case is not found.

    What was recorded counts as looked at from now on: the desk no longer points to it.
    """
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    theirs = received.appointments.select_related("office", "session", "feedback", "replaces")
    found = get_object_or_404(theirs, pk=appointment_id)
    found.received = received
    if found.recorded is not None:
        see_feedback([found.recorded.pk], by=user_of(request), referral=referral.pk, crn=referral.crn)
    context = {
        **case_frame(referral),
        "page": present(found),
        "caption": received.intervention_title,
        "others_address": "referrals:case_appointment",
        "case_id": referral.pk,
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render(request, "monitoring/appointments/appointment.html", context)
