"""The demo's log: one short line a request, silence while all is well; production's log knows nothing of it."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from logging.config import DictConfigurator
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from refer_monitor import demo_log
from tests.refer_monitor.test_production import start

ROOT = Path(__file__).resolve().parent.parent.parent
CLOCK = r"\d\d:\d\d:\d\d"


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is written about requests."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    form = dict(demo_log.LOGGING["formatters"]["request"])
    handler.setFormatter(DictConfigurator(demo_log.LOGGING).configure_formatter(form))
    demo_log.log.addHandler(handler)
    demo_log.log.setLevel(logging.INFO)
    yield stream
    demo_log.log.removeHandler(handler)
    demo_log.log.setLevel(logging.NOTSET)


def teapot(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=418)


ask = RequestFactory()
REQUESTS = [
    pytest.param(ask.get("/cases", {"name": "Hatto"}), "GET /cases 418", id="without its query"),
    pytest.param(ask.post("/cases", {"name": "Hatto"}), "POST /cases 418", id="without its body"),
    pytest.param(ask.get("/a%0A%1B[31mb"), "GET /a%0A%1B%5B31mb 418", id="on one line, whatever the path"),
]


@pytest.mark.parametrize(("request_", "line"), REQUESTS)
def test_a_request_is_one_short_line(request_: HttpRequest, line: str, written: StringIO) -> None:
    demo_log.RequestLine(teapot)(request_)
    assert re.fullmatch(rf"{CLOCK} {re.escape(line)} \d+ ms\n", written.getvalue())


@pytest.mark.parametrize("path", ["/ping", "/health"])
def test_what_a_machine_asks_is_not_worth_a_line(path: str, written: StringIO) -> None:
    demo_log.RequestLine(teapot)(ask.get(path))
    assert written.getvalue() == ""


# --- As the demo's settings have it ------------------------------------------------------------------

SILENT = {
    "what went well": 'structlog.get_logger("events.outbox").info("delivered")',
    "the request, a second time": 'structlog.get_logger("refer_monitor.request_log").info("request")',
    "the worker is there": 'logging.getLogger("celery.apps.worker").info("ready")',
    "the web server is there": 'logging.getLogger("gunicorn.error").info("Listening")',
    "a system of the stub fails": 'structlog.get_logger("integrations.transport").warning("failed")',
    "the worker is root": 'warnings.warn("You\'re running the worker with superuser privileges: no")',
}
SPOKEN = {
    "a request": ('logging.getLogger("refer_monitor.demo_log").info("GET / 200 3 ms")', "GET / 200 3 ms"),
    "a warning of ours": (
        'structlog.get_logger("events.outbox").warning("outbox_not_delivered", kind="EMAIL")',
        "WARNING outbox_not_delivered kind=EMAIL",
    ),
    "a worker that fails": (
        'logging.getLogger("celery.worker").error("Task %s is unknown", "a.b")',
        "ERROR Task a.b is unknown",
    ),
    "a CRN": ('structlog.get_logger("ours").error("failed", crn="X980010")', "ERROR failed crn=[CRN]"),
    "a defect": (
        "try:\n    int('Hatto')\nexcept ValueError:\n    logging.getLogger('ours').exception('It failed')",
        "ERROR It failed exception=ValueError\n    <string>:2 <module>",
    ),
}
RUN = """
import logging, sys, warnings
import django
django.setup()
import structlog
for name, code in {snippets!r}.items():
    print("===", name, file=sys.stderr)
    exec(compile(code, "<string>", "exec"))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each of the above writes, in a process with the demo's settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local",
    }
    code = RUN.format(snippets=SILENT | {name: code for name, (code, _) in SPOKEN.items()})
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    parts = ran.stderr.split("=== ")[1:]
    return {name: lines.rstrip("\n") for name, _, lines in (part.partition("\n") for part in parts)}


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.slow
def test_what_means_nothing_in_the_demo_is_not_said(name: str, said: dict[str, str]) -> None:
    assert said[name] == ""


@pytest.mark.parametrize("name", SPOKEN)
def test_what_fails_is_said_in_a_plain_line(name: str, said: dict[str, str]) -> None:
    assert re.fullmatch(rf"{CLOCK} {re.escape(SPOKEN[name][1])}", said[name])


@pytest.mark.slow
def test_production_writes_as_it_always_did() -> None:
    started = start("""
from django.conf import settings
from refer_monitor import log_lines, web_server
assert settings.LOGGING is web_server.logconfig_dict is log_lines.LOGGING
assert not [name for name in settings.MIDDLEWARE if "demo" in name]
import django, structlog
django.setup()
structlog.get_logger("ours").info("request", crn="X980010")
""")
    assert started.returncode == 0, started.stderr
    assert '"crn": "[CRN]"' in started.stderr
