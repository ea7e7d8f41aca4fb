"""The sides of the service that keep typed text, each in a table of its own: one never reads the other's.

Registered from above when the service starts. Knows neither pages nor cases.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

from accounts.kept_text.models import TypedText
from accounts.models import User

Fields = dict[str, list[str]]  # what was typed, by the names of boxes


class NotTheirs(Exception):
    """The page is not one on which this person may have text kept."""


class Closed(Exception):
    """The page takes no text any more, such as one of a referral that was sent."""


class Room(ABC):
    """One side: its pages, and the table in which it keeps what was typed on them."""

    name: ClassVar[str]
    model: type[TypedText]

    @abstractmethod
    def case_of(self, match: ResolverMatch) -> str | None:
        """The key of the case that a page is about (empty: of none); None for pages that take no text."""

    @abstractmethod
    def place(self, user: User, case: str, match: ResolverMatch) -> dict[str, Any]:
        """Lock the case, and say under which columns its text is kept. Raises NotTheirs or Closed."""

    def locks(self, match: ResolverMatch) -> bool:
        """Whether ``place`` locks something that is the author's alone, so that their posts wait for each other."""
        return False

    @abstractmethod
    def may_read(self, kept: TypedText) -> bool:
        """Whether its author may still see what the text is about."""

    @abstractmethod
    def record(self, kept: TypedText) -> None:
        """Audit that text was kept, without the text."""

    def rows(self) -> models.QuerySet[TypedText]:
        """Every row of its table, past a manager that asks whose cases: here it is the author's."""
        return self.model._base_manager.all()

    def not_ended_otherwise(self) -> models.QuerySet[TypedText]:
        """The rows that are deleted after some days, because nothing else deletes them."""
        return self.rows()

    def adds_up(self, match: ResolverMatch) -> bool:
        """Whether several pages stand at this address one after another: what was typed on the others stays kept."""
        return False

    def left_over(self, match: ResolverMatch, kept: Fields, saved: Collection[str]) -> Fields:
        """What stays kept of several such pages once one of them was saved, whose boxes have these names."""
        return {}


@dataclass(frozen=True, slots=True)
class Place:
    """A page that takes text: its address, the side it belongs to, and the case it is about."""

    path: str
    room: Room
    case: str
    match: ResolverMatch


ROOMS: dict[str, Room] = {}


def register(room: Room) -> None:
    """Have text kept on this side."""
    ROOMS[room.name] = room


def place_of(request: HttpRequest) -> Place | None:
    """The requested page, when it takes text."""
    return _place(request.path, request.resolver_match) if request.resolver_match else None


def place_at(path: str) -> Place | None:
    """The page at an address, when there is one that takes text."""
    try:
        return _place(path, resolve(path)) if len(path) <= 300 else None
    except Resolver404:
        return None


def _place(path: str, match: ResolverMatch) -> Place | None:
    for room in ROOMS.values():
        if (case := room.case_of(match)) is not None:
            return Place(path, room, case, match)
    return None
