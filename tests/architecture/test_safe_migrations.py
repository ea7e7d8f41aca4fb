"""Migrations run while the release before still serves: none takes away, renames or demands what that one has not.

Checked on PostgreSQL by django-migration-linter, in the SQL that Django makes of each migration.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django_migration_linter.sql_analyser import PostgresqlAnalyser, analyse_sql_statements

ROOT = Path(__file__).resolve().parents[2]
#: The newest migration of each app that the first release has. There, an empty database is made at once.
FIRST_RELEASE = {
    "accounts": 3,
    "encryption": 1,
    "events": 5,
    "file_storage": 1,
    "interventions": 3,
    "monitoring": 13,
    "notifications": 1,
    "personal_records": 1,
    "referrals": 11,
    "risk": 8,
    "scheduling": 1,
    "sign_in": 2,
}
#: By "app.name": why it is safe although the linter says otherwise.
REVIEWED: dict[str, str] = {}
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="production is PostgreSQL, and SQLite copies tables"
    ),
]


def _problems(app: str, operations: list[Operation], state: ProjectState) -> set[str]:
    """Codes of what would break the release that is still running."""
    migration = migrations.Migration("tried", app)
    migration.operations = operations
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    errors, _, _ = analyse_sql_statements(PostgresqlAnalyser, editor.collected_sql, [])
    return {str(error.code) for error in errors}


def test_the_release_before_survives_every_migration() -> None:
    loader = MigrationLoader(connection)
    ours = {app for app, _ in loader.disk_migrations if (ROOT / app / "migrations").is_dir()}
    assert ours == FIRST_RELEASE.keys(), "an app whose migrations nobody decided about"
    found = {}
    for app, name in loader.disk_migrations:
        if app not in ours or int(name[:4]) <= FIRST_RELEASE[app] or f"{app}.{name}" in REVIEWED:
            continue
        state = loader.project_state((app, name), at_end=False)
        if problems := _problems(app, loader.disk_migrations[app, name].operations, state):
            found[f"{app}.{name}"] = problems

    assert found == {}


MODEL = "storedfile"
TRIED: list[Any] = [
    pytest.param(
        migrations.AddField(MODEL, "kind", models.CharField(max_length=9, null=True)),
        True,
        id="a column that may be empty",
    ),
    pytest.param(
        migrations.AddField(MODEL, "kind", models.IntegerField(db_default=1)),
        True,
        id="a default in the database",
    ),
    pytest.param(
        migrations.CreateModel("Another", [("id", models.BigAutoField(primary_key=True))]),
        True,
        id="a new table",
    ),
    pytest.param(
        migrations.AddField(MODEL, "kind", models.IntegerField(default=1)),
        False,
        id="a default that only new code knows",
    ),
    pytest.param(migrations.RemoveField(MODEL, "size"), False, id="a column taken away"),
    pytest.param(migrations.RenameField(MODEL, "size", "bytes"), False, id="a column renamed"),
    pytest.param(
        migrations.AlterField(MODEL, "size", models.CharField(max_length=9)), False, id="another type"
    ),
    pytest.param(migrations.DeleteModel("StoredPart"), False, id="a table taken away"),
    pytest.param(migrations.AlterModelTable(MODEL, "elsewhere"), False, id="a table renamed"),
]


@pytest.mark.parametrize(("operation", "is_safe"), TRIED)
def test_what_would_break_it_is_found(operation: Operation, is_safe: bool) -> None:
    state = MigrationLoader(connection).project_state(("file_storage", "0001_stored_files"))

    assert bool(_problems("file_storage", [operation], state)) is not is_safe
