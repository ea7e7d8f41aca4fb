"""Arranging several delivery sessions at once: each by the rules of ``arrange_appointment``, all of them or none.

The sessions of the plan that have no appointment get the dates in order. nDelius is told of each in that order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from events.refusals import OutOfDate, Refused, SentBefore
from govuk.template_filters import date_time
from monitoring.actions import transition as moving
from monitoring.actions.arrange_appointment import (
    ARRANGED,
    SOMEBODY_WAS_FASTER,
    problems_with,
    row_for,
    tell,
)
from monitoring.actions.idempotency import FROM_ELSEWHERE, SAYS_OTHER, insert, refuse_other_words
from monitoring.models import Appointment, Closed, DeliverySession, Purpose, ReceivedReferral
from monitoring.rules import several_sessions as rules
from monitoring.rules.appointments import Arrangement
from monitoring.rules.moves import Move

NOTHING_TO_ARRANGE = "Every session of the action plan has an appointment, or has been recorded."
#: With such an appointment a session need not be arranged: it counts, or it was recorded.
TAKEN = ("", Closed.MISSED, Closed.NOT_HELD)


class SomeCannotBeArranged(Refused):
    """Nothing was arranged, because of these: what is wrong, by the place of the date among those sent."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        super().__init__("Some of these sessions cannot be arranged.", code="several")
        self.problems = problems


def free_sessions(received: ReceivedReferral) -> QuerySet[DeliverySession]:
    """The sessions that were never arranged, or whose appointment was cancelled, in order."""
    theirs = Appointment.objects.unscoped().filter(session=OuterRef("pk"), closed_as__in=TAKEN)
    return received.sessions.filter(~Exists(theirs)).order_by("number")


@transaction.atomic
def arrange_sessions(
    *,
    received: ReceivedReferral,
    arrangements: Sequence[Arrangement],
    numbers: Sequence[int],
    form_key: UUID,
    by: User,
    at: datetime | None = None,
) -> list[Appointment]:
    """An appointment for each arrangement, or none at all. The same form again changes nothing.

    ``numbers``: the sessions without an appointment as the page showed them; the first of them get the arrangements.
    Raises SentBefore for other words of the same form, SomeCannotBeArranged, Refused when the stage does not allow it,
    and OutOfDate when somebody has arranged one of these sessions meanwhile.
    """
    now = at or timezone.now()
    held = moving.hold(received, by=by)
    if already := _made_before(held, arrangements, form_key):
        return already
    moving.require(held, Move.ARRANGE_SESSION)
    sessions = [*free_sessions(held)[: len(arrangements)]]
    if not arrangements or not sessions:
        raise Refused(NOTHING_TO_ARRANGE, code="nothing")
    if [session.number for session in sessions] != [*numbers[: len(arrangements)]]:
        raise OutOfDate(SOMEBODY_WAS_FASTER)
    problems = wrong_with_each(held, arrangements, now=now)
    if problems:
        raise SomeCannotBeArranged(problems)
    made = []
    for place, (session, arrangement) in enumerate(zip(sessions, arrangements, strict=True)):
        appointment = row_for(held, session, arrangement, form_key=key_of(form_key, place), by=by, now=now)
        insert(appointment)
        tell(appointment, held, by=by)
        made.append(appointment)
    moving.finish(held)
    return made


def wrong_with_each(
    received: ReceivedReferral, arrangements: Sequence[Arrangement], *, now: datetime
) -> dict[int, str]:
    """What is wrong, by the place of each that cannot be arranged."""
    found, twice = {}, rules.overlapping(arrangements)
    problems = problems_with(received, arrangements, purpose=Purpose.SESSION, now=now)
    for place, (arrangement, problem) in enumerate(zip(arrangements, problems, strict=True)):
        if rules.is_past(arrangement, now=now):
            found[place] = rules.IN_THE_PAST
        elif problem is not None:
            found[place] = problem.reason
        elif place in twice:
            found[place] = rules.OVERLAPS
    return found


def key_of(form_key: UUID, place: int) -> UUID:
    """The key of one appointment of a form that makes several."""
    return uuid5(form_key, str(place))


def _made_before(
    received: ReceivedReferral, arrangements: Sequence[Arrangement], form_key: UUID
) -> list[Appointment]:
    """What the same form made before. Raises SentBefore when it says something else now."""
    keys = [key_of(form_key, place) for place in range(rules.MOST_AT_ONCE)]
    rows = Appointment.objects.unscoped().filter(form_key__in=keys).select_related("session")
    made = [*rows.order_by("session__number")]
    if any(one.received_id != received.pk for one in made):
        raise SentBefore(FROM_ELSEWHERE)
    if made and len(made) != len(arrangements):
        raise SentBefore(
            SAYS_OTHER,
            stored=[(str(one.session), date_time(one.starts_at)) for one in made],
            typed=[(f"Date {place}", date_time(one.starts_at)) for place, one in enumerate(arrangements, 1)],
        )
    for one, arrangement in zip(made, arrangements, strict=False):
        refuse_other_words(one, {name: getattr(arrangement, name) for name in ARRANGED})
    return made
