"""Whether a page says the same as the base's, but for white space and for what is never the same twice."""

from __future__ import annotations

import re
from difflib import unified_diff

#: Keys, tokens, numbers of rows, hashes in names of static files, reference numbers, times of the day.
CHANGING = re.compile(
    r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|nonce="[^"]+"|value="[^" ]{24,}"'
    r"|/\d+/|\.[0-9a-f]{12}\.|\b[A-Z]{2}\d{4}[A-Z]{2}\b|\b\d{1,2}(:\d\d)?[ap]m"
)


def print_difference(page: str, base: str, here: str, *, show: bool) -> None:
    """How many lines differ; with ``show``, which."""
    before, now = _lines(base), _lines(here)
    found = unified_diff(before, now, lineterm="", n=0)
    changed = [line for line in found if line[0] in "+-" and line[:3] not in ("+++", "---")]
    print(f"- {page}: " + (f"{len(changed)} of {len(now)} lines differ" if changed else "the same"))
    if show:
        print("\n".join(changed))


def _lines(html: str) -> list[str]:
    """One tag or text a line."""
    text = CHANGING.sub("…", re.sub(r"\s+", " ", html))
    return [line.strip() for line in re.split(r"(?=<)|(?<=>)", text) if line.strip()]
