"""Case notes in words, for either side. Must not know any address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from accounts.models import Audience
from govuk.template_filters import date_time
from monitoring.access.staff_names import People
from monitoring.models import CaseNote

PREVIEW = 250  # characters of a note in the list
SIDES = {Audience.PRACTITIONER: "Probation practitioner", Audience.SUPPLIER: "Service provider"}


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note. ``text`` is cut in a list."""

    id: UUID
    subject: str
    text: str
    is_cut: bool
    author: str
    side: str
    written: str
    told: str


def listed(notes: Iterable[CaseNote]) -> list[NoteLine]:
    """The notes in the order given, each with its beginning."""
    kept = list(notes)
    people = People(note.written_by_id for note in kept)
    return [_line(note, people, limit=PREVIEW) for note in kept]


def whole(note: CaseNote) -> NoteLine:
    """One note as it was written."""
    return _line(note, People([note.written_by_id]))


def _line(note: CaseNote, people: People, *, limit: int | None = None) -> NoteLine:
    is_cut = limit is not None and len(note.body) > limit
    return NoteLine(
        id=note.pk,
        subject=note.subject,
        text=note.body[:limit].rstrip() + "…" if is_cut else note.body,
        is_cut=is_cut,
        author=people[note.written_by_id].name,
        side=SIDES.get(Audience(note.side), Audience(note.side).label),
        written=f"{timezone.localtime(note.written_at):%A} {date_time(note.written_at)}",
        told="Yes" if note.tell_other_side else "No",
    )
