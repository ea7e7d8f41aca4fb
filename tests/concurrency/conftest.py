"""Many at once: each in a thread with a database connection of its own, all let go at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]
Posts = Callable[..., list[HttpResponse]]


@pytest.fixture
def at_once() -> AtOnce:
    """A function that runs all it is given at the same moment and answers what each answered."""

    def run_all(tries: Sequence[Callable[[], Any]]) -> list[Any]:
        together = Barrier(len(tries))

        def run(attempt: Callable[[], Any]) -> Any:
            try:
                together.wait(timeout=30)
                return attempt()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(tries)) as threads:
            return list(threads.map(run, tries))

    return run_all


@pytest.fixture
def posts(at_once: AtOnce) -> Posts:
    """A function that posts forms to one address at the same moment, from one web session, as many as are given."""

    def post_all(signed_in: Client, url: str, forms: Sequence[dict[str, Any]]) -> list[HttpResponse]:
        def attempt(form: dict[str, Any]) -> Callable[[], HttpResponse]:
            client = Client()
            client.cookies.update(signed_in.cookies)
            return lambda: client.post(url, form)

        return at_once([attempt(form) for form in forms])

    return post_all
