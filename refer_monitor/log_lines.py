"""How everything that runs writes its log: one JSON object a line, on standard error.

A line never carries a name, a CRN or free text. So: libraries' messages are logged as their templates, without
arguments; exceptions as their types and places, without messages; anything that looks like a CRN is struck
out wherever it stands. Used by Django, by gunicorn (before Django is there) and by Celery.
"""

from __future__ import annotations

import traceback
from pathlib import PurePath
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from events.crn import CRN_IN_TEXT

CRN_STRUCK_OUT = "[CRN]"
DEEPEST = 12  # frames of a traceback that are worth a line


def without_messages(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """An exception's types and places instead of its text, which may quote what a user typed."""
    found = line.pop("exc_info", None)
    for key in ("exception", "error", "stack_info", "stack"):
        line.pop(key, None)
    failure = found[1] if isinstance(found, tuple) else found
    if isinstance(failure, BaseException):
        line["exception"] = type(failure).__name__
        line["at"] = _places(failure.__traceback__)
        if cause := failure.__cause__ or failure.__context__:
            line["because"] = type(cause).__name__
    return line


def without_crns(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """The line with every CRN struck out: the last net, under the rule that none is logged at all."""
    return {key: _struck_out(value) for key, value in line.items()}


def _places(raised: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(raised)[-DEEPEST:]
    return [
        f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames
    ]


def _struck_out(value: Any) -> Any:
    match value:
        case str():
            return CRN_IN_TEXT.sub(CRN_STRUCK_OUT, value)
        case list() | tuple():
            return [_struck_out(item) for item in value]
        case dict():
            return {key: _struck_out(item) for key, item in value.items()}
    return value


def _with_exc_info(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """``log.exception`` says only that there is one: fetch it while it is being handled."""
    import sys

    if line.get("exc_info") is True:
        line["exc_info"] = sys.exc_info()
    return line


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_exc_info,
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_messages,
                without_crns,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": SHARED,
            "use_get_message": False,
            "keep_exc_info": False,
        }
    },
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "formatter": "json"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["lines"], "level": "INFO"},
    "loggers": {
        "django": {"level": "INFO"},
        # Says the path; refer_monitor.request_log says the view instead.
        "django.request": {"handlers": ["nowhere"], "propagate": False},
        # Quotes the request; refer_monitor.error_pages says the kind of trouble instead.
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        # django-structlog says when a task starts and ends.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "CRITICAL"},
        "celery.beat": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # warns that a queue of files has no host
        "gunicorn.error": {"level": "INFO"},
        "gunicorn.access": {"handlers": ["nowhere"], "propagate": False},
    },
}


def set_up() -> None:
    """Configure structlog to hand its lines to the handlers above."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
