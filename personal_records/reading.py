"""Everything that is held about one person, row by row, as plain values with their labels.

One statement a table and a handful to find the person's referrals, however many rows there are. Unshared text is not
read unless told: a row says only that something is held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, Q, QuerySet

from accounts.folded import FoldedField, FoldedTextField
from accounts.models import User
from encryption.fields import PLAIN, Stored
from encryption.referral_keys import KeyDestroyed
from events.crn_changes.models import CrnChange
from events.crn_changes.numbers import numbers_of
from govuk.template_filters import date as day_in_words
from govuk.template_filters import date_time
from monitoring.models import ReceivedReferral
from personal_records.held import HELD, LABELS, By, Held
from referrals.models import Referral

AT_ONCE = 200  # rows in memory
NOT_EXPORTED = "Held, not shared. Not in this export."
UNREADABLE = "Held until it was shared or deleted. Its key was destroyed, so no one can read it."
LEFT_OUT = ("form_key", "key")  # of a form, not of a person; a section's key is a choice, and stays


@dataclass(frozen=True, slots=True)
class Value:
    """One column of a row: its name, its label, the value for a machine, and the value in words."""

    name: str
    label: str
    value: Any
    words: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row."""

    label: str
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Person:
    """A person's CRNs, and the ids of their referrals on each side.

    ``others``: ids of referrals of other people that were taken for theirs for a while, by a correction since undone.
    """

    numbers: frozenset[str]
    referrals: list[UUID]
    cases: list[UUID]
    others: list[UUID]

    @classmethod
    def with_crn(cls, crn: str) -> Person:
        """Looked up by any of their CRNs."""
        numbers = numbers_of(crn)
        undone = CrnChange.objects.filter(old_crn__in=numbers, undoes__isnull=False).exclude(new_crn__in=numbers)
        others = {number for crn in undone.values_list("new_crn", flat=True) for number in numbers_of(crn)}
        not_theirs = [pk for ids in _referrals_of(others) for pk in ids] if others else []
        return cls(numbers, *_referrals_of(numbers), not_theirs)


def _referrals_of(numbers: Collection[str]) -> tuple[list[UUID], list[UUID]]:
    """Their ids, on the practitioner's side and on the service provider's."""
    return (
        [*Referral.objects.filter(crn__in=numbers).values_list("pk", flat=True)],
        [*ReceivedReferral.objects.unscoped().filter(crn__in=numbers).values_list("pk", flat=True)],
    )


def rows_of(held: Held, person: Person) -> QuerySet[Any]:
    """The rows of one table that are about a person."""
    ids = {
        By.REFERRAL: person.referrals,
        By.CASE: person.cases,
    }.get(held.by, [*person.referrals, *person.cases])
    if held.by is By.CRN:
        return held.rows.filter(**{f"{held.path}__in": person.numbers})
    if held.by is By.CRN_OR_EITHER:
        theirs = held.rows.filter(Q(**{f"{held.path}__in": person.numbers}) | Q(referral__in=ids))
        return theirs.filter(~Q(referral__in=person.others) | Q(referral=None)) if person.others else theirs
    if held.by is By.RISK:
        own, corrected = f"{held.path}pk__in", f"{held.path}corrects__in"
        return held.rows.filter(Q(**{own: person.referrals}) | Q(**{corrected: person.referrals}))
    return held.rows.filter(**{f"{held.path}__in": ids})


def records(person: Person, *, with_unshared: bool = False, using: str = DEFAULT_DB_ALIAS) -> Iterator[Record]:
    """Every row about them, table by table in the order of ``HELD``. ``using``: the database to read, by its alias."""
    for held in HELD:
        for row in rows_of(held, person).using(using).iterator(chunk_size=AT_ONCE):
            yield Record(held.label, [*_values(held, row, with_unshared=with_unshared)])


def _values(held: Held, row: Model, *, with_unshared: bool) -> Iterator[Value]:
    for field in row._meta.concrete_fields:
        if isinstance(field, FoldedField | FoldedTextField) or (field.name in LEFT_OUT and not field.choices):
            continue
        label = str(field.verbose_name)
        label = label[:1].upper() + label[1:]
        if field.name in held.unshared:
            value = _unshared(row, field.attname, with_unshared=with_unshared)
            yield Value(field.name, label, value, _in_words(value))
        elif field.is_relation:
            value = _related(row, field)
            yield Value(field.name, label, value, _in_words(value))
        else:
            value = getattr(row, field.attname)
            shown = getattr(row, f"get_{field.name}_display")() if field.choices and value else value
            yield Value(field.name, label, value, _in_words(shown))


def _unshared(row: Model, name: str, *, with_unshared: bool) -> Any:
    stored = row.__dict__[name]
    if not stored or stored == PLAIN:
        return None
    if not with_unshared:
        return NOT_EXPORTED
    assert isinstance(stored, Stored)  # the row came from the database
    try:
        return getattr(row, name) or None
    except KeyDestroyed:
        return UNREADABLE


def _related(row: Model, field: Any) -> Any:
    """Staff and the catalogue by name. A row that is exported itself by its id."""
    key = getattr(row, field.attname)
    if key is None or field.related_model._meta.label in LABELS:
        return key
    related = getattr(row, field.name)
    return f"{related.display_name} ({related.username})" if isinstance(related, User) else str(related)


def _in_words(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    match value:
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return date_time(value)
        case date():
            return day_in_words(value)
        case list() if all(isinstance(part, str) for part in value):
            return "\n".join(value)
        case list() | dict():
            return "\n".join(_lines(value))
        case _:
            return str(value)


def _lines(value: Any, before: str = "") -> Iterator[str]:
    """Something nested, a line for each value, behind the names that lead to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _lines(inner, f"{before}{name}: ")
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, before)
    else:
        yield f"{before}{'' if value is None else value}"
