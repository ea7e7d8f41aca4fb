"""Asking nDelius which team a practitioner is in.

nDelius says so of the responsible officer of a person, not of a user. So it is asked about somebody whom they manage.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from integrations.failures import NotFound
from integrations.ndelius import client

#: People who are asked about at most: of one or two the answer may be a prison manager, or a colleague by now.
ASKED_ABOUT = 3


@dataclass(frozen=True, slots=True)
class Team:
    """A team by its name, within its PDU: two PDUs may call a team the same."""

    pdu_code: str
    name: str


def team_of(user: User) -> Team | None:
    """Their team, or None when they manage nobody or nDelius names none. Raises UpstreamFailure."""
    if not user.ndelius_username:
        return None
    for crn in sorted(client.managed_crns(user.ndelius_username))[:ASKED_ABOUT]:
        try:
            officer = client.responsible_officer(crn)
        except NotFound:
            continue
        if officer.team and (officer.username or "").lower() == user.ndelius_username.lower():
            return Team(officer.pdu_code or "", officer.team)
    return None
