"""Asking nDelius which team a practitioner is in.

nDelius says so of the responsible officer of a person, not of a user. So it is asked about somebody whom they manage.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from integrations.failures import NotFound
from integrations.ndelius import client
from referrals.access.managed import managed_crns

#: People who are asked about at most: of one or two the answer may be a prison manager, or a colleague by now.
ASKED_ABOUT = 3
LONGEST_CODE, LONGEST_NAME = 60, 200  # characters that are kept


@dataclass(frozen=True, slots=True)
class Team:
    """A team by its code: two teams may be called the same, and without a code nobody knows whether they are one."""

    code: str
    name: str = field(compare=False)


def team_of(user: User) -> Team | None:
    """Their team, or None when they manage nobody or nDelius names none with a code. Raises UpstreamFailure."""
    if not user.ndelius_username:
        return None
    managed, failure = managed_crns(user)
    if failure is not None:
        raise failure
    for crn in sorted(managed)[:ASKED_ABOUT]:
        try:
            officer = client.responsible_officer(crn)
        except NotFound:
            continue
        code = officer.team_code or ""
        if (
            0 < len(code) <= LONGEST_CODE
            and (officer.username or "").lower() == user.ndelius_username.lower()
        ):
            return Team(code, (officer.team or "")[:LONGEST_NAME])
    return None
