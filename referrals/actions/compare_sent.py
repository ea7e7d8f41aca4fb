"""Comparing the open cases of one person with the systems that their facts came from (promise 6, decision F4).

Where nobody decided otherwise, the referral follows. What a practitioner changed by hand is never overwritten, and of
somebody whose record is limited nothing is copied: it is shown to the practitioner, who decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID

from django.db import transaction

from events import audit
from events.models import AuditAction
from events.one_by_one import OneByOne
from integrations.deadlines import deadline
from integrations.establishments import Establishments, establishments
from monitoring.actions.follow_records import follow_records
from monitoring.models import Topic
from referrals.actions.crn_not_found import crn_not_found
from referrals.actions.hold_case import hold_open_case
from referrals.actions.tell_of_records import About, tell
from referrals.models import CaseCheck, Location, Referral
from referrals.pulls.ask_again import SaidNow, ask_after_sending
from referrals.pulls.people_to_ask import Claimed, open_cases, settle
from referrals.pulls.since_sending import (
    NO_PRACTITIONER,
    PRACTITIONER,
    Compared,
    compared,
    key_of,
    taking,
)

#: Seconds for all systems together. Nobody waits, but for the next person.
WITHIN = 10.0


def compare_person(claimed: Claimed) -> bool:
    """Ask about one person, and bring their open cases up to date; whether nDelius answered. Outside any transaction.

    However it went, the person is not asked about again for 24 hours; unless the process was killed.
    """
    try:
        answered = _compare(claimed)
    except Exception:
        settle(claimed)
        raise
    settle(claimed)
    return answered


def _compare(claimed: Claimed) -> bool:
    cases = [*open_cases().filter(crn=claimed.crn).select_related("received").order_by("sent_at", "pk")]
    if not cases:
        return True
    is_in_custody = any(case.received and case.received.location == Location.CUSTODY for case in cases)
    with deadline(WITHIN):
        said = ask_after_sending(claimed.crn, is_in_custody=is_in_custody)
        places = establishments() if said.custody is not None else None
    audit.record(AuditAction.RECORDS_COMPARED, by=None, crn=claimed.crn, cases=len(cases))
    if said.is_unknown:
        crn_not_found(claimed.crn, at=claimed.at)
        return True
    with OneByOne() as each:
        take = partial(_bring_up_to_date, crn=claimed.crn, said=said, places=places, at=claimed.at)
        [*each([case.pk for case in cases], take)]
    return said.person is not None


@transaction.atomic
def _bring_up_to_date(
    referral_id: UUID, *, crn: str, said: SaidNow, places: Establishments | None, at: datetime
) -> None:
    """One case, if it is still open, and its CRN is still the one that was asked about."""
    case = hold_open_case(referral_id)
    if case is None or case[1].crn != crn:
        return
    referral, received, check = case
    check.checked_at, check.silent = at, sorted(said.troubles)
    if said.person is not None:
        check.not_found_at = None
    _note_limits(check, referral, said.is_limited, at)
    found = compared(referral, received, said, places)
    follow, held = sort(found, check, is_limited=said.is_limited is not False)
    changes = follow_records(received=received, said=taking(follow, received), at=at)
    keep(check, found, follow, held)
    if any(change.topic == Topic.PRACTITIONER for change in changes):
        tell(referral, About.REPLACED, once=at.isoformat())
    _tell_of(held, check, referral, at)
    check.save()


def undecided(found: Sequence[Compared], check: CaseCheck) -> list[Compared]:
    """What differs, and was neither taken nor decided about."""
    return [detail for detail in found if not detail.is_same and not detail.is_settled(check)]


def sort(
    found: Sequence[Compared], check: CaseCheck, *, is_limited: bool
) -> tuple[list[Compared], list[Compared]]:
    """Of what differs, what the referral follows now, and what waits for the practitioner."""
    differing = undecided(found, check)
    follow = [detail for detail in differing if detail.amendment and detail.follows(check) and not is_limited]
    return follow, [detail for detail in differing if detail not in follow]


def keep(
    check: CaseCheck, found: Sequence[Compared], taken: Sequence[Compared], held: Sequence[Compared]
) -> None:
    """Keep what is the same by now, and the names of what waits. Of a system that did not answer, those of before."""
    for detail in found:
        if detail.is_same or detail in taken:
            detail.settle(check, is_agreed=True)
    answered = {detail.key for detail in found}
    waiting = {name: value for name, value in check.waiting.items() if key_of(name) not in answered}
    waiting |= {detail.kept_as: check.hash_of(detail.key, detail.value) for detail in held}
    check.differs = sorted([name, value] for name, value in waiting.items())


def _note_limits(check: CaseCheck, referral: Referral, is_limited: bool | None, at: datetime) -> None:
    """Whether nDelius limits who may see the person: a change is told. Without an answer nothing changes."""
    was = check.is_limited
    if is_limited is None or was == is_limited:
        return
    check.is_limited = is_limited
    if was is None and not is_limited:
        return
    audit.record(
        AuditAction.LIMITS_CHANGED, by=None, referral=referral.pk, crn=referral.crn, limited=is_limited
    )
    tell(referral, About.LIMITED if is_limited else About.NOT_LIMITED, once=at.isoformat())


def _tell_of(held: Sequence[Compared], check: CaseCheck, referral: Referral, at: datetime) -> None:
    """Of what waits, once for each set of differences, with those of before where a system did not answer."""
    seen_as = check.hash_of(*chain.from_iterable(check.differs)) if check.differs else ""
    is_told, check.told = seen_as in ("", check.told), seen_as
    if is_told:
        return
    names = {detail.kept_as for detail in held}
    if PRACTITIONER in names:
        tell(referral, About.ANOTHER, once=at.isoformat())
    if NO_PRACTITIONER in names:
        tell(referral, About.NOBODY, once=at.isoformat())
    if names - {PRACTITIONER, NO_PRACTITIONER}:
        tell(referral, About.DIFFERS, once=at.isoformat())
