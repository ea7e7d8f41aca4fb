"""Addresses are found once, and read as Django finds them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django import urls
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import NoReverseMatch, set_script_prefix

from govuk.addresses import OnePrefix, _with_places, reverse, url

KEY, OTHER = UUID("6f0a2c1e-3b7d-4a55-9d53-0d9d5f0c7a01"), UUID("0b9e7ad4-52a0-4a7d-8a7e-2b2f4d8a9c11")


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        pytest.param("home", (), {}, id="nothing to fill in"),
        pytest.param("referrals:tasks", (KEY,), {}, id="a key"),
        pytest.param("interventions:detail", (7,), {}, id="a number"),
        pytest.param("monitoring:action_plan_version", (KEY, 2), {}, id="a key and a number"),
        pytest.param("monitoring:change_activity", (KEY, 2, OTHER), {}, id="two keys around a number"),
        pytest.param(
            "monitoring:appointment",
            (),
            {"appointment_id": OTHER, "received_id": KEY},
            id="by name, in another order",
        ),
        pytest.param("monitoring:case_list", (), {"which": "open"}, id="a word"),
        pytest.param("monitoring:case_list", ("not-started",), {}, id="words"),
        pytest.param("monitoring:case_list", ("Not_started-2",), {}, id="a word that is not plain"),
        pytest.param("referrals:risk_section", (KEY, "risk-to-self"), {}, id="a key and a word"),
        pytest.param("referrals:tasks", (str(KEY),), {}, id="a key as text"),
    ],
)
def test_an_address_is_djangos(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    expected = urls.reverse(name, args=args or None, kwargs=kwargs or None)

    assert [url(name, *args, **kwargs) for _ in range(2)] == [expected, expected]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        pytest.param("nowhere", (), id="unknown name"),
        pytest.param("referrals:tasks", (), id="key missing"),
        pytest.param("referrals:tasks", (7,), id="number for a key"),
        pytest.param("interventions:detail", (-1,), id="below zero"),
        pytest.param("interventions:detail", (True,), id="not a number"),
        pytest.param("interventions:detail", ("word",), id="a word for a number"),
        pytest.param("referrals:tasks", ("word",), id="a word for a key"),
        pytest.param("monitoring:case_list", ("two words",), id="a word with a space"),
        pytest.param("monitoring:case_list", ("",), id="no word"),
    ],
)
def test_what_django_refuses_is_refused(name: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        urls.reverse(name, args=args or None)
    with pytest.raises(NoReverseMatch):
        reverse(name, args)


def test_no_key_and_no_word_is_remembered() -> None:
    _with_places.cache_clear()
    for key, word in ((uuid4(), "one"), (uuid4(), "another"), (uuid4(), "a-third")):
        reverse("referrals:risk_section", [key, word])

    assert _with_places.cache_info().currsize == 1


def test_the_prefix_of_the_installation_counts() -> None:
    before = reverse("referrals:tasks", [KEY])
    try:
        set_script_prefix("/somewhere/")
        assert reverse("referrals:tasks", [KEY]) == f"/somewhere{before}"
    finally:
        set_script_prefix("/")
    assert reverse("referrals:tasks", [KEY]) == before


def test_the_prefix_of_a_request_counts_as_long_as_it_is_answered() -> None:
    before = reverse("home")

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(reverse("home"))

    def begun_under(prefix: str) -> bytes:
        try:
            set_script_prefix(prefix)
            return OnePrefix(answer)(RequestFactory().get("/")).content
        finally:
            set_script_prefix("/")

    assert begun_under("/somewhere/") == b"/somewhere/"
    assert begun_under("/") == b"/"
    assert reverse("home") == before
