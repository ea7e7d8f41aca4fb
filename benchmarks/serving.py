"""A tree's own web server, as its deployment starts it, in production's settings with the stub."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tree import Child

PATIENCE = 60  # seconds until it answers
CONNECTIONS = 8


@contextmanager
def served(child: Child, port: int, *, workers: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """The web server of a tree on a port, as long as the block lasts. Raises RuntimeError when it does not start."""
    tree = child.tree
    log = tree.var / "served.log"
    command = ["gunicorn", "--config", "python:refer_monitor.web_server", "refer_monitor.wsgi"]
    with log.open("w") as output:
        server = subprocess.Popen(
            [str(tree.programs / command[0]), *command[1:]],
            cwd=tree.folder,
            env={**tree.environment("settings_to_measure"), "PORT": str(port), "WEB_WORKERS": str(workers)},
            stdout=output,
            stderr=output,
        )
    try:
        began = monotonic()
        while not _answers(port):
            if server.poll() is not None or monotonic() - began > PATIENCE:
                raise RuntimeError(f"{tree.name} did not start: {log.read_text()[-2000:]}")
            sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.wait(timeout=60)


def ask_for(request: dict[str, Any], port: int, times: int) -> None:
    """So many times, over several connections at once. Raises RuntimeError when an answer is not as expected."""

    def ask(count: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(count):
            connection.request("GET", request["address"], headers=request["headers"])
            answer = connection.getresponse()
            answer.read()
            if answer.status != request["expects"]:
                raise RuntimeError(f"{request['address']}: {answer.status}")
        connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as connections:
        for _ in connections.map(ask, [times // CONNECTIONS] * CONNECTIONS):
            pass


def megabytes(server: subprocess.Popen[bytes]) -> tuple[float, list[float]]:
    """What the process that starts the workers has, and each of them: their shares of what they share."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return _share(server.pid), [_share(int(child)) for child in children]


def _share(process: int) -> float:
    with open(f"/proc/{process}/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _answers(port: int) -> bool:
    """Whatever it says."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return bool(connection.getresponse().status)
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
