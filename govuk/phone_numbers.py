"""Whether a telephone number of the UK has all its digits. Knows lengths, not which numbers are in use.

National numbers have 11 digits with their 0, but for a few areas (Ofcom, national telephone numbering plan) and some of
0500 and 0800, which have 10.
"""

from __future__ import annotations

import re

LENGTH = 11
SHORT_LENGTH = 10
MAY_BE_SHORT = (
    "0500", "0800",
    "01204", "01208", "01254", "01276", "01297", "01298", "01363", "01364", "01384", "01386", "01404", "01420",
    "01460", "01461", "01480", "01488", "01524", "01527", "01562", "01566", "01606", "01629", "01635", "01647",
    "01659", "01695", "01697", "01726", "01744", "01750", "01768", "01827", "01837", "01884", "01900", "01905",
    "01935", "01946", "01949", "01963", "01995",
)  # fmt: skip


def has_its_length(number: str) -> bool:
    """True for a number of the UK that is neither too short nor too long. Numbers from abroad are not known: True."""
    national = _national(number)
    if national is None:
        return True
    return len(national) == LENGTH or (len(national) == SHORT_LENGTH and national.startswith(MAY_BE_SHORT))


def _national(number: str) -> str | None:
    """The digits from the 0 on; None for a number from abroad."""
    digits = re.sub(r"\D", "", number)
    if number.strip().startswith("+"):
        digits = f"00{digits}"
    if digits.startswith("0044"):
        return f"0{digits[4:].removeprefix('0')}"
    return digits if digits.startswith("0") and not digits.startswith("00") else None
