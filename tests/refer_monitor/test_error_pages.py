"""What goes wrong has a page in the service's layout that says what to do, and nothing private."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from tests.conftest import Page

AsPersona = Callable[[str], Client]
pytestmark = pytest.mark.urls("tests.refer_monitor.addresses")
PRIVATE = "X980010"
WRONG = [
    pytest.param("/fails/denied", 403, id="403"),
    pytest.param("/fails/suspicious", 400, id="400"),
    pytest.param("/fails/broken", 500, id="500"),
    pytest.param("/fails/database", 500, id="500 of the database"),
    pytest.param(f"/no-such-page/{PRIVATE}", 404, id="404"),
]


@pytest.mark.parametrize("who", ["anonymous", "pp", "sp.caseworker", "admin"])
@pytest.mark.parametrize(("url", "status"), WRONG)
def test_every_failure_has_a_page(url, status, who, as_persona: AsPersona, page: Page) -> None:
    client = as_persona(who)
    client.raise_request_exception = False
    shown = page(client, url, status=status)
    assert shown.h1
    assert "Refer and monitor an intervention" in shown.title.get_text()
    said = str(shown).replace(f"page=/no-such-page/{PRIVATE}", "")
    assert PRIVATE not in said
    assert "Traceback" not in said


def test_too_much_text_is_told_apart(client: Client, db: None, page: Page, settings: Settings) -> None:
    text = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    too_much = {"data": f"text={text}", "content_type": "application/x-www-form-urlencoded"}
    page.read(client.post("/reads", **too_much), status=413)


def test_a_page_that_only_takes_posts_says_so(client: Client, db: None, page: Page) -> None:
    page(client, "/sign-in/demo", status=405)
    assert client.get("/sign-in/demo")["Allow"] == "POST"


def test_a_host_that_is_not_ours_is_refused(client: Client, db: None) -> None:
    assert client.get("/ping", headers={"host": "elsewhere.example.com"}).status_code == 400


def test_an_error_page_needs_no_database(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    client.raise_request_exception = False
    with patch("accounts.frame.organisation_of", side_effect=DatabaseError):
        answer = client.get("/no-such-page")
    assert answer.status_code == 500
    assert b"There is a problem with the service" in answer.content
