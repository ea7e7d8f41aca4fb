"""Our Jinja environment finds in a dictionary what Jinja's own finds."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment

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
