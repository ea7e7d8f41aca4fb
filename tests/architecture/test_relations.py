"""From the supplier's side no relation leads to the practitioner's: not forwards, not backwards, not over others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

PRIVATE = ("referrals", "risk")
ROOMS = ("monitoring", *PRIVATE)
MONITORING = list(apps.get_app_config("monitoring").get_models(include_auto_created=True))


def _steps(model: type[models.Model]) -> Iterator[tuple[str, type[models.Model]]]:
    """Every relation that a query or an attribute can follow from ``model``: its name, and where it arrives."""
    for field in model._meta.get_fields():
        if field.is_relation and isinstance(field.related_model, type):
            yield (field.get_accessor_name() if field.auto_created else field.name), field.related_model
    for name in dir(model):
        descriptor = getattr(model, name, None)
        for side in ("related", "rel", "field"):
            relation = getattr(descriptor, side, None)
            for end in (getattr(relation, "related_model", None), getattr(relation, "model", None)):
                if isinstance(end, type) and issubclass(end, models.Model) and end is not model:
                    yield name, end


def _walk(start: type[models.Model]) -> dict[type[models.Model], str]:
    """Every model that can be reached, with the path that arrives there first."""
    paths = {start: start.__name__}
    waiting = [start]
    while waiting:
        model = waiting.pop(0)
        for name, reached in _steps(model):
            if reached not in paths:
                paths[reached] = f"{paths[model]}.{name}"
                waiting.append(reached)
    return paths


@pytest.mark.parametrize("model", MONITORING, ids=lambda model: model.__name__)
def test_no_path_arrives_on_the_practitioners_side(model: type[models.Model]) -> None:
    paths = _walk(model)

    assert [path for reached, path in paths.items() if reached._meta.app_label in PRIVATE] == []


def test_the_walk_goes_somewhere() -> None:
    """It arrives at what is known to be connected, forwards and backwards."""
    reached = {model.__name__ for model in _walk(apps.get_model("monitoring", "ReceivedOutcome"))}

    assert {
        "ReceivedReferral",
        "ShareVersion",
        "ShareOpening",
        "Contract",
        "ContractGrant",
        "User",
    } <= reached


def _keys_of(*labels: str) -> list[models.Field[object, object]]:
    return [
        field
        for label in labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and not field.auto_created
    ]


@pytest.mark.parametrize("key", _keys_of(*PRIVATE), ids=str)
def test_a_key_out_of_the_practitioners_side_leaves_no_way_back(key: models.Field[object, object]) -> None:
    target = key.related_model
    if target is None or target._meta.app_label in PRIVATE:
        return
    assert key.remote_field.hidden, f"{key} needs related_name='+'"
    with pytest.raises(FieldError):
        target._base_manager.filter(**{f"{key.model._meta.model_name}__pk": 1})


def test_nobody_spells_the_hidden_name_of_a_relation() -> None:
    """Django resolves the name "+" in a query all the same. No keyword can be written so; a dictionary could."""
    sources = Path(settings.BASE_DIR, "monitoring").rglob("*.py")

    assert [path.name for path in sources if re.search(r"""["']\+_""", path.read_text())] == []


@pytest.mark.parametrize("label", ROOMS)
def test_there_are_no_generic_keys(label: str) -> None:
    generic = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        for field in model._meta.private_fields
    ]

    assert generic == []
