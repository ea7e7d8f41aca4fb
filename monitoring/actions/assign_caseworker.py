"""Giving a case to a caseworker, for the first time or instead of another one. History is kept."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from types import EllipsisType
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import OutOfDate, Refused
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions import transition as moving
from monitoring.actions.announce import Event, announce
from monitoring.actions.idempotency import already_made, insert
from monitoring.lists.colleagues import colleagues_on
from monitoring.lists.leavers import count_again
from monitoring.models import Assignment, ReceivedReferral
from monitoring.rules.moves import Move

#: Outbox kind: tells the new caseworker. Payload: ``assignment`` and ``caseworker``, both ids.
CASE_ASSIGNED = "email.case_assigned"
SOMEBODY_WAS_FASTER = (
    "Someone else has changed the caseworker since you opened the page. Go back to the case to see who it is now."
)
# Without a name: whoever tries a number learns nothing about whose it is.
NOT_A_COLLEAGUE = "You cannot assign cases on this contract to this person. Choose someone else"


class CannotBeAssigned(Refused):
    """The person chosen may not see the case (any more), so it cannot be given to them."""


@transaction.atomic
def assign(
    *,
    received: ReceivedReferral,
    caseworker: User,
    by: User,
    form_key: UUID,
    in_place_of: int | None | EllipsisType = ...,
    at: datetime | None = None,
) -> Assignment:
    """Make ``caseworker`` the one who works with the person; answers the assignment in force.

    The same form again changes nothing, and so does choosing who has the case already. ``in_place_of`` is the
    id of the caseworker whom the page showed (None: nobody; left out: whoever it is). Raises Refused when the case has
    ended, CannotBeAssigned when ``caseworker`` has no effective grant at this moment or is no colleague of ``by``, and
    OutOfDate when somebody else was faster.
    """
    held = moving.hold(received, by=by)
    already = already_made(
        Assignment.objects.unscoped(),
        form_key,
        of={"received_id": held.pk, "assigned_by_id": by.pk},
        said={"caseworker_id": caseworker.pk},
    )
    if already is not None:
        return already
    moving.require(held, Move.ASSIGN)
    if in_place_of is not ... and held.caseworker_id != in_place_of:
        raise OutOfDate(SOMEBODY_WAS_FASTER)
    if held.caseworker_id == caseworker.pk:
        return held.assignments.in_force().get()
    if not colleagues_on(held.contract, by).filter(pk=caseworker.pk).exists():
        raise CannotBeAssigned(NOT_A_COLLEAGUE, code="no_grant")
    assignment = _replace(held, caseworker, by=by, form_key=form_key, at=at or timezone.now())
    audit.record(
        AuditAction.CASE_ASSIGNED, by=by, referral=held.pk, crn=held.crn, caseworker=caseworker.pk,
        is_first=held.caseworker_id is None,
    )  # fmt: skip
    outbox.enqueue(
        CASE_ASSIGNED,
        key=f"{CASE_ASSIGNED}:{assignment.pk}",
        referral=held.pk,
        receiver=caseworker_as_receiver(caseworker.pk),
        payload={"assignment": str(assignment.pk), "caseworker": str(caseworker.pk)},
    )
    announce(Event.ASSIGNED, held, about=assignment.pk)
    held.caseworker = caseworker
    held.save(update_fields=["caseworker"])
    moving.finish(held)
    transaction.on_commit(partial(count_again, by))
    return assignment


def _replace(
    held: ReceivedReferral, caseworker: User, *, by: User, form_key: UUID, at: datetime
) -> Assignment:
    held.assignments.in_force().update(superseded_at=at)
    assignment = Assignment(
        form_key=form_key, received=held, caseworker=caseworker, assigned_by=by, assigned_at=at
    )
    insert(assignment)
    return assignment
