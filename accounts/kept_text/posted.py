"""What a page posts: the typed fields, the tab they were typed in, and who opened the page.

Every form of a page that keeps typed text carries three hidden fields: a token that says, signed by us, who opened the
page of which case; a name of the opened page (its tab); and the number of the kept text that it shows.
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

REVISION_FIELD = "typed_revision"
TAB_FIELD = "typed_tab"
TOKEN_FIELD = "typed_by"  # noqa: S105 (a name, not a secret)
PAGE_FIELD = "typed_page"
DISCARD = "discard"  # the value of the button "do" that deletes what was kept
#: What pages carry beside what was typed; the button that was pressed; a tick, which is to be given anew; and the key
#: of a form that makes something, of which each shown form has a new one.
NOT_KEPT = frozenset(
    {
        TOKEN_FIELD,
        REVISION_FIELD,
        TAB_FIELD,
        PAGE_FIELD,
        "csrfmiddlewaretoken",
        "do",
        "understood",
        "form_key",
        "confirmed",
        "warned",
    }
)
#: Which stored text a page showed, and where in a form of several pages it stood: kept, but nobody typed them.
NOT_TYPED = re.compile(r"seen$|opened$|^(carried|step|page|in_place_of)$")
CODE = re.compile(r"[A-Z0-9_]*|[0-9a-f-]{20,}")  # the value of a choice, or an identifier
HIGHEST_REVISION = 2_000_000_000  # what the column holds
SALT = "accounts.kept-text"
GOOD_FOR = 24 * 60 * 60  # seconds that an open page may wait before it is posted


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
    """One opened page: its own name, and the number of the kept text that it shows (0: none)."""

    name: str
    revision: int

    @classmethod
    def of(cls, posted: QueryDict) -> Tab:
        """As the page posted it. No name and nothing shown, when it says neither."""
        name, revision = posted.get(TAB_FIELD, ""), posted.get(REVISION_FIELD, "")
        is_number = revision.isascii() and revision.isdecimal() and len(revision) < 10
        return cls(printable(name)[:32], int(revision) if is_number else 0)

    def knows(self, kept: TypedText) -> bool:
        """Whether this page wrote the text, or shows it."""
        return kept.revision == self.revision or bool(self.name and kept.tab == self.name)


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


def says_the_same(kept: Mapping[str, list[str]], posted: Mapping[str, list[str]]) -> bool:
    """Whether two posts of one page say the same, however their line breaks were sent."""
    return _plain(kept) == _plain(posted)


def _plain(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        name: [with_plain_newlines(value) for value in values]
        for name, values in fields.items()
        if not NOT_TYPED.search(name)
    }


def texts_in(fields: Mapping[str, list[str]]) -> list[str]:
    """What was typed as words, to be shown to its author: neither choices nor what the page carried."""
    return [
        value
        for name, values in fields.items()
        if not NOT_TYPED.search(name)
        for value in values
        if not CODE.fullmatch(value) and not is_blank_text(value)
    ]
