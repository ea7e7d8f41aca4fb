"""Reference numbers: two letters, four digits, and the first two letters of the contract type (decision F9)."""

from __future__ import annotations

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O
DIGITS = "0123456789"
LOOK_ALIKES = (("0", "O"), ("1", "I"), ("5", "S"), ("8", "B"))


def confusing(reference: str) -> bool:
    """Whether both of a pair that looks alike stand in it."""
    return any(first in reference and second in reference for first, second in LOOK_ALIKES)


def draw(suffix: str) -> str:
    """A random reference for a contract type's two letters. Whether it is taken, the database says."""
    while True:
        letters = "".join(secrets.choice(LETTERS) for _ in range(2))
        digits = "".join(secrets.choice(DIGITS) for _ in range(4))
        reference = f"{letters}{digits}{suffix.upper()}"
        if not confusing(reference):
            return reference
