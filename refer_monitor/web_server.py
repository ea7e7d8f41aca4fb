"""Settings of the web server (gunicorn): one process of threads, because the embedded cache is in its memory.

BIND, PORT, WEB_WORKERS and WEB_THREADS come from the environment; more than one worker needs REDIS_URL. With
METRICS_PORT the process that starts them tells their figures there.
"""

import ctypes
import os
from typing import Any

from django.conf import settings

from refer_monitor.metrics import processes

processes.keep_in_files()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Several processes share what is loaded before they are forked: nothing may be opened by then, and no thread begun. One
# alone has nobody to share with.
preload_app = workers > 1
worker_class = "gthread"
timeout = 60  # seconds
# Longer than any page takes: whoever waits for an answer when the process is stopped, gets it.
graceful_timeout = 30
control_socket_disable = True  # it lies in the home folder, where two installations would share it
logconfig_dict = settings.LOGGING  # its own lines look like the service's

M_ARENA_MAX = -8  # malloc.h


def _share_one_arena() -> None:
    """Let threads take memory from one place. glibc gives each its own, and a worker keeps 8 MB more than it needs."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(M_ARENA_MAX, 1)


_share_one_arena()


def when_ready(server: Any) -> None:
    """Gunicorn calls this when it listens, before it starts its processes."""
    from refer_monitor.metrics.serving import serve

    serve(processes.AllProcesses())
