"""Pages need few statements, and as many for 500 cases as for 5 (the figures are in docs/performance.md)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from measurements.many_cases import FEW, MANY, MOST_STATEMENTS, PAGES, Cases
from measurements.page_cost import statements_of
from risk.models import SectionChange
from tests.pages import assert_page

AsPersona = Callable[[str], Client]
ENOUGH = 60  # for a full page of every list


@pytest.fixture
def cases(personas: object) -> Cases:
    return Cases.of_the_demo()


@pytest.fixture
def needed(as_persona: AsPersona, cases: Cases) -> Callable[[], dict[str, list[str]]]:
    """A function that opens every page and answers its data statements, caches being warm."""
    clients = {page.persona: as_persona(page.persona) for page in PAGES}

    def open_all() -> dict[str, list[str]]:
        return {page.name: statements_of(clients[page.persona], page.address(cases)) for page in PAGES}

    def open_all_twice() -> dict[str, list[str]]:
        open_all()
        return open_all()

    return open_all_twice


@pytest.mark.slow
def test_a_page_needs_few_statements_and_no_more_of_them_for_many_cases(
    cases: Cases, needed: Callable[[], dict[str, list[str]]]
) -> None:
    """Lists, the history of risk information, and the pages that have neither."""
    cases.grow_to(FEW)
    few = needed()
    cases.grow_to(MANY)
    many = needed()

    assert {name: len(statements) for name, statements in many.items()} == {
        name: len(statements) for name, statements in few.items()
    }
    assert {name: len(one) for name, one in few.items() if len(one) > MOST_STATEMENTS} == {}


#: Page: where each of its rows leads, and how many rows a full one has.
FULL = {
    "Supplier: all cases": (r"/service-provider/referrals/[0-9a-f-]{36}/details", 50),
    "Your cases": (r"/probation-practitioner/cases/[0-9a-f-]{36}/progress", 50),
    "Draft referrals": (r"/probation-practitioner/drafts/[0-9a-f-]{36}/resume", 20),
}


@pytest.mark.slow
def test_there_really_are_many(as_persona: AsPersona, cases: Cases) -> None:
    """A full page of different cases, of as many as there should be: else few statements would mean nothing."""
    cases.grow_to(ENOUGH)
    for name, (link, rows) in FULL.items():
        page = next(page for page in PAGES if page.name == name)

        text = assert_page(as_persona(page.persona).get(page.address(cases)))

        links = {str(tag["href"]) for tag in text.find_all("a", href=re.compile(rf"^{link}$"))}
        assert len(links) == rows, name
        assert f"Showing 1 to {rows} of {ENOUGH} " in text.get_text(), name
    assert SectionChange.objects.filter(section__risk=cases.draft.risk).count() == ENOUGH


@pytest.mark.slow
def test_what_is_counted(as_persona: AsPersona, cases: Cases) -> None:
    """Reads and writes of data with the audit event; not the web session, nor who is signed in, nor savepoints."""
    statements = statements_of(as_persona("sp.caseworker"), PAGES[0].address(cases))

    assert len([one for one in statements if one.startswith('INSERT INTO "events_auditevent"')]) == 1
    assert not [one for one in statements if "accounts_websession" in one or "SAVEPOINT" in one]
    assert not [one for one in statements if 'FROM "accounts_user"' in one]


@pytest.mark.slow
def test_a_page_that_does_not_open_is_not_measured(as_persona: AsPersona, cases: Cases) -> None:
    with pytest.raises(ValueError, match="403"):
        statements_of(as_persona("pp"), PAGES[0].address(cases))


# --- The command ---------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_the_command_prints_a_row_for_each_page_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """As a process of its own, with folders of its own: it makes a database and throws it away."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local",
        "VAR_DIR": str(tmp_path),
    }
    environment = {
        name: value for name, value in environment.items() if name not in ("DATABASE_URL", "REDIS_URL")
    }
    command = [sys.executable, "manage.py", "measure_pages", "--many", "7", "--times", "1"]

    ran = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr[-2000:]
    rows = [line.strip("| ").split(" | ") for line in ran.stdout.splitlines() if line.startswith("| ")]
    assert [row[0] for row in rows[2:]] == [page.name for page in PAGES]
    for row in rows[2:]:
        assert row[1] == row[5], "as many statements"
        assert 1 <= int(row[1]) <= MOST_STATEMENTS
    assert not list(tmp_path.rglob("*.sqlite3*"))


def test_the_command_is_for_demo_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMO_MODE", False)

    with pytest.raises(CommandError, match="only for demo mode"):
        call_command("measure_pages")
