"""Reads the emails that Django's file backend has written: which there are, and what one says.

Must not know Django's settings, nor what any email is about.
"""

from __future__ import annotations

import email.policy
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

#: The backend writes a line of 79 dashes after each. A text may hold such a line too, but no header after it.
END = re.compile(rb"^-{79}\n(?=Content-Type: |\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of an email's text; with ``href`` it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Email:
    """One email, as whoever it is for would read it."""

    subject: str
    to: str
    sent_at: datetime | None
    pieces: tuple[Piece, ...]


def newest_first(folder: str) -> list[bytes]:
    """Every email in ``folder``, as it was written; none without a folder.

    One file can hold several, of the same second.
    """
    if not folder:
        return []
    found: list[tuple[int, bytes]] = []
    for file in Path(folder).glob("*.log"):
        with suppress(FileNotFoundError):  # somebody empties the folder
            found.append((file.stat().st_mtime_ns, file.read_bytes()))
    found.sort(reverse=True)
    return [kept for _, written in found for kept in reversed(END.split(written)) if kept.strip()]


def read(kept: bytes, *, links_to: str) -> Email:
    """What one email says. Only addresses that begin with ``links_to`` become links."""
    message = email.message_from_bytes(kept, policy=email.policy.default)
    body, date = message.get_body(("plain",)), message["Date"]
    return Email(
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sent_at=date.datetime if date else None,
        pieces=_pieces(body.get_content().strip() if body else "", links_to),
    )


def _pieces(text: str, links_to: str) -> tuple[Piece, ...]:
    parts = re.split(rf"({re.escape(links_to)}/\S*)", text)
    # Between two texts stands what the pattern found.
    pieces = [Piece(part, part if number % 2 else "") for number, part in enumerate(parts)]
    return tuple(piece for piece in pieces if piece.text)
