"""Offering typed text back to the one who typed it, and telling two tabs on one page apart.

A page of a draft carries two hidden fields: a name of its own (``tab``), and the number of what was kept when the page
was shown (``revision``). Kept text that this page neither wrote nor showed comes from another tab or window.
Writing it is in ``referrals.actions.autosave`` and ``referrals.signed_out``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from govuk.text import composed, printable, with_plain_newlines
from referrals.models import KeptText, Referral

REVISION_FIELD = "typed_revision"
TAB_FIELD = "typed_tab"
TOKEN_FIELD = "typed_by"  # noqa: S105 (a name, not a secret)
PAGE_FIELD = "typed_page"
#: What pages carry beside what was typed; the button that was pressed; a tick, which is to be given anew.
NOT_KEPT = frozenset(
    {TOKEN_FIELD, REVISION_FIELD, TAB_FIELD, PAGE_FIELD, "csrfmiddlewaretoken", "seen", "do", "understood"}
)
HIGHEST_REVISION = 2_000_000_000  # what the column holds


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

    def knows(self, kept: KeptText) -> bool:
        """Whether this page wrote the text, or shows it."""
        return kept.revision == self.revision or bool(self.name and kept.tab == self.name)


def fields_of(posted: QueryDict) -> dict[str, list[str]]:
    """What was typed. Characters that cannot be saved become a visible mark, so that nothing around them is lost."""
    return {
        printable(name): [composed(printable(value)) for value in values]
        for name, values in posted.lists()
        if name not in NOT_KEPT
    }


def kept_for(user: User, path: str) -> KeptText | None:
    """What this person typed on this page and did not save."""
    return KeptText.objects.filter(user=user, path=path).first()


def kept_fields(kept: KeptText) -> QueryDict:
    """The kept fields as they were posted."""
    fields = QueryDict(mutable=True)
    for name, values in kept.fields.items():
        fields.setlist(name, values)
    return fields


def typed_elsewhere(request: HttpRequest, user: User) -> KeptText | None:
    """Other text that another tab typed on the posted page since it was shown. None for a page that carries no tab."""
    if TAB_FIELD not in request.POST:
        return None
    kept = kept_for(user, request.path)
    if (
        kept is None
        or Tab.of(request.POST).knows(kept)
        or says_the_same(kept.fields, fields_of(request.POST))
    ):
        return None
    return kept


def forget(request: HttpRequest, user: User) -> None:
    """Delete what was kept for the posted page, once it was saved or is not wanted; not what another tab typed."""
    kept = kept_for(user, request.path)
    if kept is not None and typed_elsewhere(request, user) is None:
        KeptText.objects.filter(pk=kept.pk, revision=kept.revision).delete()


def as_opened(kept: KeptText | None, name: str, now: str) -> str:
    """Which stored text the typed text was typed over; saving is refused when that is not the one stored ``now``."""
    return kept.fields.get(name, [now])[0] if kept is not None else now


def differing(kept: KeptText | None, texts: Mapping[str, str]) -> dict[str, str]:
    """The kept text of each field in which it is another than the given one."""
    fields = {name: with_plain_newlines(values[0]) for name, values in kept.fields.items()} if kept else {}
    return {name: fields[name] for name, text in texts.items() if fields.get(name, text) != text}


def offered(kept: KeptText) -> str:
    """What the page says above the text that it offers back."""
    at = timezone.localtime(kept.kept_at)
    return (
        f"What you typed here earlier was not saved. It is below, as typed at {at:%H:%M} on {at.day} {at:%B %Y}. "
        "Save to keep it."
    )


def carried(request: HttpRequest, draft: Referral, kept: KeptText | None) -> dict[str, object]:
    """What a page carries so that it can be kept while it is typed. ``kept``: the kept text that it shows."""
    tab = Tab.of(request.POST)
    return {
        "address": reverse("referrals:autosave", args=[draft.pk]),
        "page": request.path,
        "tab": tab.name or secrets.token_hex(8),
        "revision": kept.revision if kept is not None else tab.revision,
    }


def is_blank(kept: KeptText) -> bool:
    """Whether nothing stands in any field."""
    return not any(value.strip() for values in kept.fields.values() for value in values)


def says_the_same(kept: Mapping[str, list[str]], posted: Mapping[str, list[str]]) -> bool:
    """Whether two posts of one page say the same, however their line breaks were sent."""
    return _plain(kept) == _plain(posted)


def _plain(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        name: [with_plain_newlines(value) for value in values]
        for name, values in fields.items()
        if not name.endswith("opened")  # which text the page showed, not what was typed
    }
