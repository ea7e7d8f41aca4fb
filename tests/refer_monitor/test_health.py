"""/ping and /health: what they check, what they never say, and that they start no web session."""

from __future__ import annotations

from time import time
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from events.tasks import sweep

ALL_WELL = {"database": "ok", "cache": "ok", "queue": "ok", "background work": "unknown"}
PARTS = ["database", "cache", "queue", "background work"]
LAST_SWEEP = "scheduled-task-done:events.tasks.sweep"


def test_ping_answers_without_touching_the_database(client: Client) -> None:
    answer = client.get("/ping")
    assert (answer.status_code, answer.content) == (200, b"pong")
    assert not answer.cookies


def test_health_says_that_all_is_well(client: Client, db: None) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, ALL_WELL)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("part", PARTS)
def test_one_failed_part_is_told_from_the_others(part: str, client: Client, db: None) -> None:
    def fail() -> bool:
        raise OSError("connection to 10.0.0.7 refused")

    with patch.dict("refer_monitor.health.CHECKS", {part: fail}):
        answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {**ALL_WELL, part: "failed"})
    assert b"10.0.0.7" not in answer.content


def test_a_queue_whose_folder_is_gone_has_failed(client: Client, db: None, settings, tmp_path) -> None:
    settings.CELERY_BROKER_URL = "files://"
    here, gone = str(tmp_path), str(tmp_path / "gone")
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": here, "control_folder": here}
    assert client.get("/health").json()["queue"] == "ok"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": gone, "control_folder": here}
    assert client.get("/health").json()["queue"] == "failed"


def test_background_work_is_well_while_the_outbox_is_looked_through(client: Client, db: None) -> None:
    sweep.delay()
    assert client.get("/health").json()["background work"] == "ok"
    cache.set(LAST_SWEEP, time() - 301)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["background work"]) == (503, "failed")


# --- Start, ready, live --------------------------------------------------------------------------------

ILL = [
    pytest.param(
        [], {"/ping": 200, "/health/start": 200, "/health/ready": 200, "/health": 200}, id="nothing"
    ),
    pytest.param(
        ["cache", "queue", "background work"],
        {"/ping": 200, "/health/start": 200, "/health/ready": 200, "/health": 503},
        id="everything that pages work without",
    ),
    pytest.param(
        ["database"],
        {"/ping": 200, "/health/start": 200, "/health/ready": 503, "/health": 503},
        id="the database",
    ),
]


@pytest.mark.parametrize(("ill", "expected"), ILL)
def test_what_is_ill_decides_what_is_done(
    ill: list[str], expected: dict[str, int], client: Client, db: None
) -> None:
    with patch.dict("refer_monitor.health.CHECKS", dict.fromkeys(ill, lambda: False)):
        assert {url: client.get(url).status_code for url in expected} == expected


def test_a_release_whose_migrations_are_missing_has_not_started(client: Client, db: None) -> None:
    MigrationRecorder.Migration.objects.filter(app="events").latest("id").delete()
    answer = client.get("/health/start")
    assert (answer.status_code, answer.json()) == (503, {"migrations": "failed"})
    assert client.get("/health/ready").status_code == 200, "a release that was there before goes on"


def test_a_database_that_is_ahead_of_this_release_is_no_trouble(client: Client, db: None) -> None:
    MigrationRecorder.Migration.objects.create(app="events", name="9999_from_a_newer_release")
    assert client.get("/health/start").status_code == 200


@pytest.mark.parametrize("url", ["/health/start", "/health/ready"])
def test_probes_start_no_web_session_and_are_not_kept(url: str, client: Client, db: None) -> None:
    answer = client.get(url)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
