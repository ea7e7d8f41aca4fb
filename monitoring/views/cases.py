"""The supplier's pages of one case as it was shared, and of simple figures. Each begins with who is asking.

They answer reading only: the door records what was read by GET, so nothing may be read by another method.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from events.audiences import about
from events.models import AuditAction
from govuk.addresses import reverse
from interventions.models.contracts import granted_contracts
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import case_of, load_services_and_needs, require_details
from monitoring.access.staff_names import People
from monitoring.actions.open_share import open_share
from monitoring.lists.choices import back_to_list
from monitoring.lists.counts import figures_for, received_by_month
from monitoring.models import ReceivedReferral
from monitoring.presenters import figures, received_referral
from monitoring.presenters.case_pages import case_pages
from monitoring.presenters.shared_again import last_opened_before, recalled, what_changed
from monitoring.rules.months import last_months
from monitoring.rules.moves import Move, is_allowed


@for_suppliers(records=AuditAction.REFERRAL_VIEWED)
@require_safe
def referral_details(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """One referral as it was shared, the current risk information with it. Somebody else's is not found."""
    user = _asking(request)
    received = case_of(user, received_id, with_details_updated_at=True)
    require_details(received)
    load_services_and_needs(received)
    share = received.current_share()
    handover = received.as_handover(share)
    shared_again = what_changed(share, last_opened_before(share, user.pk))
    open_share(share, shown=handover, by=user)
    about(request, referral=received.pk, crn=received.crn, version=share.number)
    recall = recalled(share, handover)
    page = received_referral.present(
        handover, recalled=recall, updated_at=received.personal_details_updated_at()
    )
    shown = {
        "recalled": recall,
        "shared_again": shared_again,
        "received": page,
        "banner": page.banner,
        "case_pages": case_pages(received, "referral_details"),
        "back_to_list": back_to_list(request),
        "caseworker": _caseworker(received),
        "changes_link": reverse("monitoring:changes", args=[received.pk]),
        "assign_link": reverse("monitoring:choose_caseworker", args=[received.pk])
        if is_allowed(Move.ASSIGN, received)
        else "",
    }
    return render(request, "monitoring/referral_details.html", shown)


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_safe
def reporting(request: HttpRequest) -> HttpResponse:
    """How many referrals the supplier received: the last twelve months, and on each contract."""
    user, today = _asking(request), timezone.localdate()
    contracts = granted_contracts(user)
    counted = figures_for(contracts, today=today)
    months = last_months(today)
    received = received_by_month(contracts, months)
    shown = {
        "months": figures.by_month(received, months),
        "contracts": figures.by_contract(contracts, counted.on),
        "stages": figures.by_stage(counted.at),
        "overdue": counted.overdue,
    }
    return render(request, "monitoring/reporting.html", shown)


def _caseworker(received: ReceivedReferral) -> str:
    if received.caseworker_id is None:
        return ""
    someone = People([received.caseworker_id], contract=received.contract_id)[received.caseworker_id]
    return someone.name if received.concluded_at is not None else someone.as_caseworker


def _asking(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the door let them in
    return request.user
