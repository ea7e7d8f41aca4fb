"""What is kept in the cache comes back as it was; anything else is refused when it is kept, on Redis and in memory."""

from __future__ import annotations

import datetime
import pickle
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.utils.functional import lazystr
from structlog.testing import capture_logs

from refer_monitor import plain_cache
from refer_monitor.plain_cache import JsonSerializer


@dataclass(frozen=True)
class Answer:
    allowed: bool


class Word(models.TextChoices):
    ONE = "ONE", "One"


KEPT = [
    pytest.param("Siân 👍 \u2028 <b>", id="text"),
    pytest.param("", id="no text"),
    pytest.param("5", id="text that reads as a number"),
    pytest.param("null", id="text that reads as nothing"),
    pytest.param(5, id="whole number"),
    pytest.param(-(2**70), id="a very large number"),
    pytest.param(1764384000.123456, id="a time in seconds"),
    pytest.param(True, id="true"),
    pytest.param(False, id="false"),
    pytest.param(None, id="nothing"),
    pytest.param([1, "a", [True, None], {"x": [0.5]}], id="a list"),
    pytest.param({"a": {"b": 1}}, id="a dictionary"),
]


@pytest.mark.parametrize("value", KEPT)
def test_comes_back_as_it_was(value: Any) -> None:
    missing = object()
    cache.set("one", value)
    cache.add("two", value)

    for key in ("one", "two"):
        found = cache.get(key, missing)
        assert (found, type(found)) == (value, type(value))
    assert cache.get_many(["one", "none"]) == {"one": value}


CHANGED = [
    pytest.param((1, 2), id="a tuple would become a list"),
    pytest.param([(1, 2)], id="a tuple inside"),
    pytest.param({1: "a"}, id="a number as a key would become text"),
    pytest.param({"a"}, id="a set"),
    pytest.param(datetime.date(2026, 11, 29), id="a date"),
    pytest.param(datetime.datetime(2026, 11, 29, tzinfo=datetime.UTC), id="a date and time"),
    pytest.param(uuid.UUID(int=7), id="an id"),
    pytest.param(Decimal("1.5"), id="a decimal"),
    pytest.param(b"bytes", id="bytes"),
    pytest.param(Answer(True), id="a dataclass"),
    pytest.param(Word.ONE, id="a choice would become text"),
    pytest.param(lazystr("words"), id="words that are not yet looked up"),
]
WAYS = [
    pytest.param(lambda value: cache.set("x", value), id="set"),
    pytest.param(lambda value: cache.add("x", value), id="add"),
    pytest.param(lambda value: cache.set_many({"x": value}), id="many"),
    pytest.param(lambda value: cache.get_or_set("x", value), id="get or set"),
]


@pytest.mark.parametrize("keep", WAYS)
@pytest.mark.parametrize("value", CHANGED)
def test_what_would_come_back_as_something_else_is_refused(keep: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(TypeError, match="The cache keeps no"):
        keep(value)
    assert cache.get("x") is None


def test_counting() -> None:
    cache.add("tries", 0)
    assert [cache.incr("tries"), cache.incr("tries", 4), cache.decr("tries")] == [1, 5, 4]
    assert cache.get("tries") == 4


def test_nothing_that_is_read_from_the_cache_runs() -> None:
    with pytest.raises(ValueError, match="JSON|decode"):
        JsonSerializer().loads(pickle.dumps({"harmless": True}))


def test_both_caches_keep_to_it() -> None:
    """Every installation, and so every test that fills the cache: access answers, lists of places, sorts, breakers."""
    chosen = settings.CACHES["default"]
    if settings.REDIS_URL:
        assert chosen["OPTIONS"]["serializer"] == "refer_monitor.plain_cache.JsonSerializer"
    else:
        assert chosen["BACKEND"] == "refer_monitor.plain_cache.PlainMemoryCache"


# --- While Redis is away


AWAY = [
    pytest.param(lambda: cache.get("a"), None, id="get"),
    pytest.param(lambda: cache.get("a", "nothing"), "nothing", id="get, or something else"),
    pytest.param(lambda: cache.get_many(["a", "b"]), {}, id="get many"),
    pytest.param(lambda: cache.get_or_set("a", lambda: [1]), [1], id="get or set"),
    pytest.param(lambda: "a" in cache, False, id="whether it is there"),
    pytest.param(lambda: cache.set("a", [1], timeout=9), None, id="set"),
    pytest.param(lambda: cache.set_many({"a": 1, "b": 2}, timeout=9), ["a", "b"], id="set many"),
    pytest.param(lambda: cache.add("a", 1, timeout=9), True, id="add"),
    pytest.param(lambda: cache.touch("a", 9), False, id="touch"),
    pytest.param(lambda: cache.delete("a"), False, id="delete"),
    pytest.param(lambda: cache.delete_many(["a", "b"]), None, id="delete many"),
    pytest.param(lambda: cache.clear(), None, id="clear"),
]


@pytest.mark.usefixtures("redis_is_away")
@pytest.mark.parametrize(("ask", "answer"), AWAY)
def test_without_redis_the_cache_is_empty(ask: Callable[[], Any], answer: Any) -> None:
    assert ask() == answer


@pytest.mark.usefixtures("redis_is_away")
def test_without_redis_nothing_can_be_counted_up() -> None:
    cache.add("a", 1)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


@pytest.mark.usefixtures("redis_is_away")
def test_a_redis_that_did_not_answer_is_left_alone_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_cache, "_left_alone_until", {})
    with capture_logs() as lines:
        for _ in range(5):
            assert cache.get("a") is None
    assert [line["event"] for line in lines] == ["cache_away"], "asked once"

    (address,) = plain_cache._left_alone_until
    plain_cache._left_alone_until[address] = 0.0  # the moment is over
    with capture_logs() as lines:
        cache.get("a")
    assert [(line["event"], line["failure"]) for line in lines] == [("cache_away", "ConnectionError")]


@pytest.mark.usefixtures("redis_is_away")
def test_what_can_never_be_kept_is_refused_without_redis_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_cache, "_left_alone_until", {})
    with pytest.raises(TypeError, match="tuple"):
        cache.set("a", (1, 2))
