"""Production refuses to start when it would be unsafe, and says everything that is wrong at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SAFE = {
    "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.production",
    "SECRET_KEY": "0123456789" * 5,
    "DECLARATION_KEY": "d" * 32,
    "ALLOWED_HOSTS": "refer-monitor.example.com",
    "DATABASE_URL": "postgres://somebody@database.invalid/refer_monitor",
    "REDIS_URL": "redis://queue.invalid:6379/0",
    "UPSTREAM_TOKEN": "t",
    "NDELIUS_URL": "https://ndelius.example.com",
    "OASYS_URL": "https://oasys.example.com",
    "PRISON_REGISTER_URL": "https://prison-register.example.com",
    "PRISON_API_URL": "https://prison-api.example.com",
    "PRISONER_SEARCH_URL": "https://prisoner-search.example.com",
}
UNSAFE = [
    pytest.param({"SECRET_KEY": ""}, "SECRET_KEY", id="no secret key"),
    pytest.param({"SECRET_KEY": "short"}, "SECRET_KEY", id="a short secret key"),
    pytest.param({"DECLARATION_KEY": ""}, "DECLARATION_KEY", id="no key for declarations"),
    pytest.param({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS", id="no host names"),
    pytest.param({"DATABASE_URL": "sqlite:///file.sqlite3"}, "DATABASE_URL", id="SQLite"),
    pytest.param({"REDIS_URL": ""}, "REDIS_URL", id="no Redis"),
    pytest.param({"UPSTREAM_MODE": "stub"}, "UPSTREAM_MODE", id="stub upstreams"),
    pytest.param({"UPSTREAM_TOKEN": ""}, "UPSTREAM_TOKEN", id="no token for upstreams"),
    pytest.param({"NDELIUS_URL": ""}, "NDELIUS_URL", id="no address of nDelius"),
    pytest.param({"OASYS_URL": ""}, "OASYS_URL", id="no address of OASys"),
    pytest.param({"PRISON_REGISTER_URL": ""}, "PRISON_REGISTER_URL", id="no address of the prison register"),
    pytest.param({"PRISON_API_URL": ""}, "PRISON_API_URL", id="no address of Prison API"),
    pytest.param({"PRISONER_SEARCH_URL": ""}, "PRISONER_SEARCH_URL", id="no address of prisoner search"),
    pytest.param({"DEBUG": "true"}, "DEBUG", id="debug"),
    pytest.param({"DEMO_MODE": "true"}, "DEMO_MODE", id="demo mode"),
    pytest.param(
        {"SECRET_KEY": "", "DEBUG": "1", "UPSTREAM_MODE": "stub"}, "UPSTREAM_MODE", id="everything at once"
    ),
]


def start(code: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a fresh Python with production's settings."""
    environment = {"PATH": os.environ["PATH"], **SAFE, **changed}
    environment = {name: value for name, value in environment.items() if value}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(("changed", "named"), UNSAFE)
def test_production_refuses_to_start(changed: dict[str, str], named: str) -> None:
    started = start("from django.conf import settings; settings.DEBUG", **changed)
    assert started.returncode != 0
    reason = started.stderr.strip().splitlines()[-1]
    assert "Refusing to start" in reason
    for name in changed:
        assert name in reason
    assert named in reason


STARTED = """
import django; django.setup()
from django.conf import settings
from django.core.management import CommandError
import requests
assert not settings.DEMO_MODE and not settings.DEBUG
adapter = requests.Session().get_adapter(settings.NDELIUS_URL)
assert type(adapter).__module__ == "requests.adapters", adapter
from refer_monitor import demo
try:
    demo.load()
except CommandError as refusal:
    print(refusal)
"""


def test_production_starts_without_stub_and_refuses_the_demo() -> None:
    started = start(STARTED)
    assert started.returncode == 0, started.stderr
    assert "Demo data is only for demo mode" in started.stdout


def test_production_passes_djangos_deployment_check() -> None:
    code = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    environment = {"PATH": os.environ["PATH"], **SAFE}
    checked = subprocess.run(
        [sys.executable, "-c", code, "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
