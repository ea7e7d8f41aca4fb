"""Every address of the service, from the resolver: so that a page that is added tomorrow is tested tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class PageAddress:
    """Where a page is: its view, and what stands for something in its address, with what reads it (a converter).

    ``groups``: what stands for something where Django's admin writes an address as a regular expression.
    """

    name: str | None
    callback: Callable[..., Any]
    default_args: dict[str, Any] = field(default_factory=dict)
    converters: dict[str, Any] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


def addresses(within: str = "") -> Iterator[tuple[str, PageAddress]]:
    """Every page, by its name; the inside of the admin only when asked for (``within="admin:"``)."""
    for name, address in addresses_of(get_resolver().url_patterns):
        if name.startswith(within) if within else not name.startswith("admin:"):
            yield name, address


def addresses_of(
    patterns: list[Any], space: str = "", above: dict[str, Any] | None = None
) -> Iterator[tuple[str, PageAddress]]:
    """Every page of these patterns; ``above`` are the converters of what they are included in."""
    for pattern in patterns:
        converters = (above or {}) | getattr(pattern.pattern, "converters", {})
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses_of(pattern.url_patterns, inner, converters)
        else:
            yield f"{space}{pattern.name}", _address(pattern, converters)


def _address(pattern: URLPattern, converters: dict[str, Any]) -> PageAddress:
    groups = tuple(pattern.pattern.regex.groupindex)
    return PageAddress(pattern.name, pattern.callback, dict(pattern.default_args), converters, groups)
