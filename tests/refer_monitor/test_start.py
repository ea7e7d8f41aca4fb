"""The service as it really runs: gunicorn, the worker, hashed static files, a real queue, a database of its own.

With DATABASE_URL and REDIS_URL in the environment it runs on those, else as the embedded default.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import psycopg
import pytest
import requests
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60  # seconds
TO_SEED = 300  # seconds, on a busy machine
FIRST_VIEW_REQUESTS = 8
FIRST_VIEW_BYTES = 120_000
# Tests may run side by side, and their processes may each start a service.
PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REQUEST = re.compile(r"\d\d:\d\d:\d\d (GET|POST) /\S* \d{3} \d+ ms")
HASHED = re.compile(r"\.[0-9a-f]{12}\.")


@dataclass(frozen=True)
class Installation:
    """A running service."""

    address: str
    environment: dict[str, str]
    output: Path

    def manage(self, *arguments: str) -> str:
        """Run one management command in it and return what it says."""
        command = [sys.executable, "manage.py", *arguments]
        ran = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


#: A whole installation is made: too long for every run.
pytestmark = pytest.mark.thorough


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of an installation whose files, database and queue are its own."""
    port = _free_port()
    settings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local",
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "PORT": str(port),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    database = os.environ.get("DATABASE_URL", "")
    if redis := os.environ.get("REDIS_URL"):
        settings["REDIS_URL"] = f"{redis.rpartition('/')[0]}/{15 - PROCESS}"
    if not database.startswith("postgres"):
        yield settings
        return
    server, name = database.rpartition("/")[0], f"started_{PROCESS}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        yield {**settings, "DATABASE_URL": f"{server}/{name}"}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def service(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Web server, worker and scheduler, with the demo, as ``make run`` starts them."""
    output = tmp_path_factory.mktemp("output") / "terminal"
    installation = Installation(f"http://127.0.0.1:{environment['PORT']}", environment, output)
    start = [sys.executable, "-c", "import sys, bootstrap; sys.exit(bootstrap.run())"]
    with output.open("wb") as terminal:
        running = subprocess.Popen(start, cwd=ROOT, env=environment, stdout=terminal, stderr=terminal)
    try:
        _wait_until(lambda: running.poll() is not None or "Ctrl-C" in output.read_text(), TO_SEED)
        assert running.poll() is None, output.read_text()
        yield installation
    finally:
        running.terminate()
        assert running.wait(timeout=PATIENCE) == 0


def _wait_until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if happened():
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    pytest.fail(f"not within {seconds} seconds")


STEPS = [
    "==> Preparing the database and the demo (the first time takes a minute)",
    "==> Preparing style sheets, scripts and pictures",
    "==> Starting web server, worker and scheduler",
]


def test_the_terminal_shows_the_steps_and_last_where_to_go(service: Installation) -> None:
    steps, rule, rest = service.output.read_text().partition("-" * 80)
    welcome = rest.rpartition(rule)[0]
    assert steps.split("\n\n")[0].splitlines() == STEPS
    assert service.address in welcome
    assert "refer-and-monitor" in welcome
    said_since = rest.rpartition(rule)[2].strip().splitlines()
    assert [line for line in said_since if not REQUEST.fullmatch(line)] == []


def test_everything_is_healthy(service: Installation) -> None:
    answer = requests.get(f"{service.address}/health", timeout=10)
    assert (answer.status_code, set(answer.json().values()) - {"unknown"}) == (200, {"ok"})


def test_static_files_are_hashed_compressed_kept_for_ever_and_need_no_session(service: Installation) -> None:
    for file in _files_of(service, "/sign-in"):
        answer = requests.get(file, headers={"Accept-Encoding": "br", "Cookie": "sessionid=x"}, timeout=10)
        assert answer.status_code == 200, file
        assert HASHED.search(file), file
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
        assert "X-Request-Id" not in answer.headers, (
            "a static file is answered before the service looks at the request"
        )
        if file.endswith((".css", ".js")):
            assert answer.headers["Content-Encoding"] == "br"


def test_a_first_view_is_small(service: Installation) -> None:
    page = requests.get(
        f"{service.address}/sign-in", headers={"Accept-Encoding": "gzip"}, timeout=10, stream=True
    )
    sizes = {page.url: len(page.raw.read())}
    for file in _files_of(service, "/sign-in"):
        answer = requests.get(file, headers={"Accept-Encoding": "br"}, timeout=10, stream=True)
        sizes[file] = len(answer.raw.read())
    assert len(sizes) <= FIRST_VIEW_REQUESTS, sizes
    assert sum(sizes.values()) <= FIRST_VIEW_BYTES, sizes


def test_pages_carry_the_security_headers(service: Installation) -> None:
    headers = requests.get(f"{service.address}/sign-in", timeout=10).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert re.search(r"script-src 'self' 'nonce-[^']+'", policy)
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


def test_the_nonce_of_the_page_is_the_policys_and_new_each_time(service: Installation) -> None:
    seen = set()
    for _ in range(2):
        answer = requests.get(f"{service.address}/sign-in", timeout=10)
        inline = BeautifulSoup(answer.text, "html5lib").find("script", src=None)
        assert f"'nonce-{inline['nonce']}'" in answer.headers["Content-Security-Policy"]
        seen.add(inline["nonce"])
    assert len(seen) == 2


def test_a_demo_user_signs_in(service: Installation) -> None:
    browser = requests.Session()
    page = BeautifulSoup(browser.get(f"{service.address}/sign-in", timeout=10).text, "html5lib")
    token = page.find("input", {"name": "csrfmiddlewaretoken"})["value"]
    typed = {"username": "pp", "password": "refer-and-monitor", "csrfmiddlewaretoken": token}
    answer = browser.post(f"{service.address}/sign-in", typed, timeout=20)
    assert answer.status_code == 200
    assert "Patience Okonjo" in answer.text


STATES = (
    "from events.models import OutboxEntry as E; print('states', *E.objects.values_list('state', flat=True))"
)


def _is_delivered(service: Installation) -> bool:
    said = service.manage("shell", "--verbosity", "0", "--command", STATES)
    states = next(line.split()[1:] for line in said.splitlines() if line.startswith("states"))
    return bool(states) and set(states) <= {"DELIVERED", "NOT_NEEDED"}


def test_the_worker_takes_what_the_demo_left_in_the_queue(service: Installation) -> None:
    _wait_until(lambda: _is_delivered(service))


def test_links_in_emails_lead_to_the_port_in_use(service: Installation) -> None:
    folder = Path(service.environment["VAR_DIR"]) / "mail"
    _wait_until(lambda: any(folder.glob("*.log")))
    links = re.findall(r"https?://[^/\s]+", "".join(file.read_text() for file in folder.glob("*.log")))
    assert set(links) == {service.address}


def test_starting_again_changes_nothing(service: Installation) -> None:
    count = (
        "from django.apps import apps; from events.models import AuditEvent;"
        "print('rows', *(m._default_manager.count() for m in apps.get_models() if m._meta.app_label in"
        " ('accounts', 'interventions', 'events') and m is not AuditEvent),"
        " AuditEvent.objects.exclude(user=None).count())"  # of nobody: the worker is at work meanwhile
    )

    def rows() -> list[str]:
        said = service.manage("shell", "--verbosity", "0", "--command", count)
        return [line for line in said.splitlines() if line.startswith("rows")]

    _wait_until(lambda: _is_delivered(service))  # the worker records what it told nDelius, for whoever it was
    before = rows()
    service.manage("make_ready")
    assert rows() == before


TO_FIGURES = "from events.tasks import sweep; sweep.apply_async(queue='figures')"
WITH_A_PORT = [
    pytest.param(
        ["gunicorn", "--config", "python:refer_monitor.web_server", "refer_monitor.wsgi"],
        'refer_monitor_requests_total{status="2xx",view="ping"}', ["/metrics"], id="web server",
    ),
    pytest.param(
        ["celery", "--quiet", "--app", "refer_monitor.celery", "worker", "--concurrency", "2", "--queues", "figures"],
        'refer_monitor_task_waited_seconds_count{task="events.tasks.sweep"}',
        ["/metrics", "/start", "/ready", "/live"], id="worker",
    ),
    pytest.param(
        ["celery", "--quiet", "--app", "refer_monitor.celery", "beat", "--pidfile="],
        'refer_monitor_outbox_waiting{kind="ndelius.referral"} 0.0',
        ["/metrics", "/start", "/ready", "/live"], id="scheduler",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("command", "figure", "pages"), WITH_A_PORT)
def test_each_process_tells_its_figures_on_a_port_of_its_own(
    service: Installation, command: list[str], figure: str, pages: list[str], tmp_path: Path
) -> None:
    ports = [_free_port(), _free_port()]
    environment = {**service.environment, "PORT": str(ports[0]), "METRICS_PORT": str(ports[1]), "WEB_WORKERS": "2"}
    if "beat" in command:  # beside the service's own, which keeps its file open
        command = [*command, "--schedule", str(tmp_path / "schedule")]
    running = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    internal = f"http://127.0.0.1:{ports[1]}"
    if "worker" in command:  # a queue that no other worker takes from
        service.manage("shell", "--command", TO_FIGURES)

    def told() -> bool:
        if command[0] == "gunicorn":
            requests.get(f"http://127.0.0.1:{ports[0]}/ping", timeout=10)
        return figure in requests.get(f"{internal}/metrics", timeout=10).text

    try:
        _wait_until(told)
        for page in pages:
            assert requests.get(f"{internal}{page}", timeout=10).status_code == 200
        assert requests.get(f"{internal}/ping", timeout=10).status_code == 404, "no page is there"
        assert requests.get(f"{service.address}/metrics", timeout=10).status_code == 404
    finally:
        running.terminate()
        assert running.wait(timeout=PATIENCE) == 0


def _files_of(service: Installation, path: str) -> list[str]:
    """Everything that a browser fetches with a page: what it names, and what its style sheets name (fonts)."""
    page = BeautifulSoup(requests.get(f"{service.address}{path}", timeout=10).text, "html5lib")
    named = [tag["href"] for tag in page.select("link[rel=stylesheet], link[rel~=icon]")]
    named += [tag["src"] for tag in page.select("script[src], img[src]")]
    files = [urljoin(service.address, name) for name in named]
    for sheet in [file for file in files if file.endswith(".css")]:
        text = requests.get(sheet, timeout=10).text
        files += [urljoin(sheet, name) for name in re.findall(r"url\(\"?([^)\"]+\.woff2)\"?\)", text)]
    for script in [file for file in files if file.endswith(".js")]:
        text = requests.get(script, timeout=10).text
        files += [urljoin(script, name) for name in re.findall(r"from ?[\"']([^\"']+)[\"']", text)]
    return list(dict.fromkeys(files))
