"""How often calendar programs may ask, counted by the hour in the cache: addresses that guess, and feeds that are read.

Programs ask every 15 minutes at the most; several of one person's read the same address.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.http import HttpRequest

from accounts.sign_in_limits import client_address
from accounts.tries import count_try, tries_counted

AN_HOUR = 60 * 60  # seconds
MOST_GUESSES = 30
MOST_READS = 60


def has_guessed_too_often(request: HttpRequest) -> bool:
    """Whether this address asked for many secrets that are none."""
    return tries_counted(_guesses_of(request)) >= MOST_GUESSES


def note_wrong_guess(request: HttpRequest) -> None:
    """Count one more."""
    count_try(_guesses_of(request), seconds=AN_HOUR)


def has_asked_too_often(feed: UUID) -> bool:
    """Count one more reading of a feed, and whether that is too many."""
    return count_try(f"calendar-feed:{feed}", seconds=AN_HOUR) > MOST_READS


def _guesses_of(request: HttpRequest) -> str:
    return f"calendar-guesses:{sha256(client_address(request).encode()).hexdigest()}"
