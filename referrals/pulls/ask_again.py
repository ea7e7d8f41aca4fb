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
from referrals.journey.records import CustodyFacts, OfficerInNdelius
from referrals.models import Location, Referral
from referrals.pulls.facts import Call
from referrals.pulls.limited import is_limited

NO_LONGER_KNOWN = (
    "nDelius no longer has this CRN, so these are the personal details from the last time we checked."
)
NOT_REFRESHED = "so these are the personal details from the last time we checked."
NOT_COMPARED = "so we could not check if your answers still match."


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
    for call, ask in _ASK.items():
        if call in calls and is_held(draft, call):
            _try(said, call, ask, draft)
    return said


def _try(said: SaidNow, call: Call, ask: Callable[[Referral], dict[str, Any]], draft: Referral) -> None:
    try:
        for name, value in ask(draft).items():
            setattr(said, name, value)
    except NotFound:
        if call is Call.PERSON:
            said.is_unknown = True
            said.troubles[NDELIUS.name] = NO_LONGER_KNOWN
    except UpstreamFailure as failure:
        system = NDELIUS if failure.system == client.SYSTEM else PRISON_RECORDS
        meaning = NOT_REFRESHED if call is Call.PERSON else NOT_COMPARED
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


def _officer(draft: Referral) -> dict[str, Any]:
    try:
        return {"officer": OfficerInNdelius.of(client.responsible_officer(draft.crn))}
    except NotFound:
        return {"officer": OfficerInNdelius()}


_ASK: dict[Call, Callable[[Referral], dict[str, Any]]] = {
    Call.PERSON: lambda draft: {"person": client.person(draft.crn)},
    Call.ACCESS: lambda draft: {"is_limited": is_limited(draft.crn)},
    Call.OFFICER: _officer,
    Call.SENTENCES: lambda draft: {"sentences": client.active_sentences(draft.crn)},
    Call.CUSTODY: lambda draft: {"custody": CustodyFacts.of(custody_of(draft.crn), timezone.now())},
}
