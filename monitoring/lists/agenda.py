"""The appointments of a caseworker, or of everybody on their contracts, by week. Reads; changes nothing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from interventions.models import Contract
from monitoring.lists.leavers import is_at_work
from monitoring.models import Appointment
from monitoring.models.appointments import AppointmentQuerySet
from monitoring.rules.appointments import LONDON
from monitoring.rules.stages import OPEN

A_DAY = datetime.timedelta(days=1)
#: What a line of the agenda shows. Never what was typed about an appointment.
COLUMNS = (
    "purpose", "starts_at", "minutes", "is_group", "method", "closed_as", "scheduled_at", "ndelius_state",
    "received__reference", "received__crn", "received__person_first_name", "received__person_last_name",
    "received__caseworker_id", "session__number", "office__name", "feedback__submitted_at", "feedback__happened",
    "feedback__attended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, in UK time."""

    monday: datetime.date

    @classmethod
    def of(cls, day: datetime.date) -> Week:
        """The week that a day is in."""
        return cls(day - day.weekday() * A_DAY)

    @property
    def days(self) -> list[datetime.date]:
        """All seven."""
        return [self.monday + number * A_DAY for number in range(7)]

    def moved(self, weeks: int) -> Week:
        """So many weeks later, or earlier."""
        return Week(self.monday + 7 * weeks * A_DAY)


def appointments_of(
    user: User, contracts: Sequence[Contract], *, whole_team: bool = False
) -> AppointmentQuerySet:
    """Those that count, of cases on these contracts (granted to ``user``): theirs, or everybody's.

    Not of cases that had ended before their provider came to the contract (``ReceivedReferral.objects.on_contracts``).
    """
    granted = [contract.pk for contract in contracts]
    theirs = Appointment.objects.unscoped().current().filter(received__contract__in=granted)
    for contract in contracts:
        if joined_at := getattr(contract, "joined_at", None):
            theirs = theirs.exclude(received__contract=contract, received__concluded_at__lt=joined_at)
    if whole_team:
        theirs = theirs.annotate(is_caseworker_at_work=is_at_work("received__"))
    else:
        theirs = theirs.filter(received__caseworker=user.pk)
    beside = theirs.select_related("received", "session", "office", "feedback")
    return beside.only(*COLUMNS).order_by("starts_at", "pk")


def between(
    appointments: AppointmentQuerySet, first: datetime.date, last: datetime.date
) -> AppointmentQuerySet:
    """Those that begin on these days in UK time, both included."""
    return appointments.filter(starts_at__gte=_midnight(first), starts_at__lt=_midnight(last + A_DAY))


def needing_feedback(appointments: AppointmentQuerySet, *, now: datetime.datetime) -> AppointmentQuerySet:
    """Those that have begun and about which nobody has said what happened."""
    return appointments.waiting().filter(starts_at__lte=now, received__stage__in=OPEN)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=LONDON)
