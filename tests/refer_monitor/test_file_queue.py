"""The embedded queue gives each message whole, once, and never one that is still being written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from refer_monitor import celery  # noqa: F401 (knows the transport)
from refer_monitor.file_queue import Transport


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Any]:
    folders = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with Connection("files://", transport_options=folders) as connection:
        assert type(connection.transport) is Transport
        yield connection.default_channel


def test_each_message_comes_once(channel: Any) -> None:
    for number in range(3):
        channel._put("celery", {"number": number})
    assert sorted(channel._get("celery")["number"] for _ in range(3)) == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_message_that_is_being_written_is_not_there_yet(
    channel: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Kombu's own reader took it empty, and the worker ended."""
    looked_at = []
    write = Path.write_bytes

    def write_slowly(path: Path, content: bytes) -> int:
        path.touch()
        looked_at.append(path.name)
        with pytest.raises(Empty):
            channel._get("celery")
        write(path, content[:10])
        with pytest.raises(Empty):
            channel._get("celery")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", write_slowly)
    channel._put("celery", {"text": "Ynys Môn"})

    assert len(looked_at) == 1
    assert channel._get("celery") == {"text": "Ynys Môn"}
    assert list(tmp_path.glob("*.msg")) == []
