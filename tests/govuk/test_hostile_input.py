"""Whatever is sent: no exception, an error at the field, and a page that can still be drawn and encoded."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict

from tests.govuk.drawing import EveryField, drawn
from tests.pages import inspect

PAGE = '{% extends "layouts/form.html" %}{% set heading = "Everything" %}'
NAMES = (*EveryField.base_fields, "done_by_day", "done_by_month", "done_by_year", "office_typed")
TEXTS = {
    "null byte": "\x00",
    "lone surrogate": "a\ud800b",
    "script": "<script>alert(1)</script>",
    "closing tag": "</textarea></form><h1>x</h1>",
    "attribute": '" autofocus onfocus="alert(1)',
    "template": "{{ 7 * 7 }}{% endblock %}",
    "format": "{person}%s%(x)s{0}",
    "emoji": "👩‍👩‍👧‍👦",
    "right to left": "\u202eabc\u202c שלום",
    "Welsh": "Tŷ Ŵyr",
    "long": "x" * 12_000,
    "digits": "9" * 5_000,
    "line breaks": "\r\n\r\r\n" * 3,
    "control characters": "\x01\x0b\x0c\x1b\x7f\x85\ufffe",
}


def page_of(form: EveryField) -> BeautifulSoup:
    html = drawn(PAGE, form=form)
    html.encode()
    assert inspect(html) == []
    return BeautifulSoup(html, "html5lib")


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_hostile_text_in_every_field(text: str) -> None:
    form = EveryField(dict.fromkeys(NAMES, text) | {"interpreter": "YES"})
    assert not form.is_valid()
    page = page_of(form)
    assert not page.find("script", string="alert(1)")
    assert not page.find(autofocus=True)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([], id="empty list"),
        pytest.param(["a", "b"], id="list"),
        pytest.param([["a"], {"b": 1}], id="nested"),
        pytest.param({"a": {"b": "c"}}, id="dictionary"),
        pytest.param(7, id="number"),
        pytest.param(1.5, id="fraction"),
        pytest.param(True, id="true"),
        pytest.param(None, id="null"),
        pytest.param(b"bytes", id="bytes"),
    ],
)
def test_values_that_no_browser_sends(value: Any) -> None:
    form = EveryField(dict.fromkeys(NAMES, value))
    assert not form.is_valid()
    page_of(form)
    asked = EveryField(dict.fromkeys(NAMES, value) | {"interpreter": "YES"})
    assert not asked.is_valid()
    page_of(asked)


@pytest.mark.parametrize("person", ["O’Brien <b>", "{person} %s {0}", "a\ud800\x00", "שלום", "W" * 3_000])
def test_hostile_names_in_labels_and_messages(person: str) -> None:
    form = EveryField({}, person=person)
    assert form.error_list()[0]["text"].startswith("Enter name of ")
    page_of(form)


def test_every_name_sent_many_times() -> None:
    form = EveryField(QueryDict("&".join(f"{name}={n}" for name in NAMES for n in range(50))))
    assert not form.is_valid()
    page_of(form)


@pytest.mark.parametrize("name", ["name", "remarks", "email", "phone", "password", "revision"])
@pytest.mark.parametrize("text", ["a\x00b", "a\ud800", "\udfff"])
def test_what_cannot_be_saved_is_refused_at_the_field(name: str, text: str) -> None:
    form = EveryField({name: text, "interpreter": "YES"})
    assert form.errors.as_data()[name][0].code == "unsaveable"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("\nafter a line break", id="line break first"),
        pytest.param("\n\n\nmore of them", id="line breaks first"),
        pytest.param("  two\n    four\n\tone tab", id="indented"),
        pytest.param("ends with one\n", id="line break last"),
        pytest.param("&#10; &amp; &lt;", id="looks escaped"),
        pytest.param("<!-- --> ]]> </textarea >", id="looks like markup"),
    ],
)
def test_a_box_shows_again_exactly_what_was_typed(typed: str) -> None:
    """Also inside a radio's fieldset, where the macros indent every line that they see."""
    form = EveryField(
        QueryDict(mutable=True) | {"remarks": typed.replace("\n", "\r\n"), "interpreter": "YES"}
    )
    form.is_valid()
    assert form.cleaned_data["remarks"] == typed
    shown = page_of(EveryField(initial={"remarks": typed, "interpreter": True}))
    assert shown.find(id="id_remarks").get_text() == typed


def test_a_password_is_never_shown_again() -> None:
    html = drawn(PAGE, form=EveryField({"password": "correct horse"}))
    assert "correct horse" not in html


def test_what_cannot_be_saved_is_shown_as_a_mark() -> None:
    page = page_of(EveryField({"name": "a\x00b"}))
    assert page.find(id="id_name")["value"] == "a\ufffdb"
