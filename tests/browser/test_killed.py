"""The server is killed while somebody types: all but the last five seconds of it is in the database, and offered back.

A service of its own on the embedded default, because it is killed: no other test may share it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120  # seconds
MOST_LOST = 5  # seconds of typing
TYPED_FOR = 13  # seconds without a pause; not a multiple of the time between two autosaves
pytestmark = pytest.mark.thorough


READ_KEPT_TEXT = """
import json, django
django.setup()
from referrals.models import KeptText
print(json.dumps([kept.fields for kept in KeptText.objects.all()]))
"""


@dataclass
class Service:
    """A web server that can be killed and started again."""

    environment: dict[str, str]
    address: str
    process: subprocess.Popen[bytes] | None = None

    def starts(self) -> None:
        command = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())["web"]
        self.process = subprocess.Popen(
            command, shell=True, cwd=ROOT, env=self.environment, start_new_session=True
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.address}/ping", timeout=5).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.2)
        pytest.fail(f"not within {PATIENCE} seconds")

    def is_killed(self, how: signal.Signals = signal.SIGKILL) -> None:
        """As when the power goes: nothing is finished or flushed."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=PATIENCE)
            self.process = None

    def kept(self, box: str) -> str:
        """What the database file holds of a box, as another process reads it."""
        answer = subprocess.run(
            [sys.executable, "-c", READ_KEPT_TEXT],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )
        [fields] = json.loads(answer.stdout)
        text: str = fields[box][0]
        return text


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = {
        **outside,
        "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local",
        "VAR_DIR": str(tmp_path),
        "PORT": str(port),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for command in (["make_ready"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    made = Service(environment, f"http://127.0.0.1:{port}")
    made.starts()
    yield made
    made.is_killed(signal.SIGTERM)


@pytest.fixture
def a_question(chromium: Browser, service: Service) -> Iterator[Callable[[], Page]]:
    """A function that opens the page of one question of a new draft, in a browser that stays signed in."""
    context = chromium.new_context(base_url=service.address)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("button[name=account][value=pp]").click()
    page.goto("/probation-practitioner/services/1/refer")
    page.get_by_role("textbox").fill("X980010")
    page.locator("main form button").click()
    page.locator("main form button").first.click()
    expect(page.locator("h1")).to_have_text("Make a referral")
    address = f"{page.url}additional-needs"

    def open_it() -> Page:
        page.goto(address)
        return page

    yield open_it
    context.close()


def test_all_but_the_last_seconds_of_typing_outlive_the_server(
    service: Service, a_question: Callable[[], Page]
) -> None:
    # Given somebody who types without a pause
    page = a_question()
    area = page.locator("textarea[name=additional_needs]")
    typed_at: list[float] = []
    begun = time.monotonic()
    while time.monotonic() - begun < TYPED_FOR:
        area.press_sequentially(f"w{len(typed_at)} ", delay=40)
        typed_at.append(time.monotonic())

    # When the server is killed
    service.is_killed()
    killed_at = time.monotonic()

    # Then all that is older than five seconds is in the database
    kept = service.kept("additional_needs").count(" ")  # words that are there to their end
    assert 0 < kept <= len(typed_at)
    lost = killed_at - typed_at[kept - 1]
    assert lost <= MOST_LOST, f"kept {kept} of {len(typed_at)} words"

    # And it is offered back
    service.starts()
    page = a_question()
    assert "What you typed here earlier was not saved" in page.locator("main").inner_text()
    offered = page.locator("textarea[name=additional_needs]").input_value()
    assert len(offered.split()) >= kept
