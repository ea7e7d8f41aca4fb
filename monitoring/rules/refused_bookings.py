"""Appointments that nDelius did not accept: which of them somebody has to arrange again, and why (decision M4a).

Reads; changes nothing. What nDelius answered is written by ``monitoring.deliveries.ndelius``.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from monitoring.models import Appointment, Closed, NdeliusState, ReceivedReferral


def is_to_be_arranged_again(appointment: Appointment) -> bool:
    """Refused, and still the one that counts. Reads its feedback: what was held cannot be arranged again."""
    return appointment.ndelius_state == NdeliusState.REFUSED and appointment.is_waiting


def is_ndelius_told(appointment: Appointment) -> bool:
    """Whether it matters what nDelius said of it: not of one that was moved, or cancelled before nDelius had it."""
    if appointment.closed_as == Closed.REPLACED:
        return False
    is_closed_with_the_case = appointment.closed_as in (Closed.ENDED, Closed.UNRECORDED)
    return not is_closed_with_the_case or appointment.ndelius_id is not None


def reasons(cases: Iterable[ReceivedReferral]) -> dict[UUID, str]:
    """Why, by case, for those of ``cases`` that have such an appointment. One read, or none when no case has."""
    waiting = [case.pk for case in cases if case.booking_refused_on is not None]
    if not waiting:
        return {}
    appointments = Appointment.objects.unscoped().waiting()
    refused = appointments.filter(received__in=waiting, ndelius_state=NdeliusState.REFUSED)
    return dict(refused.order_by("-ndelius_refused_at").values_list("received", "ndelius_reason"))
