"""/ping and /health: what they check, what they never say, and that they start no web session."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.test import Client

ALL_WELL = {"database": "ok", "cache": "ok", "queue": "ok"}
PARTS = ["database", "cache", "queue"]


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
