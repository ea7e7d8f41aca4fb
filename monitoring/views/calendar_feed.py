"""The agenda as a calendar program reads it, at an address that is a secret. Nobody signs in here.

The secret is good while its owner's account is open, they can see cases, and they have not ended it. Everything else is
the same plain "not found", and who guesses is soon not answered any more.
"""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from events.models import AuditAction
from interventions.models.contracts import granted_contracts
from monitoring.access.audience import for_calendar_programs
from monitoring.access.calendar_limits import has_asked_too_often, has_guessed_too_often, note_wrong_guess
from monitoring.actions.calendar_feed import note_reading
from monitoring.lists.agenda import appointments_of, between
from monitoring.models import CalendarFeed
from monitoring.presenters.calendar_file import agenda_file

BACK, AHEAD = timedelta(weeks=4), timedelta(weeks=27)  # appointments can be arranged six months ahead
AN_HOUR = str(60 * 60)  # seconds


@for_calendar_programs(records=AuditAction.CALENDAR_FEED_READ)
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The appointments of their cases from four weeks ago on."""
    now = timezone.now()
    found = CalendarFeed.objects.open_by(secret, now=now).only("user_id").first()
    if found is None:
        # Never in the way of who has an address: calendars of many people ask from one place, some at ended addresses.
        if has_guessed_too_often(request):
            return _nothing(429)
        note_wrong_guess(request)
        return _nothing(404)
    if has_asked_too_often(found.pk):
        return _nothing(429)
    owner = User.objects.only("username").get(pk=found.user_id)
    contracts = granted_contracts(owner)
    if not contracts:
        return _nothing(404)
    note_reading(found, by=owner, now=now)
    today = timezone.localdate(now)
    theirs = between(appointments_of(owner, contracts), today - BACK, today + AHEAD).with_version()
    return HttpResponse(
        agenda_file(theirs, site=request.build_absolute_uri("/")), content_type="text/calendar; charset=utf-8"
    )


def _nothing(status: int) -> HttpResponse:
    """Not a page: a program reads it."""
    words = {404: "Not found", 429: "Too many requests"}[status]
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    if status == 429:
        answer["Retry-After"] = AN_HOUR
    return answer
