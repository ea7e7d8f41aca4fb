"""The address of a named page, as ``django.urls.reverse`` finds it, without looking for the name again each time.

What is remembered of a page is its address with places for keys, numbers and plain words, never an address that was
filled in: no process holds which cases it showed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import urls
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix

#: Stand in for what goes into an address, while Django finds it. No address of ours has them.
_KEYS = tuple(UUID(int=0xFACADE << 64 | place) for place in range(4))
_NUMBERS = tuple(8_460_573_921_000 + place for place in range(4))
_WORDS = ("stands-in-for-one", "stands-in-for-two", "stands-in-for-three", "stands-in-for-four")
_STAND_INS: dict[type, tuple[Any, ...]] = {UUID: _KEYS, int: _NUMBERS, str: _WORDS}
#: Written in an address as it is, and fitting wherever such a stand-in fits.
_IS_PLAIN_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*").fullmatch
_prefix: ContextVar[str] = ContextVar("prefix of this request's addresses")


class OnePrefix:
    """Middleware: the prefix of addresses, looked up once a request. A page has a hundred of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """It belongs to the request, and counts until that is answered."""
        before = _prefix.set(get_script_prefix())
        try:
            return self.get_response(request)
        finally:
            _prefix.reset(before)


def reverse(name: str, args: Sequence[Any] | None = None, kwargs: Mapping[str, Any] | None = None) -> str:
    """As Django's. Remembered where it takes keys, numbers and plain words; others are looked for each time."""
    values = args or ()
    names: tuple[str, ...] = ()
    if kwargs:
        if args:
            return urls.reverse(name, args=args, kwargs=dict(kwargs))
        names, values = tuple(kwargs), tuple(kwargs.values())
    kinds = []
    for value in values:
        kind = type(value)
        if (
            kind is not UUID
            and (kind is not int or value < 0)
            and (kind is not str or not _IS_PLAIN_WORD(value))
        ):
            return urls.reverse(name, args=args, kwargs=dict(kwargs) if kwargs else None)
        kinds.append(kind)
    prefix = _prefix.get("") or get_script_prefix()
    return _with_places(name, tuple(kinds), names, settings.ROOT_URLCONF, prefix).format(*values)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The same, as templates ask for it."""
    return reverse(name, args, kwargs)


@lru_cache(maxsize=1_000)
def _with_places(name: str, kinds: tuple[type, ...], names: tuple[str, ...], where: str, prefix: str) -> str:
    """The address with ``{0}`` for the first value and so on, under a URL configuration and a prefix."""
    places = [_STAND_INS[kind][place] for place, kind in enumerate(kinds)]
    given: dict[str, Any] = {"kwargs": dict(zip(names, places, strict=True))} if names else {"args": places}
    address = urls.reverse(name, urlconf=where, **given)  # without braces: those are written as %7B and %7D
    for number, place in enumerate(places):
        address = address.replace(str(place), f"{{{number}}}")
    return address
