"""Figures of all processes of one container (a web server's, a worker's), told by the one that started them.

prometheus_client keeps figures in files that such processes share, but only when the folder was named before it is
first imported. So ``keep_in_files`` is called where a process begins, before anything that counts is imported: this
module itself imports prometheus_client late.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client.core import Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # as prometheus_client calls it


def keep_in_files() -> None:
    """Where figures are served (``METRICS_PORT``), keep them in a new folder, deleted when this process ends."""
    if not os.environ.get("METRICS_PORT") or FOLDER in os.environ or "prometheus_client" in sys.modules:
        return
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="metrics-")
    atexit.register(_delete, os.environ[FOLDER], os.getpid())


def _delete(folder: str, maker: int) -> None:
    if os.getpid() == maker:  # processes that it has started end with the same instructions
        shutil.rmtree(folder, ignore_errors=True)


class AllProcesses:
    """Collects what every process of this container has counted."""

    def collect(self) -> Iterator[Metric]:
        """The sums; of gauges, over the processes that are running."""
        from prometheus_client.multiprocess import MultiProcessCollector

        if folder := os.environ.get(FOLDER):
            _forget_processes_that_ended(Path(folder))
            yield from MultiProcessCollector(None, folder).collect()


def _forget_processes_that_ended(folder: Path) -> None:
    """A process that was killed could not do so itself."""
    from prometheus_client.multiprocess import mark_process_dead

    pids = {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*_*.db")}
    for pid in pids:
        if not _is_running(pid):
            mark_process_dead(pid, str(folder))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
