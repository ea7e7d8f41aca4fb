"""Looks for planted words everywhere a supplier could find them: pages and files, headers, mail, tasks, log, figures,
cache, web sessions, audit trail, and every table outside the practitioner's room.

Addresses come from the resolver: a page that is added tomorrow is swept tomorrow. A new kind of address part fails
until it is said here what to fill in.
"""

from __future__ import annotations

import gzip
import io
import logging
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from itertools import product
from logging.config import DictConfigurator
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from uuid import UUID

import pytest
from celery.app.task import Task
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.cache import cache
from django.db.models import Max, Model, QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from accounts.models import User, WebSession
from interventions.models import Contract
from monitoring.actions.calendar_feed import make_feed
from monitoring.lists.case_lists import BY_SLUG
from monitoring.models import (
    ActionPlan,
    Appointment,
    CalendarFeed,
    CaseNote,
    Pause,
    PerformanceReport,
    PlanActivity,
    Question,
    ReceivedReferral,
    ReferralChange,
)
from refer_monitor.log_lines import LOGGING
from refer_monitor.metrics.state import WholeService
from referrals.models import Referral
from risk.models import RiskInformation, SectionKey
from tests.addresses import PageAddress, addresses
from tests.canary.planting import ROOMS, Words

READABLE = ("text/", "application/json", "image/svg+xml")
MOST_PAGES = 1_600  # of one visitor (832 in delivery); more means that the walk goes in circles


@dataclass(frozen=True, slots=True)
class Found:
    """A word that stands where it was not planted."""

    where: str
    label: str


# --- What leaves while something happens ---------------------------------------------------------------


@dataclass
class Watch:
    """The log and the tasks since the watch began."""

    log: io.StringIO = field(default_factory=io.StringIO)
    tasks: list[str] = field(default_factory=list)


@contextmanager
def watch() -> Iterator[Watch]:
    """Read along: every log line as it would be written, every task with its arguments."""
    seen = Watch()
    handler = logging.StreamHandler(seen.log)
    handler.setFormatter(DictConfigurator(LOGGING).configure_formatter(dict(LOGGING["formatters"]["json"])))
    loggers = [logging.getLogger(), *_loggers_on_their_own()]
    start = Task.apply_async

    def recorded(task: Task, *args: Any, **kwargs: Any) -> Any:
        seen.tasks.append(f"{task.name} {args} {kwargs}")
        return start(task, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Task, "apply_async", recorded)
        for logger in loggers:
            logger.addHandler(handler)
        try:
            yield seen
        finally:
            for logger in loggers:
                logger.removeHandler(handler)


def _loggers_on_their_own() -> list[logging.Logger]:
    """Loggers that do not hand their lines up and write them somewhere."""
    named = (
        logger for logger in logging.Logger.manager.loggerDict.values() if isinstance(logger, logging.Logger)
    )
    return [
        logger
        for logger in named
        if not logger.propagate and any(not isinstance(one, logging.NullHandler) for one in logger.handlers)
    ]


# --- Addresses -------------------------------------------------------------------------------------------


def _keys(model: type[Model]) -> Callable[[], list[Any]]:
    """The keys of every row of a table."""
    return lambda: [*model._base_manager.values_list("pk", flat=True)]


def _corrections() -> QuerySet[RiskInformation]:
    return RiskInformation.objects.filter(corrects__isnull=False)


FILLERS: dict[str, Callable[[], list[Any]]] = {
    "received_id": _keys(ReceivedReferral),
    "referral_id": lambda: [*Referral.objects.values_list("pk", flat=True)[:1]],
    "contract_id": lambda: [*Contract.objects.order_by("pk").values_list("pk", flat=True)[:1]],
    "category_id": lambda: [1],
    "slug": lambda: [SectionKey.SUICIDE.slug],
    "detail": lambda: ["email-address"],
    "item": lambda: ["enforceable-days"],
    "need": lambda: ["concerns"],
    # The parts of a case: all that there are, so that every object is asked for in the name of every case.
    "note_id": _keys(CaseNote),
    "question_id": _keys(Question),
    "appointment_id": _keys(Appointment),
    "activity_id": _keys(PlanActivity),
    "pause_id": _keys(Pause),
    "change_id": _keys(ReferralChange),
    "report_id": _keys(PerformanceReport),
    "notice_id": lambda: [1],
    "correction_id": lambda: [*_corrections().values_list("pk", flat=True)] or [NOBODYS],
    "number": lambda: [*range(1, 2 + _highest(ActionPlan))],
    "place": lambda: [1, 2],
    "caseworker_id": lambda: [*User.objects.filter(audience="SUPPLIER").values_list("pk", flat=True)],
    "which": lambda: [*BY_SLUG],
    "secret": lambda: [make_feed(by=user) for user in User.objects.filter(audience="SUPPLIER")],
    "person_key": lambda: [NOBODYS],  # means something in one practitioner's web session only
}
NOBODYS = UUID("00000000-0000-4000-8000-000000000000")
#: What stands for nothing that there is: asked for once in the place of each part.
UNKNOWN: dict[str, Any] = {
    "received_id": NOBODYS,
    "note_id": NOBODYS,
    "question_id": NOBODYS,
    "appointment_id": NOBODYS,
    "activity_id": NOBODYS,
    "pause_id": NOBODYS,
    "change_id": NOBODYS,
    "report_id": NOBODYS,
    "number": 99,
    "place": 99,
    "caseworker_id": 0,
    "which": "nothing-here",
    "secret": "nobodys",
}


def _highest(model: type[Model]) -> int:
    return model._base_manager.aggregate(highest=Max("number"))["highest"] or 0


def filled(name: str, pattern: PageAddress) -> list[str]:
    """The addresses of one page, with known values for its parts. Fails when a part is not known."""
    parts = [*pattern.converters]
    unknown = [part for part in parts if part not in FILLERS and part not in pattern.default_args]
    if unknown:
        pytest.fail(f"{name} has the part {unknown[0]!r}: say in FILLERS of {__name__} what to fill in")
    known = {part: FILLERS[part]() or [UNKNOWN.get(part)] for part in parts}
    values = [dict(zip(known, one, strict=True)) for one in product(*known.values())]
    values += [values[-1] | {part: UNKNOWN[part]} for part in parts if part in UNKNOWN]
    return [reverse(name, kwargs=one) for one in values]


def every_address() -> list[str]:
    """The addresses of every page, with known values for their parts."""
    return [url for name, pattern in addresses() for url in filled(name, pattern)]


# --- Pages -------------------------------------------------------------------------------------------------


def crawl(client: Client, words: Words) -> Iterator[Found]:
    """Every address of the resolver and everything that its pages link to, as one visitor."""
    waiting = [url for url in every_address() if not _is_a_colleague_s_calendar(url, client)]
    waiting += [reverse("admin:index"), "/service-provider/nothing-here"]
    seen = set(waiting)
    while waiting:
        url = waiting.pop(0)
        response = client.get(url)
        yield from look_at(response, url, words)
        for link in _links(response, url):
            if link not in seen and not _is_a_far_week(link):
                seen.add(link)
                waiting.append(link)
        assert len(seen) < MOST_PAGES, f"too many addresses, the last ones: {waiting[-5:]}"


def _is_a_colleague_s_calendar(url: str, client: Client) -> bool:
    """A private calendar address is a key in itself: who has it reads what its owner may. Each has their own."""
    match = resolve(url)
    if match.view_name != "calendars:feed":
        return False
    feed = CalendarFeed.objects.open_by(match.kwargs["secret"], now=timezone.now()).first()
    return feed is not None and str(feed.user_id) != client.session.get(SESSION_KEY)


def _is_a_far_week(link: str) -> bool:
    """The agenda leads from week to week without end."""
    day = parse_qs(urlsplit(link).query).get("week", [""])[0]
    return bool(day) and abs((date.fromisoformat(day) - timezone.localdate()).days) > 14


def look_at(response: HttpResponse, url: str, words: Words) -> Iterator[Found]:
    """The words in one answer: its body, its headers, its cookies."""
    headers = [*(f"{name}: {value}" for name, value in response.items()), response.cookies.output()]
    for where, text in (("page", _text_of(response, url)), ("header", "\n".join(headers))):
        for label in words.in_text(text):
            yield Found(f"{where} {url} ({response.status_code})", label)


def _text_of(response: HttpResponse, url: str) -> str:
    body = b"".join(response) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    if zipfile.is_zipfile(io.BytesIO(body)):  # spreadsheets and text documents too
        archive = zipfile.ZipFile(io.BytesIO(body))
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if kind.startswith("text/calendar"):  # a long line goes on in the next one, after a blank
        body = body.replace(b"\r\n ", b"").replace(b"\r\n\t", b"")
    if body and not kind.startswith(READABLE):
        pytest.fail(f"{url} answers {kind}: teach the sweep to look inside")
    return body.decode("utf-8", "replace")


def _links(response: HttpResponse, url: str) -> Iterator[str]:
    if response.status_code in (301, 302):
        yield from _ours(response["Location"], url)
    if response.headers.get("Content-Type", "").startswith("text/html") and response.content:
        page = _Leads()
        page.feed(response.content.decode())
        for link in page.links:
            yield from _ours(link, url)
        for action, fields in page.forms:
            yield from _ours(f"{action or url}?{urlencode(fields)}", url)


class _Leads(HTMLParser):
    """Where a page leads: its links, and its forms that are not posted. Builds no tree: there are a thousand pages."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._fields: dict[str, str] | None = None  # of the form around, when it is not posted

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "href" in said:
            self.links.append(said["href"])
        if tag == "form" and said.get("method", "get").lower() == "get":
            self._fields = {}
            self.forms.append((said.get("action", ""), self._fields))
        if tag == "input" and self._fields is not None and said.get("name"):
            self._fields[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None


def _ours(link: str, url: str) -> Iterator[str]:
    parts = urlsplit(urljoin(url, link))
    if not parts.netloc and parts.scheme in ("", "http", "https") and not parts.path.startswith("/assets/"):
        yield f"{parts.path}?{parts.query}" if parts.query else parts.path


# --- Everywhere else -----------------------------------------------------------------------------------------


def elsewhere(seen: Watch, words: Words) -> Iterator[Found]:
    """The words in everything that is no page."""
    for place in (_mail, _rows, kept_in_the_cache, _web_sessions):
        for where, text in place():
            yield from (Found(where, label) for label in words.in_text(text))
    apart = (("log", seen.log.getvalue()), ("task", "\n".join(seen.tasks)), ("metrics", figures()))
    for where, text in apart:
        yield from (Found(where, label) for label in words.in_text(text))


def figures() -> str:
    """What Prometheus reads of every process: what this one counted, and the state of the service as a whole."""
    whole = CollectorRegistry()
    whole.register(WholeService())
    return (generate_latest(REGISTRY) + generate_latest(whole)).decode()


def _mail() -> Iterator[tuple[str, str]]:
    for message in getattr(mail, "outbox", []):
        yield "mail", message.message().as_string()
        yield (
            "mail",
            "\n".join([message.subject, message.body, str(message.alternatives), str(message.attachments)]),
        )


def _rows() -> Iterator[tuple[str, str]]:
    """Every table that is not the practitioner's: audit trail and outbox, the supplier's side, feedback, …"""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ROOMS and model is not WebSession:
            yield f"table {model._meta.db_table}", str(list(model._base_manager.values_list()))


def kept_in_the_cache() -> Iterator[tuple[str, str]]:
    """Every entry, whichever cache it is: what it is called, and what is in it."""
    backend = cache._cache
    if hasattr(backend, "get_client"):
        redis = backend.get_client()
        entries = {key: redis.get(key) for key in redis.keys("*") if redis.type(key) == b"string"}
    else:
        entries = dict(backend)
    for key, value in entries.items():
        yield f"cache {key!r}", f"{key!r} {bytes(value).decode('latin-1')}"


def _web_sessions() -> Iterator[tuple[str, str]]:
    suppliers = {str(pk) for pk in User.objects.filter(audience="SUPPLIER").values_list("pk", flat=True)}
    for session in WebSession.objects.all():
        kept = session.get_decoded()
        if kept.get("_auth_user_id") in suppliers:
            yield "web session", str(kept)
