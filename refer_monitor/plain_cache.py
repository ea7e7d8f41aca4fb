"""What may be kept in the cache: JSON, and nothing that would come back as something else.

Django pickles what it keeps, so whoever can write to Redis could run code in the service. With JSON the worst that a
value from there can be is wrong. The cache in memory keeps to the same rule: what works without Redis works with it.

Nothing is kept that cannot be found anew, and so no page fails without Redis: while it is away the cache is empty, and
keeps nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

_MISSING = object()
#: Seconds for which a Redis that did not answer is not asked again: a page that reads five things waits once.
LEFT_ALONE_FOR: Final = 2.0
#: Until when, by the address of each Redis. For all threads: each has a cache of its own.
_left_alone_until: dict[str, float] = {}
log = structlog.get_logger(__name__)


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
    """The cache in Redis, and an empty one while Redis is away. The serializer is named in the settings."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _OneClient
        self._address = str(server)

    def _ask(self, operation: Callable[..., Any], *args: Any, away: Any, **kwargs: Any) -> Any:
        """What Redis answers to ``operation``; ``away``, as an empty cache would answer, when it does not."""
        if time.monotonic() < _left_alone_until.get(self._address, 0.0):
            return away
        try:
            return operation(*args, **kwargs)
        except (RedisError, OSError) as failure:
            log.warning("cache_away", failure=type(failure).__name__)
            _left_alone_until[self._address] = time.monotonic() + LEFT_ALONE_FOR
            return away

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """What was kept; the default when nothing is."""
        return self._ask(super().get, key, default, version, away=default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """Those that are kept, by their keys."""
        found: dict[Any, Any] = self._ask(super().get_many, keys, version, away={})
        return found

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether something is kept."""
        return bool(self._ask(super().has_key, key, version, away=False))

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep it unless something is kept already; True when nothing was, as far as is known."""
        return bool(self._ask(super().add, key, value, *args, away=True, **kwargs))

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep it, if that is possible."""
        self._ask(super().set, key, value, *args, away=None, **kwargs)

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Keep them; answers the keys of those that are not kept."""
        return list(self._ask(super().set_many, data, *args, away=[*data], **kwargs))

    def touch(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Keep it longer; whether it was there."""
        return bool(self._ask(super().touch, key, *args, away=False, **kwargs))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count; raises ValueError where nothing is kept."""
        counted = self._ask(super().incr, key, delta, version, away=None)
        if counted is None:
            raise ValueError(f"Key '{key}' not found")
        return int(counted)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget it; whether it was there. What another release or machine kept meanwhile ends by its time."""
        return bool(self._ask(super().delete, key, version, away=False))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        """Forget them."""
        self._ask(super().delete_many, keys, version, away=None)

    def clear(self) -> None:
        """Forget everything."""
        self._ask(super().clear, away=None)


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
