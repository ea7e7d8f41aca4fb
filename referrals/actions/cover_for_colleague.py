"""Covering for an absent colleague of the same team: their cases stand on one's desk for a working day."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import Refused
from integrations.failures import UpstreamFailure
from prepared.queries import PreparedQuery
from referrals.models import Cover, TeamInNdelius
from referrals.pulls.team import Team, team_of

ASK_AGAIN_AFTER = timedelta(days=1)
NOT_IN_THE_TEAM = "You can only cover for someone in your team in nDelius."
log = structlog.get_logger(__name__)


def note_team(user: User) -> UpstreamFailure | None:
    """Keep which team nDelius names ``user`` in, asked at most once a day. Returns why nDelius did not say.

    Its silence changes nothing.
    """
    now = timezone.now()
    if _ASKED.first(user=user.pk, since=now - ASK_AGAIN_AFTER) is not None:
        return None
    try:
        team = team_of(user)
    except UpstreamFailure as failure:
        log.warning("team_unknown", failure=type(failure).__name__)
        return failure
    _keep(user, team)
    return None


def teams_asked_for(user: int, *, since: datetime) -> QuerySet[TeamInNdelius]:
    """The team that nDelius was asked for since, if it was."""
    return TeamInNdelius.objects.filter(user=user, asked_at__gt=since)


_ASKED = PreparedQuery(lambda user, since: teams_asked_for(user, since=since).values_list("pk"))


def _keep(user: User, team: Team | None) -> None:
    named = {"name": team.name, "code": team.code} if team else {"name": "", "code": ""}
    TeamInNdelius.objects.update_or_create(user=user, defaults={**named, "asked_at": timezone.now()})


def colleagues_of(user: User) -> list[User]:
    """Practitioners with an account whom nDelius last named in the same team, by name. Two statements."""
    team = TeamInNdelius.objects.filter(user=user).exclude(code="").first()
    if team is None:
        return []
    beside = TeamInNdelius.objects.filter(code=team.code).exclude(user=user)
    return [*User.objects.filter(pk__in=beside.values("user")).order_by("name_folded", "pk")]


def begin_cover(*, colleague: User, by: User) -> Cover:
    """Cover for ``colleague`` for a working day from now; one that holds already is answered as it is.

    nDelius is asked anew whether they are in one team. Raises Refused, or UpstreamFailure.
    """
    mine, theirs = team_of(by), team_of(colleague)
    if mine is None or mine != theirs:
        raise Refused(NOT_IN_THE_TEAM, code="not_in_team")
    return _begin(colleague, by)


@transaction.atomic
def _begin(colleague: User, by: User) -> Cover:
    User.objects.select_for_update().get(pk=by.pk)  # two presses at once make one cover
    holding = Cover.objects.holding(timezone.now()).filter(user=by, colleague=colleague).first()
    if holding is not None:
        return holding
    cover = Cover.objects.create(user=by, colleague=colleague)
    audit.record(AuditAction.COVER_BEGAN, by=by, colleague=colleague.pk)
    return cover


@transaction.atomic
def end_covers(*, by: User) -> int:
    """Stop covering for everybody; how many covers ended."""
    holding = [*Cover.objects.select_for_update().holding(timezone.now()).filter(user=by)]
    Cover.objects.filter(pk__in=[cover.pk for cover in holding]).update(ended_at=timezone.now())
    for cover in holding:
        audit.record(AuditAction.COVER_ENDED, by=by, colleague=cover.colleague_id)
    return len(holding)
