"""Keyed hashes that prove what was declared, shared and recorded, under keys that can be changed.

A hash names the key that made it: eight digits of the key's name, a colon, and 55 of the HMAC-SHA-256 (220 bits). So
one of an earlier key still proves what it proved, and which keys are needed can be counted. Hashes of 64 digits were
made before they named their key: the keys are tried one after the other.

``DECLARATION_KEY`` makes them; ``DECLARATION_KEY_FALLBACKS`` are for checking only. Hashes that nothing is proved with,
only compared, are made with ``COMPARISON_KEY``, which stays when the others change: else all that was ever compared
would seem to have changed.
"""

from __future__ import annotations

import hmac
from typing import Final

from django.conf import settings

LENGTH: Final = 64  # characters of every hash
NAME_LENGTH: Final = 8
END_OF_NAME: Final = ":"


def proof(content: bytes) -> str:
    """The hash of the content under the key in use. 64 characters, other ones after the key was changed."""
    name = name_of(settings.DECLARATION_KEY)
    return f"{name}{END_OF_NAME}{_digits(settings.DECLARATION_KEY, content)}"[:LENGTH]


def proves(hash_: str, content: bytes) -> bool:
    """Whether the hash was made of exactly this content, under the key in use or an earlier one."""
    name, is_named, digits = hash_.partition(END_OF_NAME)
    if not is_named:
        return any(_is_same(hash_, _digits(key, content)) for key in _keys())
    key = by_name().get(name)
    return key is not None and _is_same(digits, _digits(key, content)[: LENGTH - len(name) - 1])


def key_of(hash_: str) -> str:
    """The name of the key that made it; empty: it was made before hashes named their key."""
    name, is_named, _ = hash_.partition(END_OF_NAME)
    return name if is_named else ""


def by_name() -> dict[str, str]:
    """The keys that we have, the one in use first."""
    return {name_of(key): key for key in _keys()}


def name_of(key: str) -> str:
    """What a key is called: nothing of the key can be read from it."""
    return _digits(key, b"name of a declaration key")[:NAME_LENGTH]


def to_compare(content: bytes) -> str:
    """A keyed hash that is only compared with others of this function. Proves nothing; 64 hexadecimal digits."""
    return _digits(settings.COMPARISON_KEY, content)


def _keys() -> list[str]:
    return [settings.DECLARATION_KEY, *settings.DECLARATION_KEY_FALLBACKS]


def _digits(key: str, content: bytes) -> str:
    return hmac.digest(key.encode(), content, "sha256").hex()


def _is_same(ours: str, other: str) -> bool:
    return hmac.compare_digest(ours.encode(errors="replace"), other.encode())
