"""What a search found, remembered while the process lives: a page that is looked at again is not searched again.

Kept are places in a text and the names of rules, by a digest of the text and of what is known; never a word of either.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from threading import Lock

from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import Finding, named_details

MOST = 4_000  # texts: a few megabytes
_KEY = secrets.token_bytes(32)


class RememberedSearch:
    """``search`` with a memory of the last ``most`` texts. Safe among threads."""

    def __init__(self, search: Callable[[str, KnownWords], tuple[Finding, ...]], *, most: int = MOST) -> None:
        self._search = search
        self._most = most
        self._found: OrderedDict[bytes, tuple[Finding, ...]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, text: str, known: KnownWords) -> tuple[Finding, ...]:
        """As ``search`` answers."""
        if not known.fingerprint:
            return self._search(text, known)
        key = blake2b(f"{known.fingerprint}\0{text}".encode(), key=_KEY, digest_size=32).digest()
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
        if found is None:
            found = tuple(finding.without_words() for finding in self._search(text, known))
            with self._lock:
                self._found[key] = found
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
        return tuple(finding.with_words_of(text) for finding in found)


remembered_details = RememberedSearch(named_details)
