"""The log: one JSON object a line, with a request id, and never a CRN, a name or what somebody typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from logging.config import DictConfigurator
from typing import Any

import pytest
import structlog
from django.test import Client
from structlog.contextvars import get_contextvars

from accounts.models import User
from events.models import AuditEvent
from refer_monitor import request_log
from refer_monitor.log_lines import LOGGING

AsPersona = Callable[[str], Client]
CRN = "X980010"
TYPED = "Joye Hatto, 12 Acacia Avenue"
pytestmark = pytest.mark.urls("tests.refer_monitor.addresses")


class Log:
    """What was written, as text and as lines."""

    def __init__(self, stream: StringIO) -> None:
        self.stream = stream

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self, event: str) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.text.splitlines()) if line["event"] == event]


@pytest.fixture
def log() -> Iterator[Log]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DictConfigurator(LOGGING).configure_formatter(dict(LOGGING["formatters"]["json"])))
    logging.getLogger().addHandler(handler)
    yield Log(stream)
    logging.getLogger().removeHandler(handler)


def test_a_request_says_which_view_answered_whom(as_persona: AsPersona, log: Log) -> None:
    answer = as_persona("pp").get("/feedback")
    (line,) = log.lines("request")
    assert line.items() >= {"method": "GET", "view": "accounts:feedback", "status": 200}.items()
    assert line["request_id"] == answer["X-Request-Id"]
    assert "user_id" not in line, "a page that is open to anyone does not ask who it is"


def test_a_page_for_those_who_signed_in_logs_their_number(as_persona: AsPersona, log: Log) -> None:
    as_persona("admin").get("/")
    (line,) = log.lines("request")
    assert line["user_id"] == User.objects.get(username="admin").pk
    assert "Ada" not in log.text


def test_nothing_of_a_request_is_in_the_lines_of_the_next(
    as_persona: AsPersona, client: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(request_log, "count_request", breaks_off)
        with pytest.raises(SystemExit):
            as_persona("pp").get("/your-account")
    assert get_contextvars().keys() == {*request_log.BOUND}, "it had no chance to take them away"

    client.get("/ping")

    (line,) = log.lines("request")
    assert "user_id" not in line
    assert get_contextvars() == {}


REQUEST_IDS = [
    pytest.param("0af7651916cd43dd8448eb211c80319c", True, id="a trace id"),
    pytest.param("front-door.12345678", True, id="words and digits"),
    pytest.param("short", False, id="too short to be unique"),
    pytest.param("x" * 65, False, id="too long"),
    pytest.param('{"a": "injected"}', False, id="something else"),
    pytest.param(f"person-{CRN}", False, id="a CRN in it"),
    pytest.param("", False, id="none"),
]


@pytest.mark.parametrize(("sent", "is_taken"), REQUEST_IDS)
def test_a_harmless_request_id_is_taken_and_sent_back(sent, is_taken, client: Client, log: Log) -> None:
    answer = client.get("/ping", headers={"x-request-id": sent})
    assert (answer["X-Request-Id"] == sent) == is_taken
    assert log.lines("request")[0]["request_id"] == answer["X-Request-Id"]


def test_the_audit_trail_carries_the_request_id(personas, client: Client) -> None:
    answer = client.post("/sign-in/demo", {"account": "pp"})
    assert AuditEvent.objects.latest("at").request_id == answer["X-Request-Id"]


REQUESTS = [
    pytest.param("/feedback", id="an answered page"),
    pytest.param("/sign-in", id="the sign-in page"),
    pytest.param(f"/no-such-page/{CRN}", id="a page that is not there"),
    pytest.param("/fails/denied", id="a refusal"),
    pytest.param("/fails/suspicious", id="a suspicious request"),
    pytest.param("/fails/broken", id="a defect"),
]


@pytest.mark.parametrize("enforce_csrf", [False, True], ids=["", "csrf"])
@pytest.mark.parametrize("url", REQUESTS)
def test_nothing_that_was_sent_is_logged(url, enforce_csrf, personas, log: Log) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=enforce_csrf)
    typed = {"username": CRN, "password": TYPED, "comments": TYPED, "crn": CRN}
    client.get(url, typed)
    client.post(f"{url}?crn={CRN}&name=Hatto", typed)
    assert len(log.lines("request")) == 2
    for secret in (CRN, "Hatto", "Acacia", "private"):
        assert secret not in log.text


def test_a_defect_is_logged_by_its_place(client: Client, db: None, log: Log) -> None:
    client.raise_request_exception = False
    client.get("/fails/broken")
    (line,) = log.lines("request_failed")
    assert (line["exception"], line["view"], line["level"]) == ("RuntimeError", "fails", "error")
    assert line["at"][-1].startswith("tests/refer_monitor/addresses.py:")


LINES = [
    pytest.param(
        lambda: logging.getLogger("a.library").warning("got %s", f"{TYPED} {CRN}"), id="a library's argument"
    ),
    pytest.param(
        lambda: logging.getLogger("a.library").warning(f"about {CRN}"), id="a CRN in a library's text"
    ),
    pytest.param(
        lambda: structlog.get_logger("ours").warning("found", crn=CRN, nested=[{"a": CRN}]), id="our own slip"
    ),
    pytest.param(
        lambda: structlog.get_logger("ours").warning("failed", error=TYPED, exception=TYPED), id="error text"
    ),
]


@pytest.mark.parametrize("write", LINES)
def test_whatever_is_logged_the_last_net_holds(write: Callable[[], None], log: Log) -> None:
    write()
    assert log.text.count("\n") == 1
    assert CRN not in log.text
    assert TYPED not in log.text


def test_an_exception_that_quotes_a_text_is_logged_without_it(log: Log) -> None:
    try:
        try:
            raise ValueError(TYPED)
        except ValueError as cause:
            raise RuntimeError(CRN) from cause
    except RuntimeError:
        logging.getLogger("a.library").exception("It failed")
        structlog.get_logger("ours").exception("it_failed")
    assert TYPED not in log.text
    assert CRN not in log.text
    for event in ("It failed", "it_failed"):
        (line,) = log.lines(event)
        assert (line["exception"], line["because"]) == ("RuntimeError", "ValueError")
