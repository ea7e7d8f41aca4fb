"""Every address of the service, from the resolver: so that a page that is added tomorrow is tested tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def addresses(within: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every page's name and pattern; the inside of the admin only when asked for (``within="admin:"``)."""
    for name, pattern in _patterns(get_resolver().url_patterns, ""):
        if name.startswith(within) if within else not name.startswith("admin:"):
            yield name, pattern


def _patterns(patterns: list[Any], space: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _patterns(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", pattern
