"""How a case stands: the practitioner's page, built from the same stages as the supplier's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.lists.choices import back_to_list
from monitoring.presenters.progress import present
from monitoring.presenters.progress_records import progress_of
from monitoring.rules.moves import Move, is_allowed
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of
from referrals.cases.correct_crn import gone_notice
from referrals.cases.newer_oasys import newer_oasys_of
from referrals.cases.progress_actions import PractitionerActions
from referrals.cases.provider_changes import provider_change_of
from referrals.cases.records_in_words import records_of
from referrals.pulls.responsible_officer import names_nobody, somebody_else
from referrals.pulls.since_sending import PRACTITIONER


@for_practitioners(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def progress(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What happened, what is next, whose turn it is and by when."""
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    shown = present(
        progress_of(received), actions=PractitionerActions(referral, received), for_supplier=False
    )
    officer = somebody_else(received)
    context = {
        **case_frame(referral, "case_progress"),
        "new_practitioner": officer.name if officer else "",
        "accept_href": reverse("referrals:accept_practitioner", args=[referral.pk]),
        "referral": referral,
        "gone": gone_notice(referral, looks=names_nobody(received)),
        "progress": shown,
        "provider_change": provider_change_of(received),
        "newer_oasys": newer_oasys_of(referral, user_of(request)),
        "records": records_of(referral, but=PRACTITIONER if officer else ""),
        "next_task": None,  # a button of the page itself
        "intervention": received.intervention_title,
        "details_href": reverse("referrals:case", args=[referral.pk]),
        "questions_href": reverse("referrals:case_questions", args=[referral.pk]),
        "disclosures_href": reverse("referrals:case_disclosures", args=[referral.pk]),
        "openings_href": reverse("referrals:case_openings", args=[referral.pk]),
        "pauses_href": reverse("referrals:case_pauses", args=[referral.pk]),
        "end_href": reverse("referrals:end_case", args=[referral.pk])
        if is_allowed(Move.REQUEST_END, received)
        else "",
        "back_link": back_to_list(request, otherwise="referrals:cases"),
    }
    return render(request, "referrals/cases/progress.html", context)
