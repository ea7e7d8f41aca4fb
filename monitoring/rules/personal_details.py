"""The personal details that a service provider reads, one by one: their words, and which differ between two versions.

Values in, words out. Must not know where a value came from, nor who kept one back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from govuk.template_filters import date
from monitoring.handover import labels
from monitoring.handover.acceptance import MAY_BE_WITHHELD
from monitoring.handover.contents import SharedPerson


@dataclass(frozen=True, slots=True)
class PersonalDetail:
    """One detail. ``key`` is its name where it can be kept back; ``fields`` are those of the handover."""

    key: str
    label: str
    fields: tuple[str, ...]
    said: Callable[[SharedPerson], str]

    @property
    def part(self) -> str:
        """What it is part of in the disclosure record (``monitoring.rules.shared_parts``)."""
        return f"person.{self.key}" if self.key in MAY_BE_WITHHELD else "identity"

    def words(self, person: SharedPerson) -> str:
        """On one line, as the change log has it."""
        return self.said(person) or labels.NOT_FOUND

    def differs(self, person: SharedPerson, other: SharedPerson) -> bool:
        """Whether the two say something else of it."""
        return any(getattr(person, name) != getattr(other, name) for name in self.fields)


def address_of(person: SharedPerson) -> tuple[str, ...]:
    """The lines of the address; that there is no fixed abode stands first."""
    return (*(("No fixed abode",) if person.no_fixed_abode else ()), *person.address_lines)


def _plain(key: str, label: str) -> PersonalDetail:
    return PersonalDetail(key, label, (key,), lambda person: str(getattr(person, key)))


DETAILS: Final[tuple[PersonalDetail, ...]] = (
    _plain("first_name", labels.FIRST_NAME),
    _plain("last_name", labels.LAST_NAME),
    PersonalDetail(
        "date_of_birth",
        labels.DATE_OF_BIRTH,
        ("date_of_birth",),
        lambda person: date(person.date_of_birth),
    ),
    PersonalDetail(
        "address",
        labels.ADDRESS,
        MAY_BE_WITHHELD["address"],
        lambda person: ", ".join(address_of(person)),
    ),
    _plain("telephone", labels.PHONE),
    _plain("mobile", labels.MOBILE),
    _plain("email", labels.EMAIL),
    _plain("sex", labels.SEX),
    _plain("ethnicity", labels.ETHNICITY),
    _plain("preferred_language", labels.PREFERRED_LANGUAGE),
    PersonalDetail(
        "disabilities",
        labels.DISABILITIES,
        ("disabilities",),
        lambda person: ", ".join(person.disabilities),
    ),
    _plain("religion_or_belief", labels.RELIGION),
)


def differing(person: SharedPerson, other: SharedPerson) -> list[PersonalDetail]:
    """The details of which the two say something else, in the order of the page."""
    return [detail for detail in DETAILS if detail.differs(person, other)]


def lines(person: SharedPerson, details: Iterable[PersonalDetail]) -> str:
    """These details of a person, a line for each."""
    return "\n".join(f"{detail.label}: {detail.words(person)}" for detail in details)
