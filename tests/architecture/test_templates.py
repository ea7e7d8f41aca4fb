"""The supplier's templates take nothing from the practitioner's: not by extending, including or importing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from jinja2 import Environment, meta

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SUPPLIERS = sorted(str(path.relative_to(TEMPLATES)) for path in (TEMPLATES / "monitoring").rglob("*.html"))
PRIVATE = ("referrals/", "risk/")


def _environment() -> Environment:
    return engines["jinja2"].env  # type: ignore[attr-defined, no-any-return]


def _taken(name: str) -> Iterator[str | None]:
    """Every template that ``name`` takes something from, and what those take; None where a variable names it."""
    environment = _environment()
    seen, waiting = {name}, [name]
    while waiting:
        source, _, _ = environment.loader.get_source(environment, waiting.pop())  # type: ignore[union-attr]
        for taken in meta.find_referenced_templates(environment.parse(source)):
            yield taken
            if taken and taken not in seen and not taken.startswith("govuk_frontend_jinja/"):
                seen.add(taken)
                waiting.append(taken)


def test_there_are_templates_to_look_at() -> None:
    assert "monitoring/_received_referral.html" in SUPPLIERS


@pytest.mark.parametrize("name", SUPPLIERS)
def test_a_suppliers_template_takes_nothing_from_the_practitioners_side(name: str) -> None:
    taken = list(_taken(name))

    assert None not in taken, "a template named by a variable could be any template"
    assert [other for other in taken if other and other.startswith(PRIVATE)] == []
