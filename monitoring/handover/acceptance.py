"""What the door lets through: a handover whose every value is what its field says, and fits where it goes.

The field types are read from ``monitoring.handover.contents``, so a new field is checked from its first day. Errors
name the field and never its text. Knows nothing of who sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from django.utils.timezone import is_naive

from events.crn import is_crn
from integrations.risk_answers import SharedAnswer
from monitoring.handover.contents import Handover, SharedPerson

#: Characters in any one text (decisions R8 and F6).
LONGEST_TEXT = 4000
#: Enforceable days (decision F6).
FEWEST_DAYS, MOST_DAYS = 1, 40
REFERENCE = re.compile(r"[A-HJ-NP-Z]{2}[0-9]{4}[A-Z]{2}")
#: What no database can store: the zero character, and halves of characters.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
COMPLEXITIES = frozenset({"LOW", "MEDIUM", "HIGH"})
#: What a practitioner may keep back about the person, and the fields that are empty then. Name and date of birth always
#: cross: a supplier cannot work with somebody they cannot identify.
MAY_BE_WITHHELD = {
    "sex": ("sex",),
    "ethnicity": ("ethnicity",),
    "preferred_language": ("preferred_language",),
    "religion_or_belief": ("religion_or_belief",),
    "disabilities": ("disabilities",),
    "address": ("address_lines", "no_fixed_abode"),
    "telephone": ("telephone",),
    "mobile": ("mobile",),
    "email": ("email",),
}


class NotAcceptable(ValueError):
    """The handover is not what it has to be. Says which field and what is wrong, never its text."""


def accept(handover: Handover) -> None:
    """Raise :class:`NotAcceptable` unless every value may cross."""
    for problem in _wrong_values(handover, Handover, "handover"):
        raise NotAcceptable(problem)
    for problem in _wrong_meaning(handover):
        raise NotAcceptable(problem)


def _wrong_values(value: Any, expected: Any, name: str) -> Iterator[str]:
    """Whatever is not exactly of the type its field declares: no subclass, no model instance, no other shape."""
    if get_origin(expected) is UnionType:
        if value is None and NoneType in get_args(expected):
            return
        (expected,) = (one for one in get_args(expected) if one is not NoneType)
    if get_origin(expected) is tuple:
        if type(value) is not tuple:
            yield f"{name} is not a tuple"
            return
        for place, one in enumerate(value):
            yield from _wrong_values(one, get_args(expected)[0], f"{name}[{place}]")
    elif type(value) is not expected:
        yield f"{name} is not {expected.__name__}"
    elif is_dataclass(expected):
        for field, kind in _kinds_of(expected):
            yield from _wrong_values(getattr(value, field), kind, f"{name}.{field}")
    elif expected is str:
        yield from _wrong_text(value, name)
    elif expected is datetime and is_naive(value):
        yield f"{name} has no time zone"


@cache
def _kinds_of(shape: type[Any]) -> list[tuple[str, Any]]:
    """The fields of a dataclass with what each declares, worked out once: it is the code's, not a referral's."""
    hints = get_type_hints(shape)
    return [(field.name, hints[field.name]) for field in fields(shape)]


def _wrong_text(text: str, name: str) -> Iterator[str]:
    if len(text) > LONGEST_TEXT:
        yield f"{name} has {len(text)} characters, at most {LONGEST_TEXT} may cross"
    if UNSTORABLE.search(text):
        yield f"{name} holds a character that cannot be stored"


def _wrong_meaning(handover: Handover) -> Iterator[str]:
    if not REFERENCE.fullmatch(handover.reference):
        yield "reference is not two letters, four digits, two letters"
    if not is_crn(handover.crn):
        yield "crn is not one letter and six digits"
    if not handover.location or len(handover.location) > 20:
        yield "location is not a code"
    for name, answer in _needed(handover):
        if answer is None:
            yield f"{name} is missing"
    if not FEWEST_DAYS <= (handover.enforceable_days or 0) <= MOST_DAYS:
        yield f"enforceable_days is not {FEWEST_DAYS} to {MOST_DAYS}"
    yield from _wrong_services(handover)
    yield from _wrong_withholding(handover.person)
    yield from _wrong_risk(handover)


def _needed(handover: Handover) -> Iterator[tuple[str, object]]:
    """Answers that only a preview may be without."""
    yield "completion_date", handover.completion_date
    yield "needs_interpreter", handover.needs.needs_interpreter
    yield "has_responsibilities", handover.needs.has_responsibilities


def _wrong_services(handover: Handover) -> Iterator[str]:
    categories = [service.category_id for service in handover.services]
    if not categories or len(set(categories)) != len(categories):
        yield "services does not name one or more categories, each once"
    for service in handover.services:
        if service.complexity not in COMPLEXITIES:
            yield "complexity is not LOW, MEDIUM or HIGH"
        outcomes = [outcome.outcome_id for outcome in service.outcomes]
        if len(set(outcomes)) != len(outcomes):
            yield "outcomes names one outcome twice"


def _wrong_withholding(person: SharedPerson) -> Iterator[str]:
    for name in person.withheld:
        if name not in MAY_BE_WITHHELD:
            yield "withheld names something that cannot be kept back"
        elif any(getattr(person, field) for field in MAY_BE_WITHHELD[name]):
            yield f"{name} is withheld and yet given"


def _wrong_risk(handover: Handover) -> Iterator[str]:
    for field in fields(handover.risk):
        section = getattr(handover.risk, field.name)
        if section.no_identified_risk and section.answer is SharedAnswer.YES:  # decision R4
            yield f"{field.name} says yes and no identified risk at once"
    declaration = handover.declaration
    for name in ("declared_by", "wording_version", "content_hash"):
        if not getattr(declaration, name):
            yield f"declaration.{name} is missing"
    if len(declaration.content_hash) > 64 or len(declaration.wording_version) > 40:
        yield "declaration is longer than its columns"
