"""The keys that wrap the keys of referrals. They come from the environment and are never in the database.

``OUTER_KEYS`` is a list of ``name:key``, the one in use first; a key is 32 bytes in base64. The others still open what
they wrapped, until ``manage.py rotate_outer_key`` has wrapped it anew. A key that is taken off the list opens nothing
any more, in no backup either.
"""

from __future__ import annotations

import base64
import binascii
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12  # bytes; another length would not be refused
KEY = 32  # bytes
LONGEST_NAME = 20  # characters


class OuterKeyMissing(Exception):
    """A referral's key was wrapped by an outer key that the environment does not have."""


class OuterKeysAreWrong(Exception):
    """The setting cannot be read. Says what is wrong, never a key."""


def outer_keys() -> dict[str, bytes]:
    """By name, the one in use first. Raises OuterKeysAreWrong."""
    return read(tuple(settings.OUTER_KEYS))


def read(setting: tuple[str, ...]) -> dict[str, bytes]:
    """The keys of a list of ``name:key``. Raises OuterKeysAreWrong."""
    keys: dict[str, bytes] = {}
    for number, entry in enumerate(setting, start=1):
        name, _, encoded = entry.strip().partition(":")
        if not name or len(name) > LONGEST_NAME or name in keys:
            raise OuterKeysAreWrong(
                f"Entry {number} of OUTER_KEYS needs a name of its own, at most {LONGEST_NAME} characters long."
            )
        try:
            keys[name] = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise OuterKeysAreWrong(f"The key {name} of OUTER_KEYS is not base64.") from None
        if len(keys[name]) != KEY:
            raise OuterKeysAreWrong(f"The key {name} of OUTER_KEYS must be {KEY} bytes long.")
    if not keys:
        raise OuterKeysAreWrong("OUTER_KEYS is missing.")
    return keys


def in_use() -> str:
    """The name of the key that wraps from now on."""
    return next(iter(outer_keys()))


def wrap(key: bytes, *, key_id: UUID, referral_id: UUID) -> bytes:
    """A referral's key, wrapped by the outer key in use and bound to its row and referral."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(outer_keys()[in_use()]).encrypt(nonce, key, _bound_to(key_id, referral_id))


def unwrap(wrapped: bytes, *, by: str, key_id: UUID, referral_id: UUID) -> bytes:
    """A referral's key again. Raises OuterKeyMissing; InvalidTag when anything was tampered with."""
    outer = outer_keys().get(by)
    if outer is None:
        raise OuterKeyMissing(by)
    return AESGCM(outer).decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound_to(key_id, referral_id))


def _bound_to(key_id: UUID, referral_id: UUID) -> bytes:
    return b"referral key" + key_id.bytes + referral_id.bytes
