"""The person on the practitioner's pages: the banner of every page of a draft, and who was found for a CRN."""

from __future__ import annotations

from dataclasses import dataclass

from govuk.template_filters import date
from integrations.ndelius.types import Person
from referrals.models import Referral

NOT_FOUND = "Not found"  # the seed's word


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
            phone=draft.mobile or draft.telephone or NOT_FOUND,
            email=draft.email or NOT_FOUND,
        )

    @classmethod
    def of_person(cls, person: Person) -> Banner:
        """The banner before there is a draft, from what nDelius says now."""
        return cls(
            name=person.name,
            crn=person.crn,
            date_of_birth=date(person.date_of_birth) or NOT_FOUND,
            phone=person.mobile or person.telephone or NOT_FOUND,
            email=person.email or NOT_FOUND,
        )


@dataclass(frozen=True, slots=True)
class ConfirmPerson:
    """Who was found for a CRN."""

    name: str
    crn: str
    date_of_birth: str
    sex: str
    address: str

    @classmethod
    def of(cls, person: Person) -> ConfirmPerson:
        """In words."""
        address = ", ".join(person.address_lines) or (
            "No fixed abode" if person.no_fixed_abode else NOT_FOUND
        )
        return cls(
            name=person.name,
            crn=person.crn,
            date_of_birth=date(person.date_of_birth) or NOT_FOUND,
            sex=person.sex or NOT_FOUND,
            address=address,
        )
