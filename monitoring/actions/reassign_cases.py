"""Giving cases of people who have left to somebody else: chosen ones, all of them or none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from accounts.models import User
from events.refusals import OutOfDate, Refused
from interventions.models import Contract
from monitoring.actions.assign_caseworker import SOMEBODY_WAS_FASTER, CannotBeAssigned, assign
from monitoring.lists.leavers import cases_of_leavers
from monitoring.models import Assignment, ReceivedReferral

CHANGED = "Someone has changed the caseworker of one of these cases since you opened the page"


class SomeCannotBeReassigned(Refused):
    """Nothing was reassigned, because the person chosen may not see these cases. Their reference numbers."""

    def __init__(self, references: Collection[str]) -> None:
        super().__init__("This person cannot be given all of these cases.", code="several")
        self.references = references


@transaction.atomic
def reassign_cases(
    *, cases: Collection[UUID], caseworker: User, by: User, form_key: UUID, at: datetime | None = None
) -> int:
    """How many ``caseworker`` has now, each assigned as by itself, with history, audit and email.

    The same form again changes nothing. Raises SomeCannotBeReassigned, and OutOfDate when one of the cases is not
    theirs, has ended, or has a caseworker who is at work.
    """
    rows = [*ReceivedReferral.objects.open_to(by).filter(pk__in=cases).order_by("pk")]
    left = {
        *cases_of_leavers([*Contract.objects.granted_to(by).only("pk")])
        .filter(pk__in=cases)
        .values_list("pk", flat=True)
    }
    keys = {row.pk: uuid5(form_key, str(row.pk)) for row in rows}
    made = {
        *Assignment.objects.unscoped()
        .filter(form_key__in=keys.values())
        .values_list("received_id", flat=True)
    }
    if not rows or len(rows) != len({*cases}) or {*keys} - left - made:
        raise OutOfDate(SOMEBODY_WAS_FASTER if len(rows) == 1 else f"{CHANGED}. Nothing was reassigned.")
    refused = []
    for row in rows:
        try:
            assign(
                received=row,
                caseworker=caseworker,
                by=by,
                form_key=keys[row.pk],
                in_place_of=row.caseworker_id,
                at=at,
            )
        except CannotBeAssigned:
            refused.append(row.reference)
    if refused:
        raise SomeCannotBeReassigned(refused)
    return len(rows)
