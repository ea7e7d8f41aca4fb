"""The components that we use, rendered from GOV.UK Frontend's own examples: the same markup as the style sheet expects.

The templates come from govuk-frontend-jinja, which follows GOV.UK Frontend at a distance. What differs is named here
with the reason why we do not meet it; a new difference fails.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parent.parent.parent
COMPONENTS = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
#: Component: words in the names of examples that the templates do not know yet, and why no page of ours meets them.
NOT_MET = {
    "button": {"start link with html": "we have no start button"},
    "character-count": {
        "count type": "what is counted is said by maxlength or maxwords",
        "maxwords": "we count characters",
    },
    "date-input": {
        "value": "each item carries its own value",
        "custom": "each item says how wide it is",
        "nested name": "each item says how wide it is",
        "id on items": "each item says how wide it is",
        "suffixed id": "each item says how wide it is",
        "classes": "each item says how wide it is",
        "translations": "pages are in English",
        "day and month": "every date has three items",
        "month and year": "every date has three items",
        "error": "each item that is wrong carries its own class",
    },
    "service-navigation": {
        "language navigation": "pages are in English",
        "`inline` end slot": "nothing stands at the end",
    },
}


def _used() -> list[str]:
    """The components that a template or a field of ours names."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "govuk").glob("*.py")]
    named = re.compile(r"govuk_frontend_jinja/components/([a-z-]+)")
    return sorted({name for file in files for name in named.findall(file.read_text())})


def _examples(component: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((COMPONENTS / component / "fixtures.json").read_text())[
        "fixtures"
    ]
    return found


def _rendered(component: str, options: dict[str, Any]) -> str:
    macro = "govuk" + "".join(part.capitalize() for part in component.split("-"))
    file = f"govuk_frontend_jinja/components/{component}/macro.html"
    source = f"{{% from '{file}' import {macro} %}}{{{{ {macro}(params) }}}}"
    return engines["jinja2"].from_string(source).render({"params": options})


def _without_space(html: str) -> str:
    html = re.sub(r"\s+", " ", html)
    return re.sub(r"\s*([<>])\s*", r"\1", html).strip()


def test_some_components_are_used() -> None:
    assert {"button", "input", "radios", "checkboxes", "date-input", "error-summary"} & set(_used())


@pytest.mark.parametrize("component", _used())
def test_a_component_is_rendered_as_gov_uk_frontend_has_it(component: str) -> None:
    not_met = NOT_MET.get(component, {})
    differing, compared = [], 0
    for example in _examples(component):
        if any(words in example["name"] for words in not_met):
            continue
        compared += 1
        if _without_space(_rendered(component, example["options"])) != _without_space(example["html"]):
            differing.append(example["name"])
    assert compared
    assert not differing


@pytest.mark.parametrize(
    ("component", "words"), [(component, words) for component, named in NOT_MET.items() for words in named]
)
def test_what_is_left_out_still_differs(component: str, words: str) -> None:
    examples = [example for example in _examples(component) if words in example["name"]]
    rendered = [_without_space(_rendered(component, example["options"])) for example in examples]
    assert any(
        ours != _without_space(example["html"]) for ours, example in zip(rendered, examples, strict=True)
    )
