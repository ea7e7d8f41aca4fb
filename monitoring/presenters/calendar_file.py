"""Appointments as files that every calendar reads, with nothing about the person in them.

One to download says what it is for, when, and at which probation office: no name, no CRN, no reference number; no other
address, because it may be somebody's home. A moved appointment keeps its place in the calendar: the same id, one
version on.

Times are in UTC, and every program shows them in its reader's own time. A block that says when the clocks change would
have to be right for every program that reads it (see findings/icalendar-rdate-time-zones.sh); an appointment that does
not repeat needs none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urljoin

from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from monitoring.models import Appointment, Method, Purpose

PRODUCT = "-//Refer and monitor an intervention//EN"


def calendar_file(appointment: Appointment, *, address: str) -> bytes:
    """The file. ``address`` is where the appointment's page is; whoever opens it signs in first."""
    first, moves = _first_of(appointment)
    event = _event(appointment, address=address)
    event.add("uid", f"{first.pk}@refer-monitor")
    event.add("sequence", moves)
    event.add("dtstamp", timezone.now())
    event.add("summary", _title(appointment))
    if appointment.office is not None:
        event.add("location", ", ".join(appointment.office.lines))
    calendar = _calendar()
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def agenda_file(appointments: Iterable[Appointment], *, site: str) -> bytes:
    """Several appointments as a calendar to subscribe to. ``site``: where the addresses of pages begin.

    A meeting keeps its place when it is moved; what is no longer arranged is no longer in the file. It says the kind,
    the reference number (which is no name, and by which its reader knows whom it is about) and a place in brief.
    """
    calendar = _calendar()
    calendar.add("x-wr-calname", "Appointments")
    calendar.add("x-wr-timezone", "Europe/London")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for appointment in appointments:
        address = reverse("monitoring:appointment", args=[appointment.received_id, appointment.pk])
        meeting = appointment.session_id or appointment.received_id
        event = _event(appointment, address=urljoin(site, address))
        event.add("uid", f"{meeting}@refer-monitor")
        event.add("dtstamp", appointment.scheduled_at.astimezone(UTC))
        event.add("summary", f"{_title(appointment)}, {appointment.received.reference}")
        place = (
            appointment.office.name if appointment.office is not None else Method(appointment.method).label
        )
        event.add("location", place)
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def _event(appointment: Appointment, *, address: str) -> Event:
    event = Event()
    starts_at = appointment.starts_at.astimezone(UTC)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=appointment.minutes))
    event.add("url", address)
    event.add("class", "PRIVATE")
    return event


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    return calendar


def _title(appointment: Appointment) -> str:
    if appointment.purpose == Purpose.ASSESSMENT:
        return "Supplier assessment"
    assert appointment.session is not None
    return f"Delivery session {appointment.session.number}"


def _first_of(appointment: Appointment) -> tuple[Appointment, int]:
    """The appointment that it began as, and how often it was moved since."""
    first, moves = appointment, 0
    while first.replaces is not None:
        first, moves = first.replaces, moves + 1
    return first, moves
