"""nDelius and prison records as a test says they are by now, and one person asked about without waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from integrations.failures import NotFound, Unavailable
from integrations.ndelius import client
from integrations.ndelius.types import Access, Person, ResponsibleOfficer
from integrations.prisoner_search.types import Custody, Whereabouts
from monitoring.models import ReceivedReferral
from referrals.actions.compare_sent import compare_person
from referrals.models import Referral
from referrals.pulls import ask_again
from referrals.pulls.limited import NOBODY
from referrals.pulls.people_to_ask import Claimed

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


class Records:
    """What the systems say of everybody, unless changed; ``asked`` counts their calls."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[str, str]] = []
        self.person: dict[str, Any] = {}
        self.officer: dict[str, Any] | None = {}
        self.is_limited: bool | None = False
        self.custody: Custody | None = None
        self.failing: dict[str, BaseException] = {}  # by what is asked
        self.fails_for: dict[str, Exception] = {}  # by CRN, asked for personal details
        self._person, self._officer = client.person, client.responsible_officer
        patch.setattr(client, "person", self._count("person", self._say_person))
        patch.setattr(client, "responsible_officer", self._count("officer", self._say_officer))
        patch.setattr(client, "access", self._count("access", self._say_access))
        patch.setattr(ask_again, "custody_of", self._count("custody", lambda crn: self.custody))

    def is_silent(self, *calls: str) -> None:
        """These do not answer from now on."""
        self.failing |= {call: Unavailable("ndelius", call) for call in calls}

    def has_nobody(self) -> None:
        """nDelius does not know the CRN any more."""
        self.failing["person"] = NotFound("ndelius", "person")

    def held_in(self, code: str | None, release: date | None = None, **more: Any) -> None:
        """Where prison records have the person."""
        self.custody = replace(
            Custody(
                "A9812ZZ", code, Whereabouts.IN, release, release_date_is_confirmed=False, legal_status=None
            ),
            **more,
        )

    def _count(self, name: str, say: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any) -> Any:
            self.asked.append((name, args[-1][0] if name == "access" else args[0]))
            if name in self.failing:
                raise self.failing[name]
            return say(*args)

        return asked

    def _say_person(self, crn: str) -> Person:
        if crn in self.fails_for:
            raise self.fails_for[crn]
        return replace(self._person(crn), **self.person)

    def _say_officer(self, crn: str) -> ResponsibleOfficer:
        if self.officer is None:
            raise NotFound("ndelius", "responsible_officer")
        return replace(self._officer(crn), **self.officer)

    def _say_access(self, username: str, crns: list[str]) -> dict[str, Access]:
        """Whoever is limited is open to those who follow the case, and to nobody else."""
        is_anybody = username == NOBODY
        answer = Access(
            excluded=is_anybody and bool(self.is_limited),
            restricted=False,
            was_answered=not is_anybody or self.is_limited is not None,
        )
        return dict.fromkeys(crns, answer)


def compare(referral: Referral, *, day: int = 0) -> bool:
    """Ask about its person, so many days later."""
    return compare_person(Claimed(referral.crn, NOON + timedelta(days=day)))


def received_of(referral: Referral) -> ReceivedReferral:
    """What the service provider has of it now."""
    return ReceivedReferral.objects.unscoped().get(pk=referral.received_id)


CARL: dict[str, Any] = {"name": "Carl Carr", "email": "carl.carr@justice.gov.uk", "username": "C.CARR"}
