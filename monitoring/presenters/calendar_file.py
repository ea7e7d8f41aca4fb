"""An appointment as a file that every calendar reads, with nothing about the person in it.

What it is for, when, and at which probation office. No name, no CRN, no reference number; no other address, because it
may be somebody's home. A moved appointment keeps its place in the calendar: the same id, one version on.

Times are in UTC, and every program shows them in its reader's own time. A block that says when the clocks change would
have to be right for every program that reads it (see findings/icalendar-rdate-time-zones.sh); an appointment that does
not repeat needs none.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from django.utils import timezone
from icalendar import Calendar, Event

from monitoring.models import Appointment, Purpose

PRODUCT = "-//Refer and monitor an intervention//EN"


def calendar_file(appointment: Appointment, *, address: str) -> bytes:
    """The file. ``address`` is where the appointment's page is; whoever opens it signs in first."""
    first, moves = _first_of(appointment)
    event = Event()
    event.add("uid", f"{first.pk}@refer-monitor")
    event.add("sequence", moves)
    event.add("dtstamp", timezone.now())
    event.add("summary", _title(appointment))
    starts_at = appointment.starts_at.astimezone(UTC)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=appointment.minutes))
    if appointment.office is not None:
        event.add("location", ", ".join(appointment.office.lines))
    event.add("url", address)
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


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
