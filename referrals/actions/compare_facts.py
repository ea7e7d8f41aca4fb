"""Comparing a draft with the systems that its facts came from, and keeping what is another by now (promise 6).

Personal details follow nDelius (decision F4). Everything else stays as it was confirmed, beside what the system says.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.deadlines import deadline
from integrations.establishments import Establishments, establishments
from referrals.access.lock_draft import locked
from referrals.journey.records import CustodyFacts
from referrals.models import Referral
from referrals.pulls import differences as differ
from referrals.pulls.ask_again import SaidNow, ask_again, is_held
from referrals.pulls.compared_lately import note_compared, was_compared
from referrals.pulls.facts import FACTS, Call, Moment, calls_at
from referrals.pulls.person import put_person

#: Seconds for all systems together: nobody waits longer for a comparison. Sending less than anything (decision F8).
WITHIN = {Moment.ON_RESUME: 8.0, Moment.ON_CHECKING: 5.0, Moment.ON_SENDING: 3.0}
AT_THE_START = 2.0


@dataclass(frozen=True, slots=True)
class Compared:
    """``is_new``: a difference was found that did not stand before. ``is_changed``: the draft was written."""

    is_new: bool
    is_changed: bool
    troubles: tuple[str, ...]


def compare_facts(*, draft: Referral, by: User, moment: Moment) -> Compared:
    """Ask again, and keep what differs. A system that does not answer changes nothing; ``troubles`` names it.

    Check answers is opened again and again: when everything answered in the last minute, it asks nobody.
    """
    if moment is Moment.ON_CHECKING and was_compared(draft):
        return Compared(is_new=False, is_changed=False, troubles=())
    with deadline(WITHIN[moment]):
        said = ask_again(draft, calls_at(moment))
        places = establishments() if said.custody is not None else None
    troubles = tuple(said.troubles.values())
    if moment is not Moment.ON_RESUME and not _would_change(draft, said, places):
        compared, held = Compared(is_new=False, is_changed=False, troubles=troubles), draft
    else:
        compared, held = _keep(draft, said, places, by)
    if not troubles:
        note_compared(held)
    return compared


def _keep(
    draft: Referral, said: SaidNow, places: Establishments | None, by: User
) -> tuple[Compared, Referral]:
    """Write what differs. The draft as it then is."""
    with transaction.atomic():
        held = locked(draft, by)
        before = differ.seen_as(held)
        _take(held, said, places)
        held.save()
        _record(held, said, by)
    now = differ.seen_as(held)
    is_new = bool(now) and now != before
    return Compared(is_new=is_new, is_changed=True, troubles=tuple(said.troubles.values())), held


def _would_change(draft: Referral, said: SaidNow, places: Establishments | None) -> bool:
    """Most pages find nothing, and then write nothing."""
    tried = copy(draft)
    _take(tried, said, places)
    was, now = vars(draft), vars(tried)  # as loaded: what is encrypted need not be decrypted to be the same
    names = (field.attname for field in Referral._meta.concrete_fields)
    return any(was.get(name) != now.get(name) for name in names if name != "person_pulled_at")


def _take(held: Referral, said: SaidNow, places: Establishments | None) -> None:
    held.changed_outside = [one.as_kept() for one in _found(held, said, places)]
    kept, now = CustodyFacts.from_kept(held.custody_facts), said.custody
    if now is not None and kept is not None and replace(now, asked_at=kept.asked_at) != kept:
        held.custody_facts = now.as_kept()  # its pages then offer what the records say now


def begin_comparing(*, draft: Referral, by: User) -> None:
    """Keep whether nDelius limits who may see the person as the draft begins. Without an answer the next one counts."""
    if draft.is_sent or draft.was_limited is not None:
        return
    with deadline(AT_THE_START):
        said = ask_again(draft, frozenset({Call.ACCESS}))
    if said.is_limited is not None:
        with transaction.atomic():
            held = locked(draft, by)
            held.was_limited = said.is_limited
            held.save(update_fields=["was_limited"])


def _found(held: Referral, said: SaidNow, places: Establishments | None) -> list[differ.Difference]:
    """Of each system that answered what differs now; of one that did not, what stood before."""
    standing = differ.differences_of(held)
    is_confirmed = held.withheld_personal_fields is not None
    found: dict[Call, list[differ.Difference]] = {}
    if said.person is not None:
        before = differ.person_in_words(held)
        put_person(held, said.person, timezone.now())
        now = differ.person_in_words(held)
        found[Call.PERSON] = [*differ.of_person(before, now, standing)] if is_confirmed else []
    if said.is_unknown and is_confirmed:
        found[Call.PERSON] = [*differ.of_nobody(held, standing)]
    if said.is_limited is not None:
        found[Call.ACCESS] = [*differ.of_access(held.was_limited, said.is_limited)]
    if said.officer is not None:
        found[Call.OFFICER] = [*differ.of_officer(held, said.officer)]
    if said.sentences is not None:
        found[Call.SENTENCES] = [*differ.of_sentence(held, said.sentences)]
    if said.custody is not None and places is not None:
        found[Call.CUSTODY] = [*differ.of_custody(held, said.custody, standing, places)]
    asked_by = {fact.question: fact.call for fact in FACTS} | {"allocation": Call.OFFICER}
    silent = {call for call in Call if call not in found and is_held(held, call)}
    kept = [one for one in standing if asked_by[one.question] in silent]
    return kept + [one for differences in found.values() for one in differences]


def _record(held: Referral, said: SaidNow, by: User) -> None:
    for action, answer in (
        (AuditAction.PERSON_PULLED, said.person),
        (AuditAction.PRACTITIONER_PULLED, said.officer),
        (AuditAction.CUSTODY_PULLED, said.custody),
    ):
        if answer is not None:
            audit.record(action, by=by, referral=held.pk, crn=held.crn)
