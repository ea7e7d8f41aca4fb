"""Wrong declarations fail at start-up: the journey is checked with Django's system checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from django.core.checks import Error, register
from django.core.exceptions import FieldDoesNotExist
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from referrals.journey.answers import DesiredOutcomes, RiskDeclared, Services
from referrals.journey.pages import Page
from referrals.journey.structure import Journey, Section, Step
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import ChosenService, Referral

# Answers that are not columns: services and outcomes are rows of their own, the declaration belongs to risk.
NOT_COLUMNS = (DesiredOutcomes, RiskDeclared, Services)


@register("referrals")
def check_journey(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The declared journey hangs together."""
    return problems_of(MAKE_A_REFERRAL)


def problems_of(journey: Journey) -> list[Error]:
    """Everything wrong with one declaration."""
    steps = list(journey.declared_steps())
    return [
        *_double_slugs([step for step, _ in steps]),
        *_unknown_needs(journey.sections),
        *(problem for step, per_service in steps for problem in _page_problems(step, per_service)),
        *_double_columns([step for step, _ in steps]),
    ]


def _double_slugs(steps: Sequence[Step]) -> Iterator[Error]:
    for slug, count in Counter(step.slug for step in steps).items():
        if count > 1:
            yield Error(
                f"The address {slug!r} is used by {count} steps.",
                hint="Give each its own.",
                id="referrals.E001",
            )


def _unknown_needs(sections: Sequence[Section]) -> Iterator[Error]:
    before: set[str] = set()
    for section in sections:
        for need in section.needs:
            if need not in before:
                yield Error(
                    f"The section {section.heading!r} needs {need!r}, which is no section before it.",
                    hint="It could never be started.",
                    id="referrals.E002",
                )
        before.add(section.heading)


def _page_problems(step: Step, per_service: bool) -> Iterator[Error]:
    page = step.page
    if page.rows.__func__ is Page.rows.__func__:  # type: ignore[attr-defined]
        yield Error(f"{page.__name__} has no rows to play back.", id="referrals.E003")
    if not page.view_name:
        try:
            get_template(page.template)
        except TemplateDoesNotExist as missing:
            yield Error(
                f"{page.__name__} names the template {missing}, which is not there.", id="referrals.E004"
            )
    if page.answers not in NOT_COLUMNS:
        model = ChosenService if per_service else Referral
        for field in fields(page.answers):
            name = field.name.removesuffix("_id") if per_service else field.name
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                yield Error(
                    f"{page.__name__} answers {field.name!r}, which no column holds.", id="referrals.E005"
                )


def _double_columns(steps: Sequence[Step]) -> Iterator[Error]:
    held = Counter(field.name for step in steps for field in fields(step.page.answers))
    for name, count in held.items():
        if count > 1:
            yield Error(
                f"{name!r} is answered by {count} steps.", hint="One question a column.", id="referrals.E006"
            )
