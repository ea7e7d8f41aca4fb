"""Somebody at a browser: pages and forms over HTTP, each request with an id of its own, and timed.

Knows HTTP, HTML forms and what a page may answer; not what is on any page, nor how long it may take.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from random import uniform
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, SoupStrainer, Tag

Fields = dict[str, Any]
#: Seconds until a browser gives up. How long a page may take is judged when all is over (``working``).
PATIENCE = 120.0
#: 200 and 302: as it should be. 422: an answer is not accepted, and why stands there. 409: something changed meanwhile.
#: 403: refused, such as a person of whom nDelius says no date of birth. 503: nDelius was silent about access, which
#: closes pages of a person (decision A2). 410: sent meanwhile; whoever goes on judges whether that is so.
EXPECTED = frozenset({200, 302, 403, 409, 410, 422, 503})
NEVER: frozenset[int] = frozenset()
PARSED = SoupStrainer(["form", "h1", "title"])


class Broken(AssertionError):
    """The service answered as it never may."""


class Failed(Exception):
    """A page failed where it may: what was asked is done or not."""


@dataclass
class Story:
    """What somebody did, in order: for whoever reads why a run failed."""

    name: str
    lines: list[str] = field(default_factory=list)
    #: Seconds of every request, in order.
    took: list[float] = field(default_factory=list)
    #: When a page failed where it may, by ``time.monotonic``.
    failed: list[float] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def tell(self, line: str) -> None:
        """One more thing that happened."""
        self.lines.append(f"{time.monotonic() - self.began:6.1f} s  {line}")

    def id_of(self, number: int) -> str:
        """What a request is called in the service's log and by the stub: this story's first is number 1."""
        return f"{self.name}-{number:03d}"


@dataclass(frozen=True)
class Form:
    """One form of a page, as a browser would post it untouched."""

    action: str
    fields: Fields
    tag: Tag

    def has(self, name: str) -> bool:
        """Whether there is a box, button or choice of this name."""
        return self.tag.find(attrs={"name": name}) is not None

    def names(self) -> list[str]:
        """Names of all that can be filled in or pressed."""
        return list(dict.fromkeys(str(box["name"]) for box in self.tag.find_all(attrs={"name": True})))

    def values(self, name: str) -> list[str]:
        """The choices of a name."""
        return [str(box.get("value", "")) for box in self.tag.find_all(attrs={"name": name})]


@dataclass(frozen=True)
class Page:
    """What was answered last, after redirects."""

    url: str
    status: int
    text: str

    @property
    def path(self) -> str:
        """The address within its host."""
        return urlsplit(self.url).path

    @property
    def soup(self) -> BeautifulSoup:
        """Headings and forms, and nothing else."""
        return BeautifulSoup(self.text, "html.parser", parse_only=PARSED)

    @property
    def heading(self) -> str:
        """The page's h1."""
        found = self.soup.find("h1")
        return " ".join(found.get_text().split()) if found else ""

    def forms(self) -> Iterator[Form]:
        """Its forms, in order."""
        for tag in self.soup.find_all("form"):
            yield Form(urljoin(self.url, str(tag.get("action") or self.url)), _untouched(tag), tag)

    def form(self, *, with_field: str = "", to: str = "") -> Form:
        """The form with a box or button of this name, or that goes to an address that ends so."""
        found = self._find(with_field, to)
        if found is None:
            raise Broken(f"{self.path} has no form with {with_field or to}: {self.heading}")
        return found

    def has_form(self, *, with_field: str = "", to: str = "") -> bool:
        """Whether there is such a form."""
        return self._find(with_field, to) is not None

    def _find(self, with_field: str, to: str) -> Form | None:
        is_it = (lambda form: form.has(with_field)) if with_field else (lambda form: form.action.endswith(to))
        return next(filter(is_it, self.forms()), None)


class Browser:
    """Keeps cookies; follows redirects. ``address`` is where the service listens, behind what ends TLS.

    ``may_fail``: something that pages need may be away; a page that answers so, or an answer that is cut off, raises
    ``Failed``. ``thinking``: seconds before each request, at least and at most.
    """

    def __init__(
        self,
        address: str,
        public_address: str,
        story: Story,
        *,
        may_fail: frozenset[int] = NEVER,
        thinking: tuple[float, float] | None = None,
    ) -> None:
        self._address, self._public = address, public_address
        self.story = story
        self._may_fail, self._thinking = may_fail, thinking
        self._is_led_on = False
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-Forwarded-Proto"] = "https"

    def open(self, path: str) -> Page:
        """Open a page."""
        return self._go("GET", path)

    def submit(self, form: Form, **changes: Any) -> Page:
        """Send a form with some boxes changed; ``None`` leaves a box out."""
        fields = {name: value for name, value in (form.fields | changes).items() if value is not None}
        return self._go("POST", form.action, fields)

    def at(self, address: str) -> Browser:
        """The same browser, signed in as it is, at a server that listens elsewhere."""
        there = Browser(address, self._public, self.story)
        there.session = self.session
        return there

    def leave(self) -> None:
        """Close it."""
        self.session.close()

    def _go(self, method: str, path: str, fields: Fields | None = None) -> Page:
        for redirects in range(10):
            self._is_led_on = redirects > 0
            answer = self._ask(method, path, fields)
            if not answer.is_redirect:
                return Page(answer.url, answer.status_code, answer.text)
            method, fields = "GET", None
            path = urljoin(answer.url, answer.headers["Location"])
        raise Broken(f"{path} leads round in circles")

    def _ask(self, method: str, path: str, fields: Fields | None) -> requests.Response:
        request_id = self.story.id_of(len(self.story.took) + 1)
        url = urljoin(self._address, path).replace(self._public, self._address)
        headers = {"X-Request-Id": request_id, "Referer": f"{self._public}/", "Origin": self._public}
        if self._thinking and not self._is_led_on:
            time.sleep(uniform(*self._thinking))
        began = time.monotonic()
        try:
            answer = self._send(method, url, data=fields, headers=headers)
        except requests.RequestException as cut_off:
            self.story.took.append(time.monotonic() - began)
            self.story.tell(f"{request_id}  {method} {urlsplit(url).path}  {type(cut_off).__name__}")
            if not self._may_fail:
                raise
            raise self._failed("was cut off") from cut_off
        took = time.monotonic() - began
        for cookie in self.session.cookies:
            cookie.secure = False  # TLS ends in front of us
        self.story.took.append(took)
        told = f"{request_id}  {method} {urlsplit(url).path}  {answer.status_code}  {took * 1000:.0f} ms"
        self.story.tell(told)
        if answer.status_code in self._may_fail:
            raise self._failed(told)
        if answer.status_code not in EXPECTED:
            raise Broken(f"{told}: never to be answered")
        return answer

    def _send(self, method: str, url: str, **how: Any) -> requests.Response:
        """As a browser does it: a page is asked for once more when the connection kept for it had just been closed."""
        send = partial(self.session.request, method, url, allow_redirects=False, timeout=PATIENCE, **how)
        try:
            return send()
        except requests.ConnectionError as closed:
            if method != "GET" or self._may_fail or not _was_reset(closed):
                raise
            return send()

    def _failed(self, told: str) -> Failed:
        self.story.failed.append(time.monotonic())
        return Failed(told)


def _was_reset(closed: requests.ConnectionError) -> bool:
    """Whether the other end closed it, before it answered anything."""
    return any(isinstance(cause, ConnectionResetError) for cause in getattr(closed.args[0], "args", ()))


def _untouched(form: Tag) -> Fields:
    fields: Fields = {}
    for box in form.find_all(["input", "textarea", "select"]):
        name, kind = str(box.get("name") or ""), box.get("type")
        if not name or (kind in ("checkbox", "radio") and not box.has_attr("checked")):
            continue
        if box.name == "textarea":
            fields[name] = box.get_text().removeprefix("\n")
        elif box.name == "select":
            chosen = box.select_one("option[selected]") or box.find("option")
            fields[name] = chosen.get("value", "") if chosen else ""
        elif kind == "checkbox":
            fields.setdefault(name, []).append(box.get("value", ""))
        else:
            fields[name] = box.get("value", "")
    return fields
