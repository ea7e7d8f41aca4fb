"""People looked up by CRN to find a service for them, kept in the practitioner's web session.

Each under a key of its own that says nothing about them: the key stands in addresses, the CRN never does, and several
people can be worked on in several tabs. The keys of one web session mean nothing in another.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest

from interventions.finding import remembered_search
from referrals.finding.needs_to_match import NeedsToMatch

IN_WEB_SESSION = "people_looked_up"
MOST = 20  # people kept at once; the one looked up longest ago goes first


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Somebody who was looked up. ``region``: the letter of the region that supervises them, empty when not known."""

    crn: str
    region: str = ""
    is_confirmed: bool = False
    needs: NeedsToMatch = field(default_factory=NeedsToMatch)

    @classmethod
    def from_web_session(cls, kept: dict[str, Any]) -> LookedUp:
        """As it was kept, perhaps by the version before this one."""
        return cls(**kept | {"needs": NeedsToMatch(**kept.get("needs", {}))})


def keep(request: HttpRequest, crn: str) -> UUID:
    """Keep somebody who was just looked up, and answer their key."""
    key = uuid4()
    people = request.session.get(IN_WEB_SESSION, {}) | {str(key): asdict(LookedUp(crn))}
    for oldest in list(people)[:-MOST]:
        remembered_search.forget(request, list_of(UUID(oldest)))
        del people[oldest]
    request.session[IN_WEB_SESSION] = people
    return key


def find(request: HttpRequest, key: UUID) -> LookedUp | None:
    """Who was looked up under this key in this web session."""
    kept = request.session.get(IN_WEB_SESSION, {}).get(str(key))
    return LookedUp.from_web_session(kept) if kept else None


def confirm(request: HttpRequest, key: UUID, *, region: str, needs: NeedsToMatch) -> None:
    """Say that the practitioner knows this to be the right person."""
    people = request.session[IN_WEB_SESSION]
    person = LookedUp.from_web_session(people[str(key)])
    people[str(key)] = asdict(replace(person, is_confirmed=True, region=region, needs=needs))
    request.session[IN_WEB_SESSION] = people


def list_of(key: UUID) -> str:
    """The name under which what is looked for in the list of this person's services is remembered."""
    return f"person.{key}"
