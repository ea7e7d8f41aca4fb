"""How an entry of the disclosure record is written down and hashed, so that a later change to any of it shows.

The hash is keyed: whoever can write rows, and does not have ``DECLARATION_KEY``, cannot make a hash that fits. Knows
one entry at a time and reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import rfc8785

from encryption import declaration_keys
from events.models import DisclosureEvent

#: Part of what is hashed: a hash over something else under the same key can never pass for one of these.
FORMAT: Final = "disclosure record, 1"
#: What is blanked when the case's time is over. The hash stays, and with it the chain.
BLANKED: Final = ("crn", "by_name", "reason", "canonical")
_NOT_HASHED: Final = frozenset({"canonical", "hash", "blanked_at"})


class NotWritable(ValueError):
    """A value of the entry has no canonical form: nobody wrote it through this module."""


def canonical(entry: DisclosureEvent) -> str:
    """The entry as JSON by RFC 8785: every column but the hash and this text itself. Raises NotWritable."""
    written = {
        field.attname: _plain(getattr(entry, field.attname))
        for field in entry._meta.concrete_fields
        if field.name not in _NOT_HASHED
    }
    try:
        return rfc8785.dumps({"format": FORMAT, **written}).decode()
    except (rfc8785.CanonicalizationError, UnicodeError) as fault:
        raise NotWritable(type(fault).__name__) from None


def keyed_hash(text: str) -> str:
    """HMAC-SHA-256 under the declaration key in use, which it names; 64 characters."""
    return declaration_keys.proof(text.encode())


def is_blank(entry: DisclosureEvent) -> bool:
    """Whether nothing of a person is left in it (``events.disclosures.blanking``)."""
    return not any(getattr(entry, column) for column in BLANKED)


def hash_of_what_is_left(entries: Iterable[DisclosureEvent]) -> str:
    """One keyed hash of what blanked entries still hold. The audit trail keeps it."""
    return keyed_hash(_what_is_left(entries))


def is_what_was_left(entries: Iterable[DisclosureEvent], said: Iterable[str]) -> bool:
    """Whether one of these hashes is of what the blanked entries hold. Raises NotWritable."""
    left = _what_is_left(entries).encode()
    return any(declaration_keys.proves(hash_, left) for hash_ in said)


def _what_is_left(entries: Iterable[DisclosureEvent]) -> str:
    return "\n".join(canonical(entry) for entry in entries)


def fits(entry: DisclosureEvent) -> bool:
    """Whether the hash is that of the canonical text, as stored, be it under an earlier key."""
    try:
        return declaration_keys.proves(entry.hash, entry.canonical.encode())
    except (UnicodeError, AttributeError, TypeError):  # bytes, which SQLite keeps in a column of text
        return False


def has_unknown_key(entry: DisclosureEvent) -> bool:
    """Whether the hash names a key that we do not have: whether it fits cannot be told."""
    try:
        name = declaration_keys.key_of(entry.hash)
    except (AttributeError, TypeError):
        return False
    return bool(name) and name not in declaration_keys.by_name()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # One moment has one spelling, whatever zone it came in.
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return value
