"""What users wait for has a queue of its own; a stopped worker finishes its job, and a killed one loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from kombu import Connection

from refer_monitor.celery import app
from tests.refer_monitor import slow_jobs

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds, on a busy machine
#: Of everything that workers do. A new task waits for all others unless it is put here, and into CELERY_TASK_ROUTES.
WAITED_FOR = {
    "monitoring.actions.make_performance_report.make_in_background",
    "referrals.tasks.check_oasys_of_cases",
}


def test_what_users_wait_for_has_a_queue_of_its_own() -> None:
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    queue_of = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}

    assert {name for name, queue in queue_of.items() if queue == settings.WAITED_FOR} == WAITED_FOR
    assert set(queue_of.values()) == {settings.WAITED_FOR, settings.CAN_WAIT}
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == {settings.WAITED_FOR, settings.CAN_WAIT}


def test_nothing_on_the_schedule_stands_in_the_way_of_a_user() -> None:
    assert not {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} & WAITED_FOR


# --- Real workers


class Workers:
    """Workers whose queues in Redis are their own, whoever else uses it, and what their jobs wrote."""

    def __init__(self, folder: Path, address: str) -> None:
        self.file, self.folder, self.address = folder / "jobs", folder, address
        self.prefix = f"test-{uuid4()}-"
        self.file.touch()
        self.running: list[subprocess.Popen[bytes]] = []

    def starts(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """One worker of one process."""
        celery = str(Path(sys.executable).parent / "celery")
        command = [
            celery,
            "--quiet",
            "--app",
            "tests.refer_monitor.slow_jobs",
            "worker",
            "--concurrency",
            "1",
        ]
        outside = {**os.environ, "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local"}
        outside |= {
            "KEY_PREFIX": self.prefix,
            "REDIS_URL": self.address,
            "VAR_DIR": str(self.folder / "var"),
            **environment,
        }
        output = (self.folder / f"worker-{len(self.running)}.log").open("wb")
        worker = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=outside, stdout=output, stderr=output, start_new_session=True
        )
        self.running.append(worker)
        return worker

    def get(self, *names: str, queue: str = settings.CAN_WAIT, seconds: float = 1) -> None:
        """Put jobs into a queue."""
        with Connection(self.address, transport_options={"global_keyprefix": self.prefix}) as connection:
            for name in names:
                # By name: in tests, a task that is called runs at once.
                slow_jobs.app.send_task(
                    "slow", (str(self.file), name, seconds), connection=connection, queue=queue
                )

    def did(self) -> list[str]:
        """What jobs wrote, in order."""
        return self.file.read_text().splitlines()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    given = os.environ.get("REDIS_URL")
    if not given:
        pytest.skip("needs Redis (REDIS_URL): the embedded queue acknowledges nothing")
    made = Workers(tmp_path, given)
    yield made
    for worker in made.running:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
    store = redis.Redis.from_url(given)
    for key in store.scan_iter(f"{made.prefix}*"):
        store.delete(key)


def _wait_until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} seconds")


of_real_workers = pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")


@pytest.mark.slow
@of_real_workers
def test_a_worker_that_is_stopped_finishes_its_job_and_leaves_the_others_to_the_next(
    workers: Workers,
) -> None:
    first = workers.starts()
    workers.get("one", "two", "three", seconds=3)
    _wait_until(lambda: "one began" in workers.did())

    first.send_signal(signal.SIGTERM)

    assert first.wait(timeout=20) == 0
    assert workers.did() == ["one began", "one ended"]
    workers.starts()
    _wait_until(lambda: len(workers.did()) == 6)
    assert sorted(workers.did()) == sorted(
        f"{name} {what}" for name in ("one", "two", "three") for what in ("began", "ended")
    )


@pytest.mark.slow
@of_real_workers
def test_what_a_killed_worker_was_at_goes_to_another(workers: Workers) -> None:
    first = workers.starts()
    workers.get("one", seconds=2)
    _wait_until(lambda: "one began" in workers.did())

    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    workers.starts(GIVEN_UP_AFTER="1")

    _wait_until(lambda: "one ended" in workers.did())
    assert workers.did() == ["one began", "one began", "one ended"]


@pytest.mark.slow
@of_real_workers
def test_what_users_wait_for_is_done_while_the_rest_waits(workers: Workers) -> None:
    workers.starts("--queues", settings.WAITED_FOR)
    workers.get("long", "longer", "longest", seconds=30)
    workers.get("a report", queue=settings.WAITED_FOR)

    _wait_until(lambda: "a report ended" in workers.did())

    assert workers.did() == ["a report began", "a report ended"]
