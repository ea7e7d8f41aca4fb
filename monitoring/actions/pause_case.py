"""Holding the clocks of a case still for a while, with a reason, and letting them go on. Pauses are kept as history."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import OutOfDate, Refused
from monitoring.actions import transition as moving
from monitoring.actions.idempotency import already_made, insert
from monitoring.models import Pause, ReceivedReferral
from monitoring.rules.case_facts import day_of
from monitoring.rules.moves import Move


class WrongDay(Refused):
    """A pause cannot begin or end on that day; the reason is fit to stand at the field."""


@transaction.atomic
def pause(
    *,
    received: ReceivedReferral,
    starts_on: date,
    reason: str,
    by: User,
    form_key: UUID,
    at: datetime | None = None,
) -> Pause:
    """Hold the clocks from ``starts_on``, which is not before the referral was received and not in the future.

    The same form again changes nothing. Raises SentBefore for other words of it, WrongDay, and Refused while another
    pause is going on.
    """
    held = moving.hold(received, by=by)
    already = already_made(
        Pause.objects.unscoped(),
        form_key,
        of={"received_id": held.pk, "set_by_id": by.pk},
        said={"starts_on": starts_on, "reason": reason},
    )
    if already is not None:
        return already
    moving.require(held, Move.PAUSE)
    if held.pauses.going_on().exists():
        raise Refused("The time limits for this case are already paused.", code="paused")
    now = at or timezone.now()
    _check_start(held, starts_on, today=timezone.localdate(now))
    row = Pause(form_key=form_key, received=held, starts_on=starts_on, reason=reason, set_by=by, set_at=now)
    insert(row)
    audit.record(AuditAction.CASE_PAUSED, by=by, referral=held.pk, crn=held.crn)
    moving.finish(held)
    return row


@transaction.atomic
def resume(
    *, received: ReceivedReferral, pause: UUID, ends_on: date, by: User, at: datetime | None = None
) -> Pause:
    """Let the clocks go on: ``ends_on`` is the last day that does not count. One that has ended stays as it is."""
    held = moving.begin(received, Move.RESUME, by=by)
    row = held.pauses.filter(pk=pause).first()
    if row is None:
        raise OutOfDate("We could not find this pause.")
    if not row.is_going_on:
        return row
    if ends_on < row.starts_on:
        raise WrongDay("The last day of the pause must be the same as or after its first day", code="day")
    if ends_on > timezone.localdate(at):
        raise WrongDay("The last day of the pause must be today or in the past", code="day")
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    audit.record(AuditAction.CASE_RESUMED, by=by, referral=held.pk, crn=held.crn)
    moving.finish(held)
    return row


def _check_start(held: ReceivedReferral, starts_on: date, *, today: date) -> None:
    if starts_on > today:
        raise WrongDay("The first day of the pause must be today or in the past", code="day")
    if starts_on < day_of(held.received_at):
        raise WrongDay("The first day of the pause must not be before the referral was received", code="day")
    if held.pauses.filter(starts_on__lte=starts_on, ends_on__gte=starts_on).exists():
        raise WrongDay("The first day of the pause must be after the pause before it", code="day")
