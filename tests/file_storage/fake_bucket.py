"""A bucket in this process that speaks what the service needs of S3: put, head, get and delete, one object a path.

Refuses an object that is not to be encrypted, and a signed address whose time is over, as Amazon S3 does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server


@dataclass
class FakeBucket:
    """What was put where, and with which encryption."""

    objects: dict[str, bytes] = field(default_factory=dict)
    encryption: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    address: str = ""

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].lstrip("/")
        query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        if self.is_down:
            return _say(start, "503 Slow Down")
        if "X-Amz-Date" in query and self._is_over(query):
            return _say(start, "403 Forbidden")
        if method == "PUT":
            encryption = environ.get("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION", "")
            if not encryption:
                return _say(start, "403 Forbidden")
            self.objects[path] = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            key = environ.get("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID", "")
            self.encryption[path] = f"{encryption} {key}".strip()
            return _say(start, "200 OK")
        if method == "DELETE":
            self.objects.pop(path, None)
            return _say(start, "204 No Content")
        if path not in self.objects:
            return _say(start, "404 Not Found")
        found = self.objects[path]
        headers = [
            ("Content-Length", str(len(found))),
            ("Content-Disposition", query.get("response-content-disposition", "")),
            ("Content-Type", query.get("response-content-type", "")),
        ]
        start("200 OK", headers)
        return [found] if method == "GET" else []

    @staticmethod
    def _is_over(query: dict[str, str]) -> bool:
        signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.now(UTC) > signed_at + timedelta(seconds=int(query["X-Amz-Expires"]))


def _say(start: Any, status: str) -> list[bytes]:
    start(status, [("Content-Length", "0")])
    return []


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def serving() -> Iterator[FakeBucket]:
    """A bucket at an address of its own, for the time of the block."""
    bucket = FakeBucket()
    server = make_server("127.0.0.1", 0, bucket, handler_class=_Silent)
    bucket.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
