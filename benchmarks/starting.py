"""How long ``make run`` takes until the service answers, in a folder of its own for what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

from machine import TICKS
from tree import Tree

PATIENCE = 300  # seconds


def start(tree: Tree, *, port: int) -> tuple[float, float]:
    """Seconds until it answers, and of processor time of all its processes until then. Stops it again.

    The demo's own database and queue, as ``make run`` has them; byte code is written or not as the shell around says.
    """
    left_behind = {"DATABASE_URL", "REDIS_URL", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in left_behind}
    environment |= {"PORT": str(port), "VAR_DIR": str(tree.var / "run")}
    for folder in (tree.var / "run", tree.folder / "var"):  # old commits know the second only
        folder.mkdir(exist_ok=True)
    began = time.monotonic()
    with (tree.var / "run.log").open("w") as log:
        service = subprocess.Popen(
            ["make", "run"], cwd=tree.folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        while not _answers(f"http://127.0.0.1:{port}/health"):
            if service.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"{tree.name} did not start: {(tree.var / 'run.log').read_text()[-2000:]}")
            time.sleep(0.05)
        return time.monotonic() - began, _processor_time(service.pid)
    finally:
        if service.poll() is None:
            os.killpg(service.pid, signal.SIGTERM)
            service.wait(timeout=60)
        while _answers(f"http://127.0.0.1:{port}/health"):
            time.sleep(0.1)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _processor_time(root: int) -> float:
    """Of a process, those that it started, and those of them that have ended."""
    children: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # has ended meanwhile
        children[int(fields[1])].append(int(folder.name))
        ticks[int(folder.name)] = sum(map(int, fields[11:15]))
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        total += ticks.get(process, 0)
        waiting += children[process]
    return total / TICKS
