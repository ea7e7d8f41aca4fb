"""What a practitioner decides about details that nDelius or prison records have changed: update the referral, or not.

Theirs to decide where the referral does not follow by itself: the record of the person is limited, or what is shared
was changed by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import OutOfDate, Refused
from integrations.establishments import Establishments
from monitoring.actions.follow_records import follow_records
from monitoring.models import Topic
from monitoring.rules.amendments import OF_THE_PRACTITIONER
from monitoring.rules.moves import CONCLUDED
from monitoring.rules.version_seen import fingerprint
from referrals.actions.compare_sent import keep, undecided
from referrals.actions.hold_case import hold_open_case
from referrals.models import Referral
from referrals.pulls.ask_again import SaidNow
from referrals.pulls.since_sending import (
    ESTABLISHMENT,
    PRACTITIONER,
    RELEASE_DATE,
    Compared,
    compared,
    key_of,
    taking,
)

CHANGED = "The details have changed since you opened this page. Check them again."
NOT_ANSWERED = "We could not check these details again, so your decision has not been saved."


def seen_as(differing: Sequence[Compared]) -> str:
    """A fingerprint that the page carries: what it showed of each, on both sides."""
    return fingerprint(*((detail.key, detail.shared_value, detail.value) for detail in differing))


@transaction.atomic
def decide_records(
    *,
    referral: Referral,
    said: SaidNow,
    places: Establishments | None,
    take: Collection[str],
    keeps: bool,
    seen: str,
    by: User,
) -> int:
    """Update the referral with the details that are named in ``take``; ``keeps``: leave the others as they are shared.

    How many were updated. A detail that is left so is asked about again when the system changes it once more. Raises
    OutOfDate when ``seen`` is not what differs now, also because a system did not answer, unless all of it was done
    before; Refused once the case has ended.
    """
    case = hold_open_case(referral.pk)
    if case is None:
        raise Refused(CONCLUDED, code="stage")
    held, received, check = case
    found = compared(held, received, said, places)
    differing = undecided(found, check)
    if seen != seen_as(differing):
        same = {detail.key for detail in found if detail.is_same}
        if (take and same.issuperset(take)) or (keeps and not differing and not said.troubles):
            return 0  # pressed twice
        raise OutOfDate(NOT_ANSWERED if said.troubles else CHANGED)
    # Whom the service provider contacts is accepted on a page of its own.
    taken = [
        detail
        for detail in differing
        if detail.key in take and detail.amendment and detail.key != PRACTITIONER
    ]
    follow_records(received=received, said=taking(taken, received), by=by, at=timezone.now())
    left = [detail for detail in differing if detail not in taken]
    for detail in left if keeps else ():
        detail.settle(check, is_agreed=False)
    keep(check, found, taken, [] if keeps else left)
    check.save()
    audit.record(
        AuditAction.RECORDS_DECIDED, by=by, referral=held.pk, crn=held.crn,
        taken=len(taken), kept=len(left) if keeps else 0,
    )  # fmt: skip
    return len(taken)


#: Which detail a change by hand decides about.
DECIDES: Mapping[Topic, str] = {
    Topic.ESTABLISHMENT: ESTABLISHMENT,
    Topic.RELEASE_DATE: RELEASE_DATE,
    **dict.fromkeys((*OF_THE_PRACTITIONER, Topic.PRACTITIONER), PRACTITIONER),
}


@transaction.atomic
def decided_by_hand(*, referral: Referral, topic: Topic) -> None:
    """A practitioner has just changed an item that the records have otherwise: what they have then is decided about."""
    case = hold_open_case(referral.pk)
    if case is None or topic not in DECIDES:
        return
    _, _, check = case
    for name, value in check.waiting.items():
        if key_of(name) == DECIDES[topic]:
            check.settled[DECIDES[topic]] = value
            check.differs = [[other, kept] for other, kept in check.differs if other != name]
            check.save()
