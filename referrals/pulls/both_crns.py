"""Whom nDelius has under another CRN, beside whom we hold under this one: is it the same person?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from govuk.text import folded
from integrations.ndelius import client
from referrals.models import Referral
from referrals.pulls.limited import is_limited
from risk.redaction import keyed_hash


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a person is told from others. None or empty: not known."""

    name: str
    date_of_birth: date | None


@dataclass(frozen=True, slots=True)
class BothCrns:
    """``held`` is what we hold under the old CRN, ``found`` what nDelius has under the new one.

    ``is_limited``: nDelius limits who may see the person, or did not say. They are then not for everybody to see.
    """

    held: Identity
    found: Identity
    is_limited: bool

    @property
    def differences(self) -> tuple[str, ...]:
        """Names of what is not the same. What is not known on one side is not the same."""
        name = folded(self.held.name) != folded(self.found.name) or not folded(self.found.name)
        born = self.held.date_of_birth != self.found.date_of_birth or self.found.date_of_birth is None
        return (*(("name",) if name else ()), *(("date_of_birth",) if born else ()))

    @property
    def nothing_fits(self) -> bool:
        """Neither the name nor the date of birth is the same: most likely somebody else."""
        return len(self.differences) > 1

    @property
    def seen_as(self) -> str:
        """A keyed hash of whom nDelius has, for the page that showed them."""
        born = self.found.date_of_birth
        return keyed_hash([self.found.name, born.isoformat() if born else ""])


def compare(referral: Referral, new: str) -> BothCrns:
    """Ask nDelius about the new CRN. Raises NotFound and the other types of ``integrations.failures``."""
    person = client.person(new)
    found = Identity(f"{person.first_name} {person.last_name}".strip(), person.date_of_birth)
    return BothCrns(held_of(referral), found, is_limited(new) is not False)


def held_of(referral: Referral) -> Identity:
    """As the referral has them now: a sent one on the service provider's side, a draft on its own."""
    received = referral.received
    if received is not None:
        return Identity(received.person_name, received.person_date_of_birth)
    return Identity(referral.person_name, referral.date_of_birth)
