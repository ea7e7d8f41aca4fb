"""Where a practitioner arrives: what needs them today, then where to go, and what they opened with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.template_filters import plural
from prepared.queries import PreparedQuery
from referrals.access.scope import OPENING_HOLDS, user_of
from referrals.actions.cover_for_colleague import note_team
from referrals.actions.see_feedback import see_feedback
from referrals.desk import not_shown
from referrals.desk import presenters as presenter
from referrals.desk.desk import Desk, cases_on, desk_of
from referrals.desk.lists import LISTS
from referrals.desk.needs import BY_SLUG, NEEDS, POINTS_TO, Asking, unseen_feedback
from referrals.desk.oasys_checks import start_oasys_checks
from referrals.models import CaseOpening


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The desk."""
    user = user_of(request)
    note_team(user)
    opened = _recently_opened(_OPENINGS.rows(user=user.pk, since=timezone.now() - OPENING_HOLDS))
    desk = desk_of(user, also=[one.referral.crn for one in opened])
    needs, lists = _counted(desk)
    context = {
        "needs": presenter.needs(needs, desk.drafts_ending),
        "lists": presenter.links(lists, desk.drafts_count),
        "opened": presenter.recently_opened(one for one in opened if one.referral.crn in desk.visible),
        "covered": [cover.colleague.display_name for cover in desk.covers],
        "not_shown": not_shown.cases(desk),
        "checking": start_oasys_checks(desk, request) if request.method == "GET" else None,
    }
    return render(request, "referrals/home.html", context)


def _counted(desk: Desk) -> tuple[dict[str, int], dict[str, int]]:
    """How many cases each kind of need holds for, and how many stand in each list. One statement."""
    counts = _COUNTED.first(user=desk.asking.user, today=desk.asking.today, **desk.values()) or {}
    return (
        {one.slug: counts.get(f"need_{one.slug}", 0) for one in NEEDS},
        {one.slug: counts.get(f"list_{one.slug}", 0) for one in LISTS},
    )


def _counting(*, user: int, today: date, **on_desk: Any) -> QuerySet[Any, Any]:
    of_needs = {
        f"need_{one.slug}": Count("pk", filter=one.holds(Asking(user=user, today=today))) for one in NEEDS
    }
    of_lists = {f"list_{one.slug}": Count("pk", filter=Q(stage__in=one.stages)) for one in LISTS}
    cases = cases_on(**on_desk).order_by().annotate(together=Value(1)).values("together")
    return cases.annotate(**of_needs, **of_lists)


_COUNTED = PreparedQuery(_counting)
# Of a case whose details were deleted there is no one left to show.
_OPENINGS = PreparedQuery(
    lambda user, since: (
        CaseOpening.objects.filter(user=user, opened_at__gte=since, referral__blanked_at=None)
        .select_related("referral__contract")
        .only(
            "opened_at",
            "referral__reference",
            "referral__crn",
            "referral__first_name",
            "referral__last_name",
            "referral__unread_in_ndelius",
            "referral__contract__title",
        )
        .order_by("-opened_at")
    )
)


def _recently_opened(openings: Iterable[CaseOpening]) -> list[CaseOpening]:
    """The last opening of each case, the newest first."""
    newest: dict[object, CaseOpening] = {}
    for one in openings:
        newest.setdefault(one.referral_id, one)
    return [*newest.values()]


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_POST
def mark_seen(request: HttpRequest, need: str) -> HttpResponse:
    """Say of every case of a kind that informs that it was looked at: of those on the desk, and nobody else's."""
    if need not in POINTS_TO:
        raise Http404
    desk = desk_of(user_of(request))
    theirs = desk.cases().filter(BY_SLUG[need].holds(desk.asking)).values("pk")
    pointed_to = unseen_feedback(desk.user).filter(POINTS_TO[need], appointment__received__in=theirs)
    count = see_feedback(pointed_to.values_list("pk", flat=True), by=desk.user)
    messages.success(request, f"{plural(count, 'appointment')} marked as read.")
    return redirect("referrals:home")
