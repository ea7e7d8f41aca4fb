"""Asking the other systems again about a draft: what they say now, and who did not answer. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from integrations.custody import custody_of
from integrations.failure_wording import NDELIUS, PRISON_RECORDS, said_of
from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from integrations.ndelius.types import Person, Sentences
from integrations.prisoner_search.client import SYSTEM as PRISON
from integrations.transport import is_connected
from referrals.journey.records import CustodyFacts, OfficerInNdelius
from referrals.models import Location, Referral
from referrals.pulls.facts import Call
from referrals.pulls.limited import is_limited

NO_LONGER_KNOWN = (
    "nDelius no longer has this CRN, so these are the personal details from the last time we checked."
)
NOT_REFRESHED = "so these are the personal details from the last time we checked."
NOT_SAID = "nDelius did not say who may see this person’s record."
NOT_COMPARED = "so we could not check if your answers still match."
NOT_COMPARED_AFTER_SENDING = "so we could not check if what the service provider sees is still right."


@dataclass(slots=True)
class SaidNow:
    """What each system says; None where it was not asked, or did not answer (``troubles`` says why, by system)."""

    person: Person | None = None
    is_unknown: bool = False  # nDelius has nobody of this CRN any more
    is_limited: bool | None = None
    officer: OfficerInNdelius | None = None
    sentences: Sentences | None = None
    custody: CustodyFacts | None = None
    troubles: dict[str, str] = field(default_factory=dict)


def ask_again(draft: Referral, calls: frozenset[Call]) -> SaidNow:
    """Ask for what this draft holds of these calls. Outside any transaction, within the deadline of the caller."""
    said = SaidNow()
    for call in _ASK:
        if call in calls and is_held(draft, call):
            _try(said, call, draft.crn, NOT_REFRESHED if call is Call.PERSON else NOT_COMPARED)
    return said


def ask_after_sending(crn: str, *, is_in_custody: bool) -> SaidNow:
    """Ask about a person with open cases, as ``ask_again``: the personal details once, whatever cases they have.

    Who may see them is asked first. Without an answer nothing else is asked: nothing could be done with it. Nor is
    anything else of somebody whom nDelius does not have.
    """
    said = SaidNow()
    _try(said, Call.ACCESS, crn, NOT_COMPARED_AFTER_SENDING)
    if said.is_limited is None:
        said.troubles.setdefault(NDELIUS.name, NOT_SAID)
        return said
    for call in AFTER_SENDING:
        is_of_use = call is not Call.CUSTODY or (is_in_custody and is_connected(PRISON))
        if is_of_use and not said.is_unknown:
            _try(said, call, crn, NOT_COMPARED_AFTER_SENDING)
    return said


def _try(said: SaidNow, call: Call, crn: str, meaning: str) -> None:
    try:
        for name, value in _ASK[call](crn).items():
            setattr(said, name, value)
    except NotFound:
        if call is Call.PERSON:
            said.is_unknown = True
            said.troubles[NDELIUS.name] = NO_LONGER_KNOWN
    except UpstreamFailure as failure:
        system = NDELIUS if failure.system == client.SYSTEM else PRISON_RECORDS
        said.troubles.setdefault(system.name, said_of(system, failure, meaning))


def is_held(draft: Referral, call: Call) -> bool:
    """Whether the draft has an answer of this call that could be another by now."""
    match call:
        case Call.OFFICER:
            return draft.practitioner_in_ndelius is not None
        case Call.SENTENCES:
            return draft.sentence_id is not None
        case Call.CUSTODY:
            return draft.current_location == Location.CUSTODY and draft.custody_facts is not None
    return True


def _officer(crn: str) -> dict[str, Any]:
    try:
        return {"officer": OfficerInNdelius.of(client.responsible_officer(crn))}
    except NotFound:
        return {"officer": OfficerInNdelius()}


_ASK: dict[Call, Callable[[str], dict[str, Any]]] = {
    Call.PERSON: lambda crn: {"person": client.person(crn)},
    Call.ACCESS: lambda crn: {"is_limited": is_limited(crn)},
    Call.OFFICER: _officer,
    Call.SENTENCES: lambda crn: {"sentences": client.active_sentences(crn)},
    Call.CUSTODY: lambda crn: {"custody": CustodyFacts.of(custody_of(crn), timezone.now())},
}
#: What is asked after sending once it is known who may see the person, in order.
AFTER_SENDING = (Call.PERSON, Call.OFFICER, Call.CUSTODY)
