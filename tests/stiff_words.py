"""Words that no page may say (docs/content.md): nobody talks like that, or the product has another term for it."""

from __future__ import annotations

import re

_STIFF = re.compile(
    r"\bsuppliers?\b(?!['’]? assessment)"  # service provider; "supplier assessment" is the field's term
    r"|\bstands\b|\bstand(?: here| there| first| below| above)\b|\bas (?:it|they) stand\b"
    r"|\bwhom\b|\bthereof\b|\bhereby\b|\bshall\b|\bmeanwhile\b"
    r"|\b(?:is|are|was|were|be|been) asked for\b"
    r"|\bspeaks? (?:of|against|for)\b"
    r"|\b(?:nothing|none|any) of it\b"
    r"|\bgo(?:es)? on\b|\bno longer knows?\b",
    re.IGNORECASE,
)


def stiff_words(text: str) -> list[str]:
    """Every such word of a text, as it is written there."""
    return _STIFF.findall(text)
