"""A caseworker's appointments of one week, in all their cases."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.models import AuditAction
from govuk.addresses import reverse
from interventions.models.contracts import granted_contracts
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking
from monitoring.access.staff_names import People
from monitoring.lists.agenda import Week, appointments_of, between, needing_feedback
from monitoring.presenters import agenda as presenter

A_PAGE = 100  # appointments: more than one person has in a week
WAITING_A_PAGE = 50  # appointments that need feedback
TEAM, FEEDBACK = "team", "feedback"


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """One week: what needs feedback, then day by day. Their own appointments, or the whole team's."""
    user, now = asking(request), timezone.now()
    contracts = granted_contracts(user)
    week = _week(request.GET.get("week", ""), today=timezone.localdate(now))
    of_the_team = request.GET.get("whose") == TEAM
    theirs = appointments_of(user, contracts, whole_team=of_the_team)
    page = Paginator(between(theirs, week.days[0], week.days[-1]), A_PAGE).get_page(request.GET.get("page"))
    feedback = Paginator(needing_feedback(theirs, now=now), WAITING_A_PAGE).get_page(
        request.GET.get(FEEDBACK)
    )
    shown, waiting = [*page.object_list], [*feedback.object_list]
    people = People({one.received.caseworker_id for one in [*shown, *waiting]} if of_the_team else ())
    context = {
        "has_contract": bool(contracts),
        "of_the_team": of_the_team,
        "week": presenter.title(week),
        "waiting": presenter.waiting(waiting, people, now=now),
        "feedback": feedback,
        "days": presenter.days(week, shown, people, now=now),
        "page": page,
        "address": _address(week, of_the_team),
        "places": _places(week, of_the_team, now),
        "weeks": _weeks(week, of_the_team),
    }
    return render(request, "monitoring/agenda.html", context)


def _week(typed: str, *, today: datetime.date) -> Week:
    """The week of a day in the address; this week when it is none."""
    try:
        week = Week.of(datetime.date.fromisoformat(typed))
    except ValueError:
        return Week.of(today)
    return week if abs(week.monday.year - today.year) <= 10 else Week.of(today)


def _address(week: Week, of_the_team: bool) -> str:
    whose = f"&whose={TEAM}" if of_the_team else ""
    return f"{reverse('monitoring:agenda')}?week={week.monday.isoformat()}{whose}"


def _places(week: Week, of_the_team: bool, now: datetime.datetime) -> list[dict[str, Any]]:
    return [
        {"text": "Your appointments", "href": _address(week, False), "is_current": not of_the_team},
        {"text": "Whole team", "href": _address(week, True), "is_current": of_the_team},
    ]


def _weeks(week: Week, of_the_team: bool) -> list[dict[str, str]]:
    this = Week.of(timezone.localdate())
    return [
        {"text": "Previous week", "href": _address(week.moved(-1), of_the_team)},
        *([] if week == this else [{"text": "This week", "href": _address(this, of_the_team)}]),
        {"text": "Next week", "href": _address(week.moved(1), of_the_team)},
    ]
