"""A page that takes as many seconds as its query says, for tests of how the web server stops."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Wait, then answer."""
    time.sleep(float(environ["QUERY_STRING"] or 0))
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"done"]
