"""Threads that search at the same moment in a new process: everything is read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import _lru_cache_wrapper
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from risk.sensitive_details import loading, rules, word_lists
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.scan import scan

THREADS = 8
TEXT = "Lives with her sister Mary Brown in Leeds, who works as a nurse."


def _forget() -> None:
    for module in (loading, rules, word_lists):
        for kept in vars(module).values():
            if isinstance(kept, _lru_cache_wrapper):
                kept.cache_clear()


@pytest.fixture
def nothing_read() -> Iterator[None]:
    """As in a process that has just begun; as it was, afterwards."""
    _forget()
    yield
    loading.load_once()


@pytest.mark.usefixtures("nothing_read")
def test_threads_that_search_at_once_read_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given nothing read yet, when eight threads search, then each file was read once, and all find the same."""
    read: Counter[str] = Counter()
    read_text = Path.read_text

    def counted(self: Path, *args: Any, **kwargs: Any) -> str:
        read[self.name] += 1
        return read_text(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", counted)
    loading.load_once()
    alone = read.copy()
    read.clear()
    _forget()
    together = Barrier(THREADS)

    def search(_: int) -> tuple[Any, ...]:
        together.wait(timeout=10)
        return scan(TEXT, KnownWords())

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(search, range(THREADS)))

    assert alone["surnames.txt"]
    assert {file: read[file] for file in alone} == alone
    assert found[0]
    assert all(one == found[0] for one in found)


def test_every_list_is_read_beforehand() -> None:
    """A list that is added is named in ``EVERY_LIST``, or threads read it side by side."""
    lists = {
        name
        for name, one in vars(word_lists).items()
        if isinstance(one, _lru_cache_wrapper) and not name.startswith(("_", "is_"))
    }
    assert {one.__name__ for one in word_lists.EVERY_LIST} == lists  # type: ignore[attr-defined]
