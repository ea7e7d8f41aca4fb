"""The private address of somebody's agenda for a calendar program: make one, replace it, delete it.

A new address is on the answer to the post and nowhere else: we do not store it. What stops an address that calendars
may use is asked about first.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from events.models import AuditAction
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking
from monitoring.actions.calendar_feed import end_feed, make_feed
from monitoring.models import CalendarFeed


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_address(request: HttpRequest) -> HttpResponse:
    """Whether they have one. Posted: make one; with one already, ask whether to replace it."""
    feed = _current(asking(request))
    if request.method == "POST":
        return redirect("monitoring:replace_calendar_address") if feed else _make(request)
    return _show(request, feed)


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
def replace_calendar_address(request: HttpRequest) -> HttpResponse:
    """Ask, then make a new one: the one before stops working."""
    if request.method == "POST":
        return _make(request)
    return _ask(request, "monitoring/replace_calendar_address.html")


@for_suppliers(records=AuditAction.REFERRAL_LISTED)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_calendar_address(request: HttpRequest) -> HttpResponse:
    """Ask, then end it."""
    if request.method != "POST":
        return _ask(request, "monitoring/delete_calendar_address.html")
    if end_feed(by=asking(request)):
        messages.success(request, "You have deleted your calendar address. Calendars can no longer read it.")
    return redirect("monitoring:calendar_address")


def _ask(request: HttpRequest, template: str) -> HttpResponse:
    """Without an address there is nothing to ask."""
    feed, page = _current(asking(request)), reverse("monitoring:calendar_address")
    return render(request, template, {"feed": feed, "back_link": page}) if feed else redirect(page)


def _make(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    made = request.build_absolute_uri(reverse("calendars:feed", args=[make_feed(by=user)]))
    return _show(request, _current(user), made=made)


def _show(request: HttpRequest, feed: CalendarFeed | None, made: str = "") -> HttpResponse:
    context = {"made": made, "feed": feed, "back_link": reverse("monitoring:agenda")}
    return render(request, "monitoring/calendar_address.html", context)


def _current(user: User) -> CalendarFeed | None:
    """The one that works, if any."""
    feed = CalendarFeed.objects.of(user).first()
    return feed if feed is not None and feed.ends_at > timezone.now() else None
