"""Appointments as files that every calendar reads, with nothing about the person in them.

One to download says what it is for, when, and at which probation office: no name, no CRN, no reference number; no other
address, because it may be somebody's home. Both kinds of file name a meeting (a session, or the supplier assessment) by
the same id, so that a calendar that reads both shows it once; arranged again, it keeps its place: one version on.

Times are in UTC, and every program shows them in its reader's own time. A block that says when the clocks change would
have to be right for every program that reads it (see findings/icalendar-rdate-time-zones.sh); an appointment that does
not repeat needs none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.utils import timezone

from govuk.addresses import reverse
from monitoring.models import Appointment, Method, Purpose

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT = "-//Refer and monitor an intervention//EN"


def calendar_file(appointment: Appointment, *, address: str) -> bytes:
    """The file, of one read ``with_version``. ``address``: its page; whoever opens that signs in first."""
    event = _event(appointment, address=address)
    event.add("summary", _title(appointment))
    if appointment.office is not None:
        event.add("location", ", ".join(appointment.office.lines))
    calendar = _calendar()
    calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def agenda_file(appointments: Iterable[Appointment], *, site: str) -> bytes:
    """Several appointments (``with_version``) as a calendar to subscribe to. ``site``: where addresses of pages begin.

    What is no longer arranged is no longer in the file. It says the kind, the reference number (which is no name, and
    by which its reader knows whom it is about) and a place in brief.
    """
    calendar = _calendar()
    calendar.add("x-wr-calname", "Appointments")
    calendar.add("x-wr-timezone", "Europe/London")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for appointment in appointments:
        address = reverse("monitoring:appointment", args=[appointment.received_id, appointment.pk])
        event = _event(appointment, address=urljoin(site, address))
        event.add("summary", f"{_title(appointment)}, {appointment.received.reference}")
        place = (
            appointment.office.name if appointment.office is not None else Method(appointment.method).label
        )
        event.add("location", place)
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file


def _event(appointment: Appointment, *, address: str) -> Event:
    """What both files say of it. Of two versions the higher number counts, then the file that was made later."""
    from icalendar import Event  # takes 4 MB, and most pages make no file

    event = Event()
    event.add("uid", f"{appointment.session_id or appointment.received_id}@refer-monitor")
    event.add("sequence", appointment.version)  # type: ignore[attr-defined]  # annotated by with_version
    event.add("dtstamp", timezone.now())
    event.add("last-modified", appointment.scheduled_at.astimezone(UTC))
    starts_at = appointment.starts_at.astimezone(UTC)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=appointment.minutes))
    event.add("url", address)
    event.add("class", "PRIVATE")
    return event


def _calendar() -> Calendar:
    from icalendar import Calendar  # as above

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
