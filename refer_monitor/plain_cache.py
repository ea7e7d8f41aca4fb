"""What may be kept in the cache: JSON, and nothing that would come back as something else.

Django pickles what it keeps, so whoever can write to Redis could run code in the service. With JSON the worst that a
value from there can be is wrong. The cache in memory keeps to the same rule: what works without Redis works with it.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

_MISSING = object()


class JsonSerializer:
    """Text, numbers, true, false, nothing, lists of these, and dictionaries with text as keys; else TypeError."""

    def dumps(self, value: Any) -> str | int:
        """As it is kept. A whole number stays one: Redis counts with it."""
        _refuse_what_would_change(value)
        return value if type(value) is int else json.dumps(value, ensure_ascii=False)

    def loads(self, kept: bytes | str | int) -> Any:
        """As it was given."""
        return kept if isinstance(kept, int) else json.loads(kept)


class _OneClient(RedisCacheClient):
    """Keeps the client of each server. Django makes a new one for each key that it reads or writes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client; its connections are those of the pool, as ever."""
        index = self._get_connection_pool_index(write)  # type: ignore[attr-defined]  # of Django, not of its types
        if index not in self._clients:
            self._clients[index] = super().get_client(key, write=write)
        return self._clients[index]


class PlainRedisCache(RedisCache):
    """The cache in Redis. The serializer is named in the settings."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _OneClient


class PlainMemoryCache(LocMemCache):
    """The cache in memory of one process, with the same rule."""

    serializer = JsonSerializer()

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep it unless something is kept already."""
        return super().add(key, self.serializer.dumps(value), *args, **kwargs)

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep it."""
        super().set(key, self.serializer.dumps(value), *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What was kept."""
        kept = super().get(key, _MISSING, version)
        return default if kept is _MISSING else self.serializer.loads(kept)


def _refuse_what_would_change(value: Any) -> None:
    """Exact types: a tuple would come back as a list, 1 as "1" when it is a key, a date not at all."""
    kind = type(value)
    if kind is list:
        for item in value:
            _refuse_what_would_change(item)
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"The cache keeps no dictionary with a {type(key).__name__} as a key.")
            _refuse_what_would_change(item)
    elif value is not None and kind not in (str, int, float, bool):
        raise TypeError(f"The cache keeps no {kind.__name__}: turn it into text, numbers and lists.")
