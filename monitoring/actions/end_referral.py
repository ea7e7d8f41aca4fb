"""The practitioner ends a referral (live service: withdraw, or close early; decision M3).

Before anybody attended a session the case is cancelled at once; afterwards the end of service report becomes due. What
that means is worked out here (``EndMeaning``). Either way, what was arranged for later is cancelled with it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import Refused
from govuk.template_filters import date_time
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.access.staff_names import People
from monitoring.actions import transition as moving
from monitoring.actions.announce import Event, announce
from monitoring.actions.close_appointments import close_what_is_left
from monitoring.actions.conclude_case import conclude_when_over
from monitoring.actions.standing import facts_of
from monitoring.models import ReceivedReferral
from monitoring.rules.end_reasons import EndMeaning, meaning_of, reasons_for
from monitoring.rules.moves import Move

LONGEST_COMMENTS = 2_500  # characters; live service's column
#: Outbox kind: tells the caseworker, in words for what the end means.
END_REQUESTED = "email.end_requested"


class UnknownReason(Refused):
    """The reason is not one that can be given, or not yet."""


@transaction.atomic
def request_end(
    *, received: ReceivedReferral, reason: str, comments: str, by: User, at: datetime | None = None
) -> ReceivedReferral:
    """Ask for the end, with one of the reasons that can be given now and comments. Answers the case as it stands then.

    The same again changes nothing. Raises Refused where the stage does not allow it or the referral was ended before
    (saying by whom), and UnknownReason.
    """
    held = moving.hold(received, by=by)
    asked_already = (held.end_requested_by_id, held.end_reason, held.end_comments) == (
        by.pk,
        reason,
        comments,
    )
    if asked_already:
        return held
    require_not_ended(held)
    if by.is_supplier:
        raise Refused("Only a probation practitioner can end a referral.", code="audience")
    attended = facts_of(held).sessions_attended
    if reason not in reasons_for(sessions_attended=attended):
        raise UnknownReason("You cannot use this reason for this referral.", code="reason")
    if not comments.strip() or len(comments) > LONGEST_COMMENTS:
        raise Refused(f"Comments must be between 1 and {LONGEST_COMMENTS:,} characters.", code="comments")
    now = at or timezone.now()
    held.end_requested_at, held.end_requested_by = now, by
    held.end_reason, held.end_comments = reason, comments
    held.save(update_fields=["end_requested_at", "end_requested_by", "end_reason", "end_comments"])
    cancelled = close_what_is_left(held, at=now)
    audit.record(
        AuditAction.END_REQUESTED,
        by=by,
        referral=held.pk,
        crn=held.crn,
        reason=reason,
        meaning=meaning_of(reason, sessions_attended=attended).value,
        cancelled=cancelled,
    )
    announce(Event.ENDED, held)
    conclude_when_over(held, by=by, at=now)
    outbox.enqueue(
        END_REQUESTED,
        key=f"{END_REQUESTED}:{held.pk}",
        referral=held.pk,
        receiver=caseworker_as_receiver(held.caseworker_id),
    )
    moving.finish(held)
    return held


def require_not_ended(received: ReceivedReferral) -> None:
    """Raise Refused where the referral cannot be ended now, or was ended before: then with who did it, and when."""
    if received.end_requested_at is not None:
        who = People([received.end_requested_by_id])[received.end_requested_by_id].name
        when = date_time(received.end_requested_at)
        raise Refused(f"{who} ended this referral on {when}. You cannot end it again.", code="stage")
    moving.require(received, Move.REQUEST_END)


def meaning_of_the_end(received: ReceivedReferral) -> EndMeaning:
    """What the end that was asked for means."""
    return meaning_of(received.end_reason, sessions_attended=facts_of(received).sessions_attended)
