"""Where a practitioner arrives: what needs them today, then where to go, and what they opened with a reason."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Exists, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from events.audiences import for_practitioners
from events.models import AuditAction
from govuk.template_filters import plural
from prepared.queries import PreparedQuery
from referrals.access.caseload import covers_of
from referrals.access.scope import OPENING_HOLDS, user_of
from referrals.actions.cover_for_colleague import ASK_AGAIN_AFTER, note_team, teams_asked_for
from referrals.actions.see_feedback import see_feedback
from referrals.desk import not_shown
from referrals.desk import presenters as presenter
from referrals.desk.desk import desk_of
from referrals.desk.lists import counts_of
from referrals.desk.needs import BY_SLUG, POINTS_TO, unseen_feedback
from referrals.desk.oasys_checks import start_oasys_checks
from referrals.models import CaseOpening, Cover
from referrals.models.cover import COVER_HOLDS


@for_practitioners(records=AuditAction.REFERRAL_LISTED)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The desk."""
    user = user_of(request)
    was_asked, covers_somebody, opened_some = _beside_the_desk(user)
    if not was_asked:
        note_team(user)
    opened = _recently_opened(user) if opened_some else []
    covers = covers_of(user) if covers_somebody else []
    desk = desk_of(user, covers=covers, also=[one.referral.crn for one in opened], with_needs=True)
    context = {
        "needs": presenter.needs(desk.counts_by_need, desk.drafts_ending),
        "lists": presenter.links(counts_of(desk), desk.drafts_count),
        "opened": presenter.recently_opened(one for one in opened if one.referral.crn in desk.visible),
        "covered": [cover.colleague.display_name for cover in desk.covers],
        "not_shown": not_shown.cases(desk),
        "checking": start_oasys_checks(desk, request) if request.method == "GET" else None,
    }
    return render(request, "referrals/home.html", context)


def _beside_the_desk(user: User) -> tuple[bool, bool, bool]:
    """Whether nDelius was asked for their team lately, whether they cover for somebody, and whether they opened a case
    with a reason. One statement: mostly there is nothing more to ask."""
    now = timezone.now()
    moments = {"asked": now - ASK_AGAIN_AFTER, "covered": now - COVER_HOLDS, "opened": now - OPENING_HOLDS}
    return _BESIDE.first(user=user.pk, **moments) or (False, False, False)


_BESIDE = PreparedQuery(
    lambda user, asked, covered, opened: User.objects.filter(pk=user).values_list(
        Exists(teams_asked_for(user, since=asked)),
        Exists(Cover.objects.begun_since(covered).filter(user=user)),
        Exists(_openings(user, since=opened)),
    )
)


def _openings(user: int, *, since: datetime) -> QuerySet[CaseOpening]:
    """Of a case whose details were deleted there is no one left to show."""
    return CaseOpening.objects.filter(user=user, opened_at__gte=since, referral__blanked_at=None)


def _recently_opened(user: User) -> list[CaseOpening]:
    """The last opening of each case, the newest first."""
    newest: dict[object, CaseOpening] = {}
    for one in _OPENINGS.rows(user=user.pk, since=timezone.now() - OPENING_HOLDS):
        newest.setdefault(one.referral_id, one)
    return [*newest.values()]


_OPENINGS = PreparedQuery(
    lambda user, since: (
        _openings(user, since=since)
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
