"""How the web server stops: whoever waits for an answer gets it, and nobody else is let in."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds, on a busy machine


@pytest.mark.thorough
def test_a_web_server_that_is_stopped_answers_everybody_who_waits(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outside = {**os.environ, "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local"}
    outside |= {"PORT": str(port), "VAR_DIR": str(tmp_path), "WEB_WORKERS": "2"}
    outside.pop("REDIS_URL", None)
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    command = [gunicorn, "--config", "python:refer_monitor.web_server", "--no-control-socket"]
    server = subprocess.Popen([*command, "tests.refer_monitor.slow_pages"], cwd=ROOT, env=outside)
    address = f"http://127.0.0.1:{port}/"

    def asks(seconds: float) -> str:
        return requests.get(f"{address}?{seconds}", timeout=PATIENCE).text

    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                assert asks(0) == "done"
                break
            except requests.ConnectionError:
                time.sleep(0.2)
        with ThreadPoolExecutor(12) as browsers:
            waiting = [browsers.submit(asks, 4) for _ in range(12)]
            time.sleep(1)
            server.send_signal(signal.SIGTERM)
            time.sleep(1)
            with pytest.raises(requests.ConnectionError):
                asks(0)
            assert [answer.result() for answer in waiting] == ["done"] * 12
        assert server.wait(timeout=PATIENCE) == 0
    finally:
        server.kill()


THREADS_THAT_TAKE_MEMORY = """
import ctypes, sys, threading
if sys.argv[1] == "configured":
    import refer_monitor.web_server
library = ctypes.CDLL(None)
library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
at_once = threading.Barrier(8)

def take():
    at_once.wait()
    for _ in range(100):
        library.malloc(1000)
    at_once.wait()

threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library.malloc_stats()
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_stats"), reason="needs the GNU C library")
def test_threads_take_memory_from_one_place() -> None:
    arenas = {}
    for how in ("plain", "configured"):
        ran = subprocess.run(
            [sys.executable, "-c", THREADS_THAT_TAKE_MEMORY, how], capture_output=True, text=True, check=True
        )
        arenas[how] = ran.stderr.count("Arena ")

    assert arenas["plain"] > 1, "or there is nothing to be seen"
    assert arenas["configured"] == 1
