"""Our Jinja environment finds in a dictionary what Jinja's own finds, and prints what Jinja's own prints."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from jinja2 import Environment
from markupsafe import Markup

from refer_monitor.jinja import OurUndefined, environment

OTHERS = Environment(autoescape=True, undefined=OurUndefined)


@pytest.mark.parametrize(
    ("template", "given"),
    [
        pytest.param("{{ given.text }}", {"text": "a < b"}, id="a key"),
        pytest.param("[{{ given.text }}]", {}, id="no such key"),
        pytest.param("[{{ given.text.more }}]", {}, id="below no such key"),
        pytest.param("{{ given.text }}", {"text": None}, id="none"),
        pytest.param("{{ given['items'] | length }}", {"items": [1, 2]}, id="a key with a method's name"),
        pytest.param(
            "{% for k, v in given.items() %}{{ k }}{{ v }}{% endfor %}", {"items": 1}, id="a method"
        ),
        pytest.param("{{ given.real }}", 7, id="no dictionary"),
    ],
)
def test_a_dictionary_reads_as_in_jinja(template: str, given: Any) -> None:
    ours = environment(autoescape=True)

    assert ours.from_string(template).render(given=given) == OTHERS.from_string(template).render(given=given)


class Wrapped(str):
    """Text that knows its own HTML."""

    def __html__(self) -> str:
        return f"<b>{len(self)}</b>"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("<script>alert('a & \"b\"')</script>", id="text"),
        pytest.param("", id="nothing"),
        pytest.param(Markup("<b>a &amp; b</b>"), id="marked as HTML"),
        pytest.param(mark_safe("<b>a &amp; b</b>"), id="marked as HTML by Django"),
        pytest.param(Wrapped("<i>"), id="a kind of text that knows its HTML"),
        pytest.param(gettext_lazy("<i>"), id="text that is translated when it is printed"),
        pytest.param(["<i>", 1], id="a list"),
        pytest.param(7, id="a number"),
        pytest.param(None, id="none"),
        pytest.param(True, id="true"),
    ],
)
@pytest.mark.parametrize(
    "template",
    [
        pytest.param("[{{ given }}]", id="alone"),
        pytest.param("{% macro of(x) %}<p>{{ x }}</p>{% endmacro %}{{ of(given) }}", id="by a macro"),
        pytest.param("{% set said %}<p>{{ given }}</p>{% endset %}{{ said }}{{ said ~ given }}", id="set"),
        pytest.param(
            "{% macro of() %}<p>{{ caller() }}</p>{% endmacro %}{% call of() %}{{ given }}{% endcall %}", id="called"
        ),
        pytest.param("{% for one in [given, given] %}{{ one }}{{ loop.index }}{% endfor %}", id="in a loop"),
        pytest.param("{{ given | string }}{{ given | e }}{{ given | safe }}", id="filtered"),
        pytest.param("{% filter upper %}{{ given }}{% endfilter %}", id="in a filter"),
        pytest.param("{% autoescape false %}{{ given }}{% endautoescape %}{{ given }}", id="not escaped by choice"),
    ],
)
def test_every_value_is_printed_as_by_jinja(template: str, value: Any) -> None:
    """One row that differs is text from outside that is not escaped, or HTML that is shown as text."""
    ours = environment(autoescape=True)

    assert ours.from_string(template).render(given=value) == OTHERS.from_string(template).render(given=value)


def test_no_template_says_itself_how_values_are_printed() -> None:
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    assert not [path for path in templates if "autoescape" in path.read_text()]


def test_how_values_are_printed_is_known_of_this_jinja() -> None:
    """A method that Jinja does not promise is overridden: with another version, read its compiler again."""
    assert version("jinja2") == "3.1.6"
    assert version("markupsafe") == "3.0.4"
