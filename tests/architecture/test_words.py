"""What pages say is plain English: no word of our list in a template, or in a text of the code that a page may show.

The rendered pages are searched too, each time a test fetches one (``tests.pages``). Why, and what to say instead:
docs/content.md.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from risk.wording import CURRENT_WORDING
from tests.stiff_words import stiff_words

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
APPS = (
    "accounts",
    "events",
    "govuk",
    "inbox",
    "integrations",
    "interventions",
    "monitoring",
    "notifications",
    "referrals",
    "risk",
    "sign_in",
)
#: Read by whoever runs the service, or by nobody: commands, system checks, what a migration did, invented people.
NOT_ON_PAGES = {
    "management",
    "migrations",
    "checks.py",
    "demo_people.py",
    "labelled_texts.py",
    "measuring.py",
    "reading.py",
    "wording.py",
}
MODULES = sorted(
    path
    for app in (*APPS, "refer_monitor")
    for path in (ROOT / app).rglob("*.py")
    if not NOT_ON_PAGES & set(path.parts)
)
COMMENT, MARKUP, CODE = (
    re.compile(r"\{#.*?#\}", re.S),
    re.compile(r"<[^>]*>"),
    re.compile(r"\{[{%](.*?)[%}]\}", re.S),
)
SPOKEN_ATTRIBUTE = re.compile(r"""\b(?:aria-label|title|alt|data-[a-z-]+)="([^"]*)\"""")
LITERAL = re.compile(r'"([^"]* [^"]*)"')


def said_by(template: str) -> Iterator[str]:
    """What a template says by itself: text, spoken attributes, and texts in its expressions."""
    source = COMMENT.sub("", template)
    for code in CODE.findall(source):
        yield from LITERAL.findall(code)
    plain = CODE.sub(" ", source)
    yield from SPOKEN_ATTRIBUTE.findall(plain)
    yield MARKUP.sub(" ", plain)


def texts_of(module: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module that are more than one word, without docstrings."""
    tree = ast.parse(module.read_text())
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from [(node.lineno, node.value)] if " " in node.value.strip() else []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_are_plain(path: Path) -> None:
    assert [word for text in said_by(path.read_text()) for word in stiff_words(text)] == []


def test_texts_of_the_code_are_plain() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word!r} in {text[:80]!r}"
        for path in MODULES
        for line, text in texts_of(path)
        for word in stiff_words(text)
    ]
    assert not found, "\n".join(found)


def test_the_declaration_that_is_agreed_to_today_is_plain() -> None:
    """Earlier versions stay as they were agreed to."""
    said = (CURRENT_WORDING.warning, CURRENT_WORDING.responsibility, CURRENT_WORDING.tick)

    assert [word for text in said for word in stiff_words(text)] == []


def _reasons(declared: Any) -> Iterator[str]:
    """What the rules tell the practitioner, wherever it is in a file."""
    if isinstance(declared, dict):
        yield from [str(declared["why"])] if "why" in declared else []
        declared = list(declared.values())
    if isinstance(declared, list):
        for one in declared:
            yield from _reasons(one)


def test_what_is_said_about_sensitive_details_is_plain() -> None:
    files = sorted((ROOT / "risk/sensitive_details").rglob("*.toml"))
    reasons = [reason for path in files for reason in _reasons(tomllib.loads(path.read_text()))]

    assert reasons
    assert [word for reason in reasons for word in stiff_words(reason)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("The supplier sees it", ["supplier"], id="supplier"),
        pytest.param("Arrange the supplier assessment", [], id="the field's term"),
        pytest.param("Two supplier assessments", [], id="its plural"),
        pytest.param(
            "Suppliers’ cases stand first, and it stands",
            ["Suppliers", "stand first", "stands"],
            id="capitals",
        ),
        pytest.param("She understands where people stand", [], id="other words"),
        pytest.param("The person whom you know", ["whom"], id="whom"),
        pytest.param("A change was asked for.", ["was asked for"], id="passive"),
        pytest.param("The practitioner asked for a change.", [], id="active"),
        pytest.param("Nothing of it is shared", ["Nothing of it"], id="of it"),
    ],
)
def test_stiff_words_are_found(text: str, words: list[str]) -> None:
    assert stiff_words(text) == words


def test_what_a_template_says_is_its_text_and_not_its_code() -> None:
    source = '{# whom #}<p id="as-supplier" aria-label="stands">A {{ b("c whom") }} {% if supplier %}d{% endif %}</p>'

    said = " ".join(said_by(source))

    assert [said.count(word) for word in ("whom", "stands", "supplier")] == [1, 1, 0]
