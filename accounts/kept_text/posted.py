"""What a page posts: the typed fields, the tab they were typed in, and who opened the page.

Every form of a page that keeps typed text carries three hidden fields: a token that says, signed by us, who opened the
page of which case; a name of the opened page (its tab); and which kept texts it shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.http import QueryDict

from accounts.kept_text.models import TypedText
from govuk.text import composed, printable, with_plain_newlines
from govuk.text import is_blank as is_blank_text

SHOWN_FIELD = "typed_shown"
TAB_FIELD = "typed_tab"
TOKEN_FIELD = "typed_by"  # noqa: S105 (a name, not a secret)
PAGE_FIELD = "typed_page"
CONFIRMED = "confirmed"  # what may be deleted, as its author was asked
DISCARD = "discard"  # the value of the button "do" that deletes what was kept
DISCARD_ALL = "discard_all"  # the same, for every form that the page ever had
BACK = "back"  # the value that opens the page again, with what was typed there
#: What pages carry beside what was typed; the button that was pressed; a tick, which is to be given anew; and the key
#: of a form that makes something, of which each shown form has a new one.
NOT_KEPT = frozenset(
    {
        TOKEN_FIELD,
        SHOWN_FIELD,
        TAB_FIELD,
        PAGE_FIELD,
        "csrfmiddlewaretoken",
        "do",
        "understood",
        "form_key",
        CONFIRMED,
        "warned",
    }
)
#: Which stored text a page showed, and where in a form of several pages it stood: kept, but nobody typed them.
NOT_TYPED = re.compile(r"seen$|opened$|^(carried|step|page|in_place_of|came_from)$")
CODE = re.compile(r"[A-Z0-9_]*|[0-9a-f-]{20,}")  # the value of a choice, or an identifier
SALT = "accounts.kept-text"
GOOD_FOR = 30 * 24 * 60 * 60  # seconds that an open page may wait before nobody who is signed in posts it


@dataclass(frozen=True, slots=True)
class Author:
    """Who opened a page, of which case (empty: of none), on which side."""

    user: int
    room: str
    case: str

    def token(self) -> str:
        """What the page carries."""
        return signing.dumps([self.user, self.room, self.case], salt=SALT)

    @classmethod
    def of(cls, posted: QueryDict, *, max_age: int | None = GOOD_FOR) -> Author | None:
        """Who opened the page that posted this; None when it does not say so, or opened it too long ago (seconds)."""
        try:
            user, room, case = signing.loads(posted.get(TOKEN_FIELD, ""), salt=SALT, max_age=max_age)
        except signing.BadSignature:
            return None
        return cls(user, room, case)


@dataclass(frozen=True, slots=True)
class Tab:
    """One opened page: its own name, and which kept texts it shows (``TypedText.seen_as``)."""

    name: str
    shown: frozenset[str]

    @classmethod
    def of(cls, posted: QueryDict) -> Tab:
        """As the page posted it. No name and nothing shown, when it says neither."""
        name, shown = posted.get(TAB_FIELD, ""), posted.get(SHOWN_FIELD, "")
        return cls(printable(name)[:32], frozenset(shown.split()))

    def knows(self, kept: TypedText) -> bool:
        """Whether this page wrote the text, or shows it."""
        return kept.seen_as in self.shown or bool(self.name and kept.tab == self.name)


def fields_of(posted: QueryDict) -> dict[str, list[str]]:
    """What was typed. Characters that cannot be saved become a visible mark, so that nothing around them is lost."""
    return {
        printable(name): [composed(printable(value)) for value in values]
        for name, values in posted.lists()
        if name not in NOT_KEPT
    }


def kept_fields(kept: TypedText) -> QueryDict:
    """The kept fields as they were posted."""
    fields = QueryDict(mutable=True)
    for name, values in kept.fields.items():
        fields.setlist(name, values)
    return fields


def is_blank(fields: Mapping[str, list[str]]) -> bool:
    """Whether nothing was typed or chosen in any field."""
    return all(
        is_blank_text(value)
        for name, values in fields.items()
        if not NOT_TYPED.search(name)
        for value in values
    )


def is_in(kept: Mapping[str, list[str]], posted: Mapping[str, list[str]]) -> bool:
    """Whether a post says everything that is kept, however its line breaks were sent: nothing is lost with the kept."""
    said = _plain(posted)
    return all(
        any(value == other or (value in other and not CODE.fullmatch(value)) for other in said.get(name, ()))
        for name, values in _plain(kept).items()
        for value in values
    )


def _plain(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        name: [with_plain_newlines(value) for value in values if not is_blank_text(value)]
        for name, values in fields.items()
        if not NOT_TYPED.search(name)
    }


def texts_of_author(posted: QueryDict) -> list[str]:
    """The words of a post that says, signed by us, who opened its page, however long ago. No other site's are shown."""
    return texts_in(fields_of(posted)) if Author.of(posted, max_age=None) is not None else []


def texts_in(fields: Mapping[str, list[str]]) -> list[str]:
    """What was typed as words, to be shown to its author: neither choices nor what the page carried."""
    return [
        value
        for name, values in fields.items()
        if not NOT_TYPED.search(name)
        for value in values
        if not CODE.fullmatch(value) and not is_blank_text(value)
    ]
