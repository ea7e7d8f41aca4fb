"""The case reference number of a person in nDelius: one letter and six digits."""

from __future__ import annotations

import re
from typing import NewType

Crn = NewType("Crn", str)  # in capital letters
_CRN = re.compile(r"[A-Z][0-9]{6}")
#: One that stands in a text, in capital or small letters.
CRN_IN_TEXT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]\d{6}(?![A-Za-z0-9])")


def crn_of(typed: str) -> Crn | None:
    """The CRN that was typed, or None when it is none. Spaces and small letters are forgiven."""
    crn = "".join(typed.split()).upper()
    return Crn(crn) if _CRN.fullmatch(crn) else None


def is_crn(text: str) -> bool:
    """Whether this is a CRN as it is kept."""
    return _CRN.fullmatch(text) is not None
