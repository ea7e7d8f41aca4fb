"""Somebody who is signed in, asking the service through WSGI in this process; and the forms of a page.

Says what processor time each answer took. Knows no page.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from time import process_time
from typing import Any
from urllib.parse import urlencode

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the processor time that it took: of this process, and of the database's."""

    status: int
    headers: dict[str, str]
    body: bytes
    own_ms: float
    database_ms: float


@dataclass
class Browser:
    """Keeps cookies, as a browser does. ``database_ms`` says how much the database has taken so far."""

    application: Callable[..., Iterable[bytes]]
    database_ms: Callable[[], float]
    host: str
    cookies: dict[str, str]

    def get(self, address: str) -> Answer:
        """Open a page."""
        return self._ask("GET", address, b"", {})

    def post(self, address: str, fields: Fields) -> Answer:
        """Press a button."""
        headers = {
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "HTTP_ORIGIN": f"https://{self.host}",
        }
        return self._ask("POST", address, urlencode(fields).encode(), headers)

    def _ask(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> Answer:
        path, _, query = address.partition("?")
        said: dict[str, Any] = {}

        def start_response(status: str, answered: list[tuple[str, str]], exc_info: Any = None) -> None:
            said["status"], said["headers"] = int(status[:3]), answered

        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": self.host,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self.host,
            "HTTP_ACCEPT_ENCODING": "gzip",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_FOR": "192.0.2.1",
            "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **headers,
        }
        before = self.database_ms()
        started = process_time()
        chunks = self.application(environ, start_response)
        content = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()
        own_ms = (process_time() - started) * 1000
        database_ms = self.database_ms() - before
        for name, value in said["headers"]:
            if name.lower() == "set-cookie":
                self.cookies |= {key: cookie.value for key, cookie in SimpleCookie(value).items()}
        answered = {name.lower(): value for name, value in said["headers"]}
        if answered.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(said["status"], answered, content, own_ms, database_ms)


@dataclass
class Form:
    """One form of a page: what a browser would post when its first button is pressed."""

    action: str
    fields: Fields = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)  # names of the text areas
    autosave: dict[str, str] = field(default_factory=dict)  # what the page tells its script

    def with_text(self, text: str) -> Fields:
        """The fields, with every text area saying this."""
        return [(name, text if name in self.boxes else value) for name, value in self.fields]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._box: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        form = self._form
        if form is None:
            return
        if "data-autosave" in given:
            form.autosave = given
        if tag == "input" and given.get("name"):
            if given.get("type", "text") not in ("radio", "checkbox") or "checked" in given:
                form.fields.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self._box = given["name"]
            form.boxes.append(self._box)
            form.fields.append((self._box, ""))
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and "selected" in given:
            form.fields.append((self._select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._box = None
        elif tag == "select":
            self._select = None

    def handle_data(self, text: str) -> None:
        if self._form is not None and self._box is not None:
            name, before = self._form.fields[-1]
            self._form.fields[-1] = (name, before + text)


def forms_of(page: bytes) -> list[Form]:
    """The forms of a page, in order."""
    parser = _Forms()
    parser.feed(page.decode())
    return parser.forms
