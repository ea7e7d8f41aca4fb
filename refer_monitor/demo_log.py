"""How the demo writes its log: one short line a request, and otherwise only what went wrong.

For people who try the service on their own machine. Production's log, for machines to read, is
``refer_monitor.log_lines``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from structlog.typing import EventDict, WrappedLogger

from refer_monitor import log_lines

CLOCK = "%H:%M:%S"
#: Asked by whatever starts or watches the service, not by anybody at a browser.
ASKED_BY_MACHINES = frozenset({"/ping", "/health"})
#: What every line carries and nobody at a terminal reads.
NOT_SHOWN = frozenset({"event", "level", "logger", "timestamp", "at", "request_id"})
log = logging.getLogger(__name__)


class RequestLine:
    """Middleware: one line a request, with the path alone (no query, no body)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer it, then write its line."""
        started = perf_counter()
        response = self.get_response(request)
        if request.path not in ASKED_BY_MACHINES:
            ms = round((perf_counter() - started) * 1000)
            log.info(
                "%s %s %s %s ms", request.method, escape_uri_path(request.path), response.status_code, ms
            )
        return response


def plain(_: WrappedLogger, __: str, line: EventDict) -> str:
    """Time, level, what happened and its facts; below it, where an exception was raised."""
    facts = [f"{name}={value}" for name, value in line.items() if name not in NOT_SHOWN]
    first = " ".join([time.strftime(CLOCK), str(line["level"]).upper(), str(line["event"]), *facts])
    return "\n    ".join([first, *line.get("at", ())])


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                log_lines.without_messages,
                log_lines.without_crns,
                plain,
            ],
            "foreign_pre_chain": log_lines.SHARED,
            "keep_exc_info": False,
        },
        "request": {"format": "%(asctime)s %(message)s", "datefmt": CLOCK},
    },
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "formatter": "plain"},
        "requests": {"class": "logging.StreamHandler", "formatter": "request"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["lines"], "level": "WARNING"},
    "loggers": {
        **log_lines.LOGGING["loggers"],
        __name__: {"handlers": ["requests"], "level": "INFO", "propagate": False},
        "django": {"level": "WARNING"},
        "gunicorn.error": {"level": "WARNING"},
        # Some people of the demo are there to show a system that fails. The page says so.
        "integrations": {"level": "ERROR"},
    },
}
