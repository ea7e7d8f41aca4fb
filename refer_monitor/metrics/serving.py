"""The port for the cluster alone: figures for Prometheus, and probes of processes that serve no pages.

``METRICS_PORT`` opens it, on ``METRICS_BIND``. No page is on it, and nothing of it is on the port of the pages. Without
it, or when the port is taken, the process does its work all the same.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog
from django.db import close_old_connections
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.registry import Collector

Probe = Callable[[], bool]
log = structlog.get_logger(__name__)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        return


def serve(*collectors: Collector, probes: Mapping[str, Probe] | None = None) -> int | None:
    """Answer from a thread of this process; returns the port. ``probes``: by path, such as ``/live``."""
    port = os.environ.get("METRICS_PORT")
    if not port:
        return None
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    pages = internal_pages(registry, probes or {})
    try:
        server = make_server(
            os.environ.get("METRICS_BIND", "127.0.0.1"), int(port), pages, _Server, handler_class=_Quiet
        )
    except OSError as failure:
        log.error("metrics_not_served", failure=type(failure).__name__)
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server.server_port


def internal_pages(
    registry: CollectorRegistry, probes: Mapping[str, Probe]
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """``/metrics``, and each probe: 200 or 503."""
    metrics = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        try:
            if path == "/metrics":
                return list(metrics(environ, start_response))
            probe = probes.get(path)
            status = "404 Not Found" if probe is None else _status(probe())
        finally:
            close_old_connections()  # each request has a thread of its own, and with it connections
        start_response(status, [("Content-Type", "text/plain")])
        return [status.encode()]

    return answer


def _status(is_well: bool) -> str:
    return "200 OK" if is_well else "503 Service Unavailable"
