"""What a web server must not load at its start: each takes megabytes in each process, and pages do without."""

import os
import subprocess
import sys

import pytest

ONLY_WHERE_USED = {
    "boto3": "a bucket, where there is one",
    "icalendar": "a calendar file",
    "notifications_python_client": "GOV.UK Notify, where it is connected",
    "pydantic": "rules of alerts, in the tests",
    "risk.sensitive_details.examples": "a check at start-up, by a command",
}
LOADED = "import sys, refer_monitor.wsgi; print(*sys.modules)"
OPENED = """
import os, threading, refer_monitor.wsgi
print(threading.active_count(), *(os.readlink(file) for file in os.scandir("/proc/self/fd") if os.path.exists(file)))
"""


@pytest.mark.slow
def test_libraries_that_few_pages_need_are_loaded_where_they_are_used() -> None:
    loaded = said_by(LOADED).split()
    assert "django" in loaded
    assert ONLY_WHERE_USED.keys() & loaded == set()


@pytest.mark.slow
def test_clients_of_the_database_and_of_redis_are_loaded_before_processes_are_forked() -> None:
    loaded = said_by(LOADED).split()
    assert ("psycopg_pool" in loaded) is os.environ.get("DATABASE_URL", "").startswith("postgres")
    assert ("redis.commands" in loaded) is bool(os.environ.get("REDIS_URL"))


@pytest.mark.slow
def test_nothing_is_open_and_no_thread_begun_when_processes_are_forked() -> None:
    threads, *files = said_by(OPENED).split()
    assert threads == "1"
    assert [file for file in files if "socket:" in file or "sqlite" in file] == []


def said_by(program: str) -> str:
    """In a process of its own, with local settings and whichever database and Redis are in the environment."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local"}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
