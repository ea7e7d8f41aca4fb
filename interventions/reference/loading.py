"""Brings the database into line with the reference files. Safe to repeat: the second run changes nothing.

The files decide names and words. Administrators decide what comes after: rows they added stay, and so do an
outcome's scope, its named contracts and the moment it was deprecated. Nothing is ever deleted here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from interventions.models import (
    ComplexityLevel,
    ContractType,
    DesiredOutcome,
    PoliceArea,
    ProbationRegion,
    ServiceCategory,
)
from interventions.reference import files
from interventions.reference.delivery_units import delivery_units
from interventions.reference.offices import offices

Row = TypeVar("Row", bound=models.Model)


def load() -> list[str]:
    """Load every reference file and say what was added or changed, one line each."""
    steps: list[Callable[[], list[str]]] = [
        _regions,
        _police_areas,
        _invented_places,
        _categories,
        _contract_types,
        _offers,
        _complexity_levels,
        _outcomes,
    ]
    with transaction.atomic():
        return [change for step in steps for change in step()]


def _regions() -> list[str]:
    expected = [ProbationRegion(code=code, name=name) for code, name in files.regions().items()]
    return _synchronise(ProbationRegion, expected, key=["code"], facts=["name"])


def _police_areas() -> list[str]:
    regions = {region.code: region for region in ProbationRegion.objects.all()}
    expected = [
        PoliceArea(slug=slug, name=name, region=regions[region_code])
        for slug, name, region_code in files.police_areas()
    ]
    return _synchronise(PoliceArea, expected, key=["slug"], facts=["name", "region_id"])


def _invented_places() -> list[str]:
    """In demo mode. A real service takes the public registers: ``manage.py import_offices``, ``import_pdus``."""
    if not settings.DEMO_MODE:
        return []
    added_offices = offices.add_missing(offices.read(files.invented("offices")))
    added_units = delivery_units.add_missing(delivery_units.read(files.invented("delivery_units")))
    return [
        *(f"Probation office added: {name}" for name in added_offices),
        *(f"Probation delivery unit added: {name}" for name in added_units),
    ]


def _categories() -> list[str]:
    expected = [ServiceCategory(code=code, name=name) for code, name in files.categories().items()]
    return _synchronise(ServiceCategory, expected, key=["code"], facts=["name"])


def _contract_types() -> list[str]:
    expected = [
        ContractType(code=row.code, name=row.name, reference_suffix=row.name[:2].upper())
        for row in files.contract_types()
    ]
    return _synchronise(ContractType, expected, key=["code"], facts=["name", "reference_suffix"])


def _offers() -> list[str]:
    """Which categories each contract type offers."""
    types = {row.code: row for row in ContractType.objects.all()}
    categories = _categories_by_code()
    through = ContractType.categories.through
    known = set(through.objects.values_list("contracttype__code", "servicecategory__code"))
    missing = [
        (row.code, code)
        for row in files.contract_types()
        for code in sorted(row.categories)
        if (row.code, code) not in known
    ]
    through.objects.bulk_create(
        through(contracttype_id=types[of].pk, servicecategory_id=categories[code].pk) for of, code in missing
    )
    return [f"Contract type {of}: now offers {code}" for of, code in missing]


def _complexity_levels() -> list[str]:
    categories = _categories_by_code()
    expected = [
        ComplexityLevel(
            category=categories[row.category],
            level=row.level,
            title=ComplexityLevel.Level(row.level).label,
            description=row.description,
        )
        for row in files.complexity_levels()
    ]
    key = ["category_id", "contract_type_id", "level"]
    return _synchronise(ComplexityLevel, expected, key=key, facts=["title", "description"])


def _outcomes() -> list[str]:
    categories = _categories_by_code()
    expected = [
        DesiredOutcome(
            code=row.code,
            category=categories[row.category],
            text=row.text,
            scope=row.scope,
            deprecated_at=row.deprecated_on
            and timezone.make_aware(datetime.combine(row.deprecated_on, time.min)),
        )
        for row in files.outcomes()
    ]
    return _synchronise(DesiredOutcome, expected, key=["code"], facts=["category_id", "text"])


def _categories_by_code() -> dict[str, ServiceCategory]:
    return {category.code: category for category in ServiceCategory.objects.all()}


def _synchronise(model: type[Row], expected: Sequence[Row], *, key: list[str], facts: list[str]) -> list[str]:
    """Add the rows that are missing, and set the ``facts`` that differ on those that are not."""

    def identity(row: Row) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in key)

    kind = str(model._meta.verbose_name).capitalize()
    stored = {identity(row): row for row in model._default_manager.all()}
    missing = [row for row in expected if identity(row) not in stored]
    model._default_manager.bulk_create(missing)
    changes = [f"{kind} added: {row}" for row in missing]
    for row in expected:
        old = stored.get(identity(row))
        differing = [name for name in facts if old is not None and getattr(old, name) != getattr(row, name)]
        if old is None or not differing:
            continue
        for name in differing:
            setattr(old, name, getattr(row, name))
        old.save(update_fields=[name.removesuffix("_id") for name in differing])
        changes.append(f"{kind} changed ({', '.join(differing)}): {old}")
    return changes
