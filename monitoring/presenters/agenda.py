"""A week of appointments in words: what needs feedback, then day by day. Must not know how a list looks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils import timezone

from govuk.addresses import reverse
from govuk.template_filters import date, time
from monitoring.access.staff_names import Absence, People
from monitoring.lists.agenda import Week
from monitoring.models import Appointment, Method, NdeliusState
from monitoring.presenters.appointment import span_of, title_of
from monitoring.presenters.progress import TONES
from monitoring.rules.appointment_status import Status, status_of
from monitoring.rules.appointments import Arrangement
from monitoring.rules.refused_bookings import is_to_be_arranged_again


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment. ``feedback`` is the address where it is recorded, when that is due."""

    when: str
    what: str
    href: str
    hidden: str
    person: str
    reference: str
    place: str
    status: str
    tone: str
    note: str
    caseworker: str
    feedback: str


@dataclass(frozen=True, slots=True)
class Day:
    """The appointments of one day."""

    heading: str
    lines: tuple[Line, ...]


def days(
    week: Week, appointments: Sequence[Appointment], people: People, *, now: datetime.datetime
) -> list[Day]:
    """Monday to Friday, and a day at the weekend that has something. Days without anything say so."""
    by_day = {
        day: tuple(_line(one, people, now, with_day=False) for one in theirs)
        for day, theirs in groupby(appointments, key=lambda one: timezone.localdate(one.starts_at))
    }
    return [
        Day(f"{day:%A} {date(day)}", by_day.get(day, ()))
        for day in week.days
        if day.weekday() < 5 or day in by_day
    ]


def waiting(appointments: Iterable[Appointment], people: People, *, now: datetime.datetime) -> list[Line]:
    """What nobody has recorded yet, the oldest first."""
    return [_line(one, people, now, with_day=True) for one in appointments]


def title(week: Week) -> str:
    """Which week: "Monday 23 November 2026 to Sunday 29 November 2026"."""
    return f"{date(week.days[0])} to {date(week.days[-1])}"


def _line(one: Appointment, people: People, now: datetime.datetime, *, with_day: bool) -> Line:
    address = [one.received_id, one.pk]
    status = status_of(one, now=now)
    begins = f"{date(one.starts_at)}, {time(one.starts_at)}"
    span = span_of(Arrangement(one.starts_at, one.minutes, Method(one.method)))
    refused = is_to_be_arranged_again(one)
    return Line(
        when=begins if with_day else span,
        what=title_of(one.session).removesuffix(" appointment"),
        href=reverse("monitoring:appointment", args=address),
        hidden=f"with {one.received.person_name}, {one.received.reference}",
        person=one.received.person_name,
        reference=one.received.reference,
        place=_place(one),
        status=status.value,
        tone=TONES[status],
        note=f"{NdeliusState.REFUSED.label}. Rearrange it" if refused else "",
        caseworker=_caseworker(one, people),
        feedback=reverse("monitoring:attendance", args=address) if status is Status.NEEDS_FEEDBACK else "",
    )


def _place(one: Appointment) -> str:
    how = Method(one.method).label
    return f"{how}: {one.office.name}" if one.office is not None else how


def _caseworker(one: Appointment, people: People) -> str:
    if one.received.caseworker_id is None:
        return "Not assigned"
    someone = people[one.received.caseworker_id]
    if someone.absence is None and not getattr(one, "is_caseworker_at_work", True):
        someone = replace(someone, absence=Absence.NO_ACCESS)
    return someone.as_caseworker
