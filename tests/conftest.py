"""What every test may use: the demo's people signed in, and pages that are inspected as they are fetched."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache, caches
from django.http import HttpResponse
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker

from accounts import service_notices
from accounts.models import User
from accounts.tries import HERE
from referrals.sensitive_details import known_places
from tests import database, pages, prepared_checks, signing_in
from tests.personas import BY_KEY
from upstream_stub import adapter


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """While the tests are collected hardly anything that is made is garbage, so nobody looks for it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What is there before the first test stays: the garbage collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The test database as every test finds it: see ``tests.database``."""
    with (
        django_db_blocker.unblock(),
        database.kept_after_migrating(anew=request.config.getvalue("create_db")),
    ):
        request.getfixturevalue("django_db_setup")  # pytest-django's own
    flush = TransactionTestCase._fixture_teardown
    with django_db_blocker.unblock():
        database.load()
    TransactionTestCase._fixture_teardown = lambda case: database.restore()
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture
def empty_tables(db: None) -> None:
    """No catalogue, no people: nothing but what the test itself makes."""
    database.empty()


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Access answers and throttles of one test must not reach the next."""
    cache.clear()
    cache.set(service_notices.KEPT, [])  # as in a running service: pages find them there
    yield
    cache.clear()
    caches[HERE].clear()
    for known in (known_places.ALL, known_places.BOTH_KNOW):
        known.forget()


@pytest.fixture(autouse=True)
def _prepared_queries_are_checked() -> Iterator[None]:
    """Against Django's (``tests.prepared_checks``)."""
    with prepared_checks.once_for_each_circumstance():
        yield


@pytest.fixture
def redis_is_away(settings: Any) -> None:
    """The cache as production has it, on a port where nobody listens."""
    nowhere = {
        "BACKEND": "refer_monitor.plain_cache.PlainRedisCache",
        "LOCATION": "redis://127.0.0.1:9/0",
        "OPTIONS": {"serializer": "refer_monitor.plain_cache.JsonSerializer"},
    }
    settings.CACHES = {**settings.CACHES, "default": nowhere}


@pytest.fixture(autouse=True)
def _fresh_stub() -> None:
    """Faults, recorded writes and open breakers of one test must not reach the next."""
    adapter.reset()


@pytest.fixture
def personas(db: None) -> dict[str, User]:
    """The demo accounts, their providers, the contracts and the grants on them, by user name."""
    return {user.username: user for user in User.objects.filter(username__in=BY_KEY)}


@pytest.fixture
def as_persona(personas: dict[str, User]) -> Callable[[str], Client]:
    """A function from a persona's key to a client signed in as that person (``anonymous``: not signed in)."""

    def sign_in(key: str) -> Client:
        client = Client()
        if BY_KEY[key].is_signed_in:
            signing_in.sign_in(client, personas[key])
        return client

    return sign_in


@dataclass(frozen=True, slots=True)
class Page:
    """Fetches pages and inspects each one: ``page(client, url)``, ``page.post(client, url, {...})``."""

    def __call__(self, client: Client, url: str, *, status: int = 200, **kwargs: Any) -> BeautifulSoup:
        """Get ``url``, expect ``status``, inspect the page and return it."""
        return self.read(client.get(url, **kwargs), status=status)

    def post(
        self,
        client: Client,
        url: str,
        answers: dict[str, Any] | None = None,
        *,
        status: int = 302,
        **kwargs: Any,
    ) -> BeautifulSoup:
        """Post ``answers``, expect ``status`` (a redirect unless told), inspect the page and return it."""
        return self.read(client.post(url, answers or {}, **kwargs), status=status)

    def read(self, response: HttpResponse, *, status: int) -> BeautifulSoup:
        """Expect ``status``, inspect the page that was answered and return it."""
        if response.headers.get("Content-Type", "").startswith("text/html") and response.content:
            return pages.assert_page(response, status)
        assert response.status_code == status, f"{response.status_code} instead of {status}"
        return BeautifulSoup(response.content.decode(), "html5lib")


@pytest.fixture
def page() -> Page:
    """Fetch and inspect pages."""
    return Page()
