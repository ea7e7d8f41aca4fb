"""The places where somebody can be held in custody: prisons and secure children's homes, as one list.

They come from two systems, and no page waits for them each time: each list is kept in Django's cache for an hour,
and used for a day when its system does not answer. When one system is silent and nothing is kept, the other's list
is still given, and ``missing`` says what is missing and why. Knows nothing of either system's shapes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from django.core.cache import cache

from integrations import failures
from integrations.deadlines import deadline
from integrations.failures import Trouble
from integrations.prison_api import client as prison_api
from integrations.prison_register import client as prison_register
from integrations.prison_register.types import Establishment

__all__ = ["Establishment", "Establishments", "establishments"]

SECONDS_FRESH: Final = 60 * 60
SECONDS_KEPT: Final = 24 * 60 * 60
SECONDS_TO_WAIT: Final = 5.0  # for each list, repeats included: a page can do without

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Establishments:
    """Every establishment that is known now, by name.

    ``missing``: the lists that are not in ``known``, in words for a page ("the prison register"), and why.
    A list that is up to a day old counts as known.
    """

    known: tuple[Establishment, ...]
    missing: tuple[tuple[str, Trouble], ...] = ()

    @property
    def not_answering(self) -> tuple[str, ...]:
        """Which lists are missing."""
        return tuple(words for words, _ in self.missing)

    def name_of(self, id: str | None) -> str | None:
        """The name of the establishment with this code, or ``None`` when no list has it."""
        return next((place.name for place in self.known if place.id == id), None)


def establishments() -> Establishments:
    """Both lists, merged and sorted by name. Never raises for what an outside system or the cache does."""
    lists = {words: _establishments_of(key, fetch) for words, (key, fetch) in _LISTS.items()}
    by_id: dict[str, Establishment] = {}
    for found in lists.values():
        for place in found if isinstance(found, tuple) else ():
            by_id.setdefault(place.id, place)
    return Establishments(
        known=tuple(sorted(by_id.values(), key=lambda place: (place.name.casefold(), place.id))),
        missing=tuple((words, found) for words, found in lists.items() if isinstance(found, Trouble)),
    )


_Fetch = Callable[[], tuple[Establishment, ...]]

#: In words for a page: the key in the cache, and whom to ask.
_LISTS: Final[dict[str, tuple[str, _Fetch]]] = {
    "the prison register": ("establishments:prisons", prison_register.prisons),
    "the list of secure children’s homes": (
        "establishments:secure-childrens-homes",
        prison_api.secure_childrens_homes,
    ),
}


def _establishments_of(key: str, fetch: _Fetch) -> tuple[Establishment, ...] | Trouble:
    """One list: kept, asked anew, or kept although it is old; why there is none of these."""
    read_at, cached = _cached(key)
    if cached is not None and time.time() - read_at < SECONDS_FRESH:
        return cached
    try:
        with deadline(SECONDS_TO_WAIT):
            found = fetch()
    except failures.UpstreamFailure as failure:  # the transport has logged how it failed
        if cached is None:
            return failure.trouble
        log.warning("establishments_old", key=key, minutes=round((time.time() - read_at) / 60))
        return cached
    # Plain values: what one release has kept, the next one can read.
    cache.set(key, [time.time(), [[place.id, place.name] for place in found]], timeout=SECONDS_KEPT)
    return found


def _cached(key: str) -> tuple[float, tuple[Establishment, ...] | None]:
    """When a list was read, and the list, if it is not too old."""
    read_at, pairs = cache.get(key) or (0.0, ())
    if time.time() - read_at >= SECONDS_KEPT:
        return read_at, None
    return read_at, tuple(Establishment(code, name) for code, name in pairs)
