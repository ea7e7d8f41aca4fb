"""Background work over many things, in which one that fails holds up none of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class OneByOne:
    """``with OneByOne() as each: done = sum(each(items, do))``, where each item is a transaction of its own.

    A failure is logged by its kind, without its text, and gives no answer; the rest are done. At the end of the block
    the first failure is raised, so that whoever watches the task sees it.
    """

    def __init__(self) -> None:
        self._first: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, items: Iterable[Item], do: Callable[[Item], Answer]) -> Iterator[Answer]:
        """The answers, in order, of those that did not fail."""
        for item in items:
            try:
                answer = do(item)
            except Exception as failure:  # any: what fails for one must not hold up another
                logger.error("%s failed: %s", _name(do), type(failure).__name__)
                self._first = self._first or failure
            else:
                yield answer

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._first is not None:
            raise self._first


def _name(do: Callable[..., object]) -> str:
    """What a function is called in the log; of a partial one, what the whole function is called."""
    return str(getattr(getattr(do, "func", do), "__qualname__", "work"))
