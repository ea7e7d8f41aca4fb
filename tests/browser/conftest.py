"""Chromium, and somebody in front of it.

The service answers from the test's own process, on a database file as in the embedded default (one in memory would
be one connection for all threads). The variable lets the test ask the database while Playwright's loop runs; it must
not reach other tests, so these are a run of their own. Processes side by side share nothing: each has its database,
server and browser. ``PICTURES=folder`` puts a picture of every page there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from accounts.models import User
from tests.browser.visitor import Visitor, checked_pages

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

LAUNCH_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A database for each process; on SQLite a file, so that the server's threads have connections of their own."""
    default = connections["default"]
    if default.vendor == "sqlite":
        name = str(tmp_path_factory.mktemp("database") / "browser.sqlite3")
        default.settings_dict["TEST"]["NAME"] = name


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, live_server: Any) -> Any:
    """The service, started once the test database is there: earlier, it would share the test's own connection."""
    return live_server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the operating system."""
    # The same engine without windows and menus, where it is there: it draws no page of its own beside each of ours.
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.exit(
            "There is no Chromium. On Debian: apt-get install chromium fonts-liberation", returncode=1
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, headless=True, args=LAUNCH_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(
    chromium: Browser, transactional_db: None, live_server: Any, personas: dict[str, User]
) -> Iterator[Callable[..., Visitor]]:
    """A function that seats somebody at a browser of their own; at the end nothing may have gone wrong in it."""
    visitors: list[Visitor] = []

    def sit_down(**options: Any) -> Visitor:
        visitors.append(Visitor(chromium, live_server.url, **options))
        return visitors[-1]

    yield sit_down
    faults = [fault for one in visitors for fault in one.leaves()]
    assert not faults, "\n".join(faults)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes: tell the first what was looked at here."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["checked_pages"] = checked_pages


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Another process is done."""
    checked_pages.extend(getattr(node, "workeroutput", {}).get("checked_pages", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much was looked at."""
    terminalreporter.write_line(
        f"Looked at in Chromium: {len(checked_pages)} pages, {len(set(checked_pages))} of them different"
    )
