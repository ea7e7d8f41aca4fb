"""The status of an appointment in one word, worked out from what was recorded about it (live service: sessionStatus).

Pure: takes facts, gives an answer. Must not know how a status looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from monitoring.models import Appointment, Closed


class Status(Enum):
    """Where an appointment stands, in words."""

    NOT_SCHEDULED = "Not scheduled"
    RESCHEDULED = "Rescheduled"
    COMPLETED = "Completed"
    DID_NOT_ATTEND = "Did not attend"
    DID_NOT_HAPPEN = "Did not happen"
    NEEDS_FEEDBACK = "Needs feedback"
    SCHEDULED = "Scheduled"
    CANCELLED = "Cancelled because the referral ended"
    NOT_RECORDED = "Not recorded before the referral ended"


#: Something was recorded about it.
RECORDED = frozenset({Status.COMPLETED, Status.DID_NOT_ATTEND, Status.DID_NOT_HAPPEN})


_CLOSED_UNRECORDED: dict[str, Status] = {
    Closed.REPLACED: Status.RESCHEDULED,
    Closed.ENDED: Status.CANCELLED,
    Closed.UNRECORDED: Status.NOT_RECORDED,
}


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one appointment. ``happened`` and ``attended`` are None until feedback was submitted."""

    starts_at: datetime
    closed_as: str = ""
    happened: bool | None = None
    attended: bool | None = None


def status(record: Record | None, *, now: datetime) -> Status:
    """The first row that fits, in the live service's order; what ended with its case is ours. Begun: needs feedback."""
    if record is None:
        return Status.NOT_SCHEDULED
    if record.attended is None and record.closed_as in _CLOSED_UNRECORDED:
        return _CLOSED_UNRECORDED[record.closed_as]
    if record.happened:
        return Status.COMPLETED
    if record.attended is not None:
        return Status.DID_NOT_HAPPEN if record.attended else Status.DID_NOT_ATTEND
    return Status.NEEDS_FEEDBACK if record.starts_at <= now else Status.SCHEDULED


def status_of(appointment: Appointment | None, *, now: datetime) -> Status:
    """The status of a row. Reads its feedback: load it with the appointment. A draft of feedback says nothing yet."""
    if appointment is None:
        return status(None, now=now)
    said = appointment.recorded
    record = Record(
        starts_at=appointment.starts_at,
        closed_as=appointment.closed_as,
        happened=said.happened if said else None,
        attended=said.attended if said else None,
    )
    return status(record, now=now)
