"""What is done with every answer in our own way is what Django and django-csp do: policy and compression."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver
from django.utils.functional import SimpleLazyObject
from pytest_django.fixtures import Settings

from refer_monitor.compressing import LEVEL, Compressing
from refer_monitor.content_policy import ContentPolicy

POLICY = "Content-Security-Policy"


def _policy_by(middleware: type[CSPMiddleware], *, has_nonce: bool) -> tuple[set[str], HttpRequest]:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{request.csp_nonce}" if has_nonce else "")  # type: ignore[attr-defined]

    request = RequestFactory().get("/")
    answer = middleware(view)(request)  # type: ignore[arg-type]
    nonce = getattr(request, "_csp_nonce", None)
    assert (nonce is not None) == has_nonce
    policy = answer[POLICY].replace(nonce, "the nonce") if nonce else answer[POLICY]
    return {part.strip() for part in policy.split(";")}, request


@pytest.mark.parametrize("has_nonce", [False, True])
def test_the_policy_is_the_one_of_the_settings(settings: Settings, has_nonce: bool) -> None:
    policy, _ = _policy_by(ContentPolicy, has_nonce=has_nonce)
    assert policy == _policy_by(CSPMiddleware, has_nonce=has_nonce)[0]
    assert ("'nonce-the nonce'" in " ".join(policy)) == has_nonce

    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'none'"]}}
    assert _policy_by(ContentPolicy, has_nonce=False)[0] == {"default-src 'none'"}


def test_a_nonce_that_is_asked_for_too_late_is_refused() -> None:
    _, request = _policy_by(ContentPolicy, has_nonce=False)
    with pytest.raises(Exception, match="csp_nonce"):
        str(request.csp_nonce)  # type: ignore[attr-defined]


def test_each_page_has_a_nonce_of_its_own(client: Client, db: None) -> None:
    nonces = {re.search(r"'nonce-([^']+)'", client.get("/help")[POLICY]).group(1) for _ in range(3)}  # type: ignore[union-attr]
    assert len(nonces) == 3


PAGE = b"<p>Not much to say.</p>" * 100
ANSWERS: list[Callable[[], HttpResponse]] = [
    lambda: HttpResponse(PAGE),
    lambda: HttpResponse(b"short"),
    lambda: HttpResponse(PAGE, headers={"ETag": '"1"'}),
    lambda: HttpResponse(PAGE, headers={"Content-Encoding": "br"}),
    lambda: HttpResponse(PAGE, content_type="text/csv"),
    lambda: HttpResponse(PAGE, headers={"Vary": "Cookie"}),
]


def _answered(middleware: type[GZipMiddleware], request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    answered = middleware(lambda _: answer)(request)
    assert isinstance(answered, HttpResponse)
    return answered


@pytest.mark.parametrize("accepts", ["gzip, deflate", "br", ""])
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_compressed_as_django_does(answer: Callable[[], HttpResponse], accepts: str) -> None:
    request = RequestFactory().get("/", headers={"accept-encoding": accepts})
    ours, django = (_answered(one, request, answer()) for one in (Compressing, GZipMiddleware))

    assert ours.headers.keys() == django.headers.keys()
    for name in ours.headers.keys() - {"Content-Length"}:
        assert ours[name] == django[name]
    if ours.get("Content-Encoding") == "gzip":
        assert gzip.decompress(ours.content) == gzip.decompress(django.content) == PAGE
        assert ours["Content-Length"] == str(len(ours.content))
    else:
        assert ours.content == django.content


def test_how_long_a_page_is_stays_hidden() -> None:
    request = RequestFactory().get("/", headers={"accept-encoding": "gzip"})
    lengths = {len(_answered(Compressing, request, HttpResponse(PAGE)).content) for _ in range(50)}
    least = len(gzip.compress(PAGE, LEVEL))
    assert len(lengths) > 10
    assert least < min(lengths) <= max(lengths) <= least + 100


def test_whoever_is_signed_in_stands_in_the_request_themselves(as_persona: Callable[[str], Client]) -> None:
    answer = as_persona("pp").get("/your-account")
    assert not isinstance(answer.wsgi_request.user, SimpleLazyObject)
    assert answer.wsgi_request.user.username == "pp"


def test_no_page_is_hidden_by_one_whose_addresses_stand_before_it() -> None:
    """Rooms stand first, because most requests are for them: nothing that comes later begins as they do."""
    patterns = [str(one.pattern) for one in get_resolver().url_patterns]
    rooms = [one for one in patterns if one.startswith(("probation-practitioner/", "service-provider/"))]
    assert patterns[: len(rooms)] == rooms
    assert all(not later.startswith(room) for room, later in pairwise(rooms))
    for one in get_resolver().url_patterns[len(rooms) :]:
        addresses = [one] if isinstance(one, URLPattern) else one.url_patterns
        assert not any(f"{one.pattern}{inner.pattern}".startswith((*rooms,)) for inner in addresses)
