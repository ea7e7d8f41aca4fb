"""Migrations are one line and can be undone. That they say what the models say: ``make lint``."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OURS = ("accounts", "events", "interventions", "monitoring", "referrals", "risk")


@pytest.mark.django_db
@pytest.mark.parametrize("app", OURS)
def test_migrations_are_one_line(app: str) -> None:
    loader = MigrationLoader(connection)
    assert len(loader.graph.leaf_nodes(app)) == 1
    assert not loader.detect_conflicts()


@pytest.mark.parametrize("app", OURS)
def test_every_step_can_be_undone(app: str) -> None:
    loader = MigrationLoader(None)
    stuck = [
        f"{name[1]}: {step.describe()}"
        for name, migration in loader.disk_migrations.items()
        if name[0] == app
        for step in migration.operations
        if not step.reversible
    ]
    assert not stuck
