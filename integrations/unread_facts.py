"""Which facts cannot be known, because the values that say them could not be read (decision W6).

A shape names what it could not read by the keys of the wire (``Wire.unread``); a page speaks of facts. Knows no shape.
"""

from collections.abc import Iterable, Mapping


def facts_of(unread: Iterable[str], by_key: Mapping[str, str]) -> frozenset[str]:
    """The facts that these keys say. A whole takes its parts along, and a part the fact that it belongs to."""
    return frozenset(
        fact
        for name in unread
        for key, fact in by_key.items()
        if _is_within(name, key) or _is_within(key, name)
    )


def _is_within(key: str, whole: str) -> bool:
    return f"{key}.".startswith(f"{whole}.")
