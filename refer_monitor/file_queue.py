"""The embedded queue: Kombu's files in a folder, each of which appears whole.

Kombu opens a message's file where its reader looks for it, and writes it then. A reader that comes in between takes an
empty file, loses the message, and ends the worker.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Kombu's, writing beside the place where a reader looks."""

    def _put(  # type: ignore[override]  # Kombu names the second one in two ways
        self, queue: Any, payload: Any, **kwargs: Any
    ) -> None:
        """Write the message under another name, and give it its own in one step."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        being_written = folder / f".{name}"
        being_written.write_bytes(dumps(payload).encode())
        being_written.rename(folder / name)


class Transport(filesystem.Transport):
    """Kombu's, with that channel."""

    Channel = Channel
