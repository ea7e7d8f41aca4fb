"""Keeping what was typed and not saved, and deleting it once it was: a row for each person, page and tab.

Text is kept while it is typed (``autosave``), when a form was sent and not saved (``keep_unsaved``), and when it was
sent without a web session, or with another one's form (``keep_of_author``). A tab writes over what it typed itself, and
over what it shows; what else was typed on the page stays beside it until its author, who is shown it, saves or
discards. Who is not signed in writes over nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from accounts.kept_text.models import TypedText
from accounts.kept_text.posted import (
    PAGE_FIELD,
    TAB_FIELD,
    Author,
    Tab,
    fields_of,
    is_blank,
    is_in,
)
from accounts.kept_text.rooms import ROOMS, Closed, NotTheirs, Place, place_at, place_of
from accounts.models import User
from govuk.text import printable
from prepared.queries import PreparedQuery
from prepared.updates import PreparedUpdate

KEPT_FOR = timedelta(days=7)  # what nobody came back for; a draft's text stays as long as the draft
MOST_TABS = 10  # texts of one page
MOST_CHARACTERS = 500_000  # of one page: eight sections of OASys text, five times over


class TooMuch(Exception):
    """More text than is kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept, and what else is kept for the page that it does not hold; the newest first."""

    text: TypedText
    beside: list[TypedText]


def kept_for(request: HttpRequest, user: User) -> TypedText | None:
    """What this person typed on the requested page last, and did not save."""
    place = place_of(request)
    rows = _kept(place, user) if place is not None else []
    return next((one for one in rows if not is_blank(one.fields)), rows[0] if rows else None)


def kept_beside(kept: TypedText) -> list[TypedText]:
    """What the same person typed on the same page besides, in other tabs or before; the newest first."""
    return _beside(kept, _BESIDE.rows(type(kept), user=kept.user_id, path=kept.path, kept=kept.pk))


def _beside(kept: TypedText, rows: list[TypedText]) -> list[TypedText]:
    return [one for one in rows if one.pk != kept.pk and not is_in(one.fields, kept.fields)]


def _kept(place: Place, user: User) -> list[TypedText]:
    """The newest first."""
    return _KEPT.rows(place.room.name, user=user.pk, path=place.path)


_KEPT = PreparedQuery(
    lambda room, *, user, path: ROOMS[room].rows().filter(user=user, path=path).order_by("-kept_at", "-pk")
)
_BESIDE = PreparedQuery(
    lambda model, *, user, path, kept: (
        model._base_manager.filter(user_id=user, path=path).exclude(pk=kept).order_by("-kept_at", "-pk")
    )
)
#: Asked inside the transaction of ``write`` alone, which holds the lock until the text is kept.
_USER_LOCKED = PreparedQuery(lambda user: User.objects.select_for_update().only("pk").filter(pk=user))


# --- Writing


@transaction.atomic
def write(
    place: Place,
    *,
    user: User,
    fields: dict[str, list[str]],
    tab: Tab,
    cause: TypedText.Cause,
) -> Kept:
    """Keep what somebody typed on a page. The same text again changes nothing but the time.

    Audited once for each page and day, because a row for every few seconds of typing would bury the trail, and says no
    more; each time when it was sent without a web session. Raises NotTheirs, Closed and TooMuch.
    """
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MOST_CHARACTERS:
        raise TooMuch
    columns = place.room.place(user, place.case, place.match)
    if not place.room.locks(place.match):
        _USER_LOCKED.rows(user=user.pk)  # two posts of one tab: one row
    rows, adds_up, now = _kept(place, user), place.room.adds_up(place.match), timezone.now()
    kept = _own(rows, fields, tab, is_signed_in=cause != TypedText.Cause.SIGNED_OUT, adds_up=adds_up)
    if kept is None and len(rows) >= MOST_TABS:
        raise TooMuch
    is_first = not any(timezone.localdate(one.kept_at) == timezone.localdate(now) for one in rows)
    kept = kept or place.room.model(user=user, path=place.path, revision=0)
    for column, value in columns.items():
        setattr(kept, column, value)
    kept.fields = kept.fields | fields if adds_up else fields
    kept.kept_at, kept.cause, kept.tab = now, cause, tab.name
    kept.revision += 1
    _save(kept)
    if is_first or cause == TypedText.Cause.SIGNED_OUT:
        place.room.record(kept)
    return Kept(kept, _beside(kept, rows))


def _save(kept: TypedText) -> None:
    """A row that is there is written every few seconds while somebody types."""
    if kept._state.adding:
        kept.save()
    else:
        _again(type(kept)).save(kept)


@cache
def _again(model: type[TypedText]) -> PreparedUpdate[TypedText]:
    return PreparedUpdate(model)


def _own(
    rows: list[TypedText], fields: dict[str, list[str]], tab: Tab, *, is_signed_in: bool, adds_up: bool
) -> TypedText | None:
    """The row that a post may write over: its tab's own, one that it shows, or one that loses nothing by it."""
    if is_signed_in:
        own = [one for one in rows if tab.name and one.tab == tab.name] + [
            one for one in rows if tab.knows(one)
        ]
        if own:
            return own[0]
    for one in rows:
        shared = {name: values for name, values in one.fields.items() if not adds_up or name in fields}
        if is_in(shared, fields):
            return one
    return None


def autosave(request: HttpRequest, user: User) -> Kept:
    """Keep what a page's script posts while somebody types. Raises as ``write`` does."""
    place = place_at(printable(request.POST.get(PAGE_FIELD, "")))
    if place is None or not opened_by(request, user, place):
        raise NotTheirs
    return write(
        place,
        user=user,
        fields=fields_of(request.POST),
        tab=Tab.of(request.POST),
        cause=TypedText.Cause.AUTOSAVED,
    )


def opened_by(request: HttpRequest, user: User, place: Place) -> bool:
    """Whether the form that was posted says, signed by us, that this user opened the page. However long ago."""
    return Author.of(request.POST, max_age=None) == Author(user.pk, place.room.name, place.case)


def keep_of_author(request: HttpRequest) -> str:
    """Keep a post for the author that its token names. Returns the address of its page, or nothing."""
    author = Author.of(request.POST)
    place = place_at(printable(request.POST.get(PAGE_FIELD, "")) or request.path)
    if author is None or place is None or (place.room.name, place.case) != (author.room, author.case):
        return ""
    # Who is let in again at HMPPS Auth comes back to what they typed.
    may_come_back = Q(is_active=True) | ~Q(closed_there_at=None)
    user = User.objects.filter(may_come_back, pk=author.user).first()
    fields = fields_of(request.POST)
    if user is None or is_blank(fields):
        return ""
    try:
        write(place, user=user, fields=fields, tab=Tab.of(request.POST), cause=TypedText.Cause.SIGNED_OUT)
    except (NotTheirs, Closed, TooMuch):
        return ""
    stays_kept(request)
    return place.path


def keep_unsaved(request: HttpRequest, user: User) -> TypedText | None:
    """Keep the posted fields of a form that was not saved, so that they are offered when its page is opened again.

    Call it where a post ends in a redirect although what was typed was not saved. Every other answer to a form that was
    not saved (its page with errors, a conflict, a refusal) is kept without being asked to.
    """
    return keep_part(request, user, fields_of(request.POST))


def keep_part(request: HttpRequest, user: User, fields: dict[str, list[str]]) -> TypedText | None:
    """Keep some of the posted fields, where the post saved the others."""
    stays_kept(request)
    place = place_of(request)
    if place is None or is_blank(fields) or not opened_by(request, user, place):
        return None
    try:
        kept = write(
            place, user=user, fields=fields, tab=Tab.of(request.POST), cause=TypedText.Cause.NOT_SAVED
        )
    except (NotTheirs, Closed, TooMuch):
        return None
    return kept.text


def stays_kept(request: HttpRequest) -> None:
    """Say that this post saves nothing of what was typed: what is kept for its page stays."""
    request.keeps_typed_text = True  # type: ignore[attr-defined]


# --- Two tabs, and the end


def all_typed_elsewhere(request: HttpRequest, user: User) -> list[TypedText]:
    """Other text that was typed on the posted page, in another tab or before, and that this one did not show."""
    place, tab, posted = place_of(request), Tab.of(request.POST), fields_of(request.POST)
    if place is None or TAB_FIELD not in request.POST:
        return []
    return [one for one in _kept(place, user) if not tab.knows(one) and not is_in(one.fields, posted)]


def typed_elsewhere(request: HttpRequest, user: User) -> TypedText | None:
    """The newest of it. None for a page that carries no tab."""
    return next(iter(all_typed_elsewhere(request, user)), None)


def forget(request: HttpRequest, user: User, *, is_whole: bool = False) -> None:
    """Delete what was kept for the posted page, once it was saved or is not wanted; not what it did not show.

    ``is_whole``: with what was typed in other forms at the same address.
    """
    place = place_of(request)
    if place is None:
        return
    elsewhere = {one.pk for one in all_typed_elsewhere(request, user)}
    for kept in _kept(place, user):
        if kept.pk in elsewhere:
            continue
        row = place.room.rows().filter(pk=kept.pk, revision=kept.revision)
        left_over = place.room.left_over(place.match, kept.fields, request.POST.keys())
        if is_whole or is_blank(left_over):
            row.delete()
        else:
            kept.fields = left_over
            row.update(fields=kept.stored_fields)


def forget_old_ones(now: datetime | None = None) -> int:
    """Delete what nobody came back for in time, on both sides; how many."""
    before = (now or timezone.now()) - KEPT_FOR
    return sum(room.not_ended_otherwise().filter(kept_at__lt=before).delete()[0] for room in ROOMS.values())
