"""Appointments that nDelius did not accept: which of them somebody has to arrange again (decision M4a).

Pure. What nDelius answered is written by ``monitoring.deliveries.ndelius``.
"""

from __future__ import annotations

from monitoring.models import Appointment, Closed, NdeliusState


def is_to_be_arranged_again(appointment: Appointment) -> bool:
    """Refused, and still the one that counts. Reads its feedback: what was held cannot be arranged again."""
    return appointment.ndelius_state == NdeliusState.REFUSED and appointment.is_waiting


def is_ndelius_told(appointment: Appointment) -> bool:
    """Whether it matters what nDelius said of it: not of one that was moved, or cancelled before nDelius had it."""
    if appointment.closed_as == Closed.REPLACED:
        return False
    is_closed_with_the_case = appointment.closed_as in (Closed.ENDED, Closed.UNRECORDED)
    return not is_closed_with_the_case or appointment.ndelius_id is not None
