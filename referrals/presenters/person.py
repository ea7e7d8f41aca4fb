"""The person on the practitioner's pages: the banner of every page of a draft, and who was found for a CRN."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from govuk.template_filters import date
from integrations.failure_wording import NDELIUS, not_known
from integrations.ndelius.types import Person
from referrals.journey.personal_details import LABELS
from referrals.models import Referral

NOT_FOUND = "Not found"  # the seed's word
NOT_KNOWN = "Not known"  # nDelius sent a value that we cannot read


def _gap(unread: Collection[str], *facts: str) -> str:
    """What stands for a missing value: nDelius holds none, or sent one that cannot be read."""
    return NOT_FOUND if set(facts).isdisjoint(unread) else NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Banner:
    """Whom the page is about (seed: the person banner)."""

    name: str
    crn: str
    date_of_birth: str
    phone: str
    email: str

    @classmethod
    def of(cls, draft: Referral) -> Banner:
        """The banner of a draft, from what was last pulled."""
        return cls(
            name=draft.person_name,
            crn=draft.crn,
            date_of_birth=date(draft.date_of_birth),
            phone=draft.mobile or draft.telephone or _gap(draft.unread_in_ndelius, "mobile", "telephone"),
            email=draft.email or _gap(draft.unread_in_ndelius, "email"),
        )

    @classmethod
    def of_person(cls, person: Person) -> Banner:
        """The banner before there is a draft, from what nDelius says now."""
        return cls(
            name=person.name or NOT_KNOWN,
            crn=person.crn,
            date_of_birth=date(person.date_of_birth) or _gap(person.unread, "date_of_birth"),
            phone=person.mobile or person.telephone or _gap(person.unread, "mobile", "telephone"),
            email=person.email or _gap(person.unread, "email"),
        )


@dataclass(frozen=True, slots=True)
class ConfirmPerson:
    """Who was found for a CRN."""

    name: str
    crn: str
    date_of_birth: str
    sex: str
    address: str
    not_known: str = ""  # that nDelius sent something that we cannot read

    @classmethod
    def of(cls, person: Person) -> ConfirmPerson:
        """In words."""
        address = ", ".join(person.address_lines) or (
            "No fixed abode" if person.no_fixed_abode else _gap(person.unread, "address_lines")
        )
        return cls(
            name=person.name or NOT_KNOWN,
            crn=person.crn,
            date_of_birth=date(person.date_of_birth) or _gap(person.unread, "date_of_birth"),
            sex=person.sex or _gap(person.unread, "sex"),
            address=address,
            not_known=not_known(NDELIUS, [LABELS[fact] for fact in LABELS if fact in person.unread]),
        )
