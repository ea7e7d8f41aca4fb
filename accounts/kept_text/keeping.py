"""Keeping what was typed and not saved, and deleting it once it was: one row for each person and page.

Text is kept while it is typed (``autosave``), when a form was sent and not saved (``keep_unsaved``), and when it was
sent without a web session, or with another one's form (``keep_of_author``). The newest text of a page replaces an older
one of the same tab; what another tab typed is replaced only by a form that was sent, and then shown beside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.kept_text.models import TypedText
from accounts.kept_text.posted import (
    HIGHEST_REVISION,
    PAGE_FIELD,
    TAB_FIELD,
    Author,
    Tab,
    fields_of,
    is_blank,
    says_the_same,
)
from accounts.kept_text.rooms import ROOMS, Closed, NotTheirs, Place, place_at, place_of
from accounts.models import User
from govuk.text import printable

KEPT_FOR = timedelta(days=7)  # what nobody came back for; a draft's text stays as long as the draft
MOST_CHARACTERS = 500_000  # of one page: eight sections of OASys text, five times over


class TypedInAnotherTab(Exception):
    """Another tab has typed on the page since this one was opened. Nothing of it was overwritten."""


class TooMuch(Exception):
    """More text than is kept."""


def kept_for(user: User, path: str) -> TypedText | None:
    """What this person typed on this page and did not save."""
    place = place_at(path)
    return _kept(place, user) if place is not None else None


def _kept(place: Place, user: User) -> TypedText | None:
    return place.room.rows().filter(user=user, path=place.path).first()


# --- Writing


@transaction.atomic
def write(
    place: Place,
    *,
    user: User,
    fields: dict[str, list[str]],
    tab: Tab,
    cause: TypedText.Cause,
) -> TypedText:
    """Keep what somebody typed on a page. The same text again changes nothing but the time.

    Audited once for each page and day, because a row for every few seconds of typing would bury the trail, and says no
    more; each time when it was sent without a web session. Raises NotTheirs, Closed, TooMuch, and TypedInAnotherTab.
    """
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MOST_CHARACTERS:
        raise TooMuch
    columns = place.room.place(user, place.case, place.match)
    now = timezone.now()
    kept = _kept(place, user)
    is_first = kept is None or timezone.localdate(kept.kept_at) != timezone.localdate(now)
    if kept is None:
        kept = place.room.model(user=user, path=place.path, revision=tab.revision)
    elif cause == TypedText.Cause.AUTOSAVED and not (
        tab.knows(kept) or is_blank(kept.fields) or says_the_same(kept.fields, fields)
    ):
        raise TypedInAnotherTab
    for column, value in columns.items():
        setattr(kept, column, value)
    before = kept.fields if place.room.adds_up(place.match) else {}
    kept.fields, kept.kept_at = before | fields, now
    kept.cause, kept.tab = cause, tab.name
    kept.revision = min(kept.revision + 1, HIGHEST_REVISION)
    kept.save()
    if is_first or cause == TypedText.Cause.SIGNED_OUT:
        place.room.record(kept)
    return kept


def autosave(request: HttpRequest, user: User) -> TypedText:
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
    user = User.objects.filter(pk=author.user, is_active=True).first()
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
    stays_kept(request)
    place, fields = place_of(request), fields_of(request.POST)
    if place is None or is_blank(fields) or not opened_by(request, user, place):
        return None
    try:
        return write(
            place, user=user, fields=fields, tab=Tab.of(request.POST), cause=TypedText.Cause.NOT_SAVED
        )
    except (NotTheirs, Closed, TooMuch):
        return None


def stays_kept(request: HttpRequest) -> None:
    """Say that this post saves nothing of what was typed: what is kept for its page stays."""
    request.keeps_typed_text = True  # type: ignore[attr-defined]


# --- Two tabs, and the end


def typed_elsewhere(request: HttpRequest, user: User) -> TypedText | None:
    """Other text that another tab typed on the posted page since it was shown. None for a page that carries no tab."""
    if TAB_FIELD not in request.POST:
        return None
    kept = kept_for(user, request.path)
    if kept is None or is_blank(kept.fields):
        return None
    if Tab.of(request.POST).knows(kept) or says_the_same(kept.fields, fields_of(request.POST)):
        return None
    return kept


def forget(request: HttpRequest, user: User) -> None:
    """Delete what was kept for the posted page, once it was saved or is not wanted; not what another tab typed."""
    place = place_of(request)
    kept = _kept(place, user) if place is not None else None
    if place is None or kept is None or typed_elsewhere(request, user) is not None:
        return
    row = place.room.rows().filter(pk=kept.pk, revision=kept.revision)
    others = {name: values for name, values in kept.fields.items() if name not in request.POST}
    if place.room.saves_a_part(place.match) and not is_blank(others):
        row.update(fields=others)
    else:
        row.delete()


def forget_old_ones(now: datetime | None = None) -> int:
    """Delete what nobody came back for in time, on both sides; how many."""
    before = (now or timezone.now()) - KEPT_FOR
    return sum(room.not_ended_otherwise().filter(kept_at__lt=before).delete()[0] for room in ROOMS.values())
