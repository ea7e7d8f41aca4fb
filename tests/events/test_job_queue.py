"""Giving a job to a queue that is there, but does not answer."""

import os
import socket
import subprocess
import sys

import pytest

PATIENCE = 30  # seconds: with a start on a busy machine; without a time-out it would wait for ever
GIVE_A_JOB = """
import django
django.setup()
from events.job_queue import queue_job
from events.tasks import sweep
import refer_monitor.celery
raise SystemExit(10 + queue_job(sweep))
"""


@pytest.mark.slow
def test_nobody_waits_for_a_redis_that_hangs(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, answers nothing
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local",
            "REDIS_URL": f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
            "VAR_DIR": str(tmp_path),
        }
        gave = subprocess.run(
            [sys.executable, "-c", GIVE_A_JOB], env=env, timeout=PATIENCE, capture_output=True, check=False
        )

    assert gave.returncode == 10, gave.stderr
    assert b"job_without_queue" in gave.stdout + gave.stderr
