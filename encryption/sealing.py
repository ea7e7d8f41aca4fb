"""Sealing a short text that belongs to no referral, such as a token, by the outer key in use.

Each text is sealed by the outer key itself, so nothing has to be wrapped anew when that changes: what was sealed before
opens as long as its key is on the list. For what is needed for hours, not for years.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from encryption.outer_keys import NONCE, in_use, outer_keys

_END_OF_NAME = b":"  # no name of an outer key has one


class NotReadable(Exception):
    """It was changed or moved, or its outer key is gone. Says nothing of what it holds."""


def seal(text: str, *, bound_to: str) -> bytes:
    """The text, encrypted. It opens only for whoever names what it is ``bound_to``: its place, and whose it is."""
    name, nonce = in_use(), os.urandom(NONCE)
    sealed = AESGCM(outer_keys()[name]).encrypt(nonce, text.encode(), _bound(bound_to))
    return name.encode() + _END_OF_NAME + nonce + sealed


def unseal(sealed: bytes, *, bound_to: str) -> str:
    """The text again. Raises NotReadable."""
    name, _, rest = sealed.partition(_END_OF_NAME)
    key = outer_keys().get(name.decode(errors="replace"))
    if key is None or len(rest) <= NONCE:
        raise NotReadable
    try:
        return AESGCM(key).decrypt(rest[:NONCE], rest[NONCE:], _bound(bound_to)).decode()
    except InvalidTag:
        raise NotReadable from None


def _bound(to: str) -> bytes:
    return b"sealed " + to.encode()
