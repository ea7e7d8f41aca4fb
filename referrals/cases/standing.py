"""Where sent cases stand, for the practitioner's lists: status, next step and due date, as their progress pages say."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from monitoring.models import Appointment, ReceivedReferral
from monitoring.presenters.case_list import Cell, standing_cells
from referrals.models import Referral

Standing = tuple[Cell, Cell, Cell]


def standing_of(cases: Iterable[Referral]) -> dict[UUID, Standing]:
    """The three cells of each case, by the referral. Two statements however many there are."""
    by_received = {case.received_id: case.pk for case in cases if case.received_id is not None}
    received = [*ReceivedReferral.objects.unscoped().filter(pk__in=by_received).for_a_list()]
    refusals = Appointment.objects.why_refused(received)
    today = timezone.localdate()
    return {
        by_received[one.pk]: standing_cells(one, today, refusals.get(one.pk, ""), for_supplier=False)
        for one in received
    }
