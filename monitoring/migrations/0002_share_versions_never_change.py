"""Both databases refuse to change or delete a share version.

Only the two dates on which a version stops being current may be set, and each only once. A later migration that alters
this table makes SQLite build it anew and lose its triggers: run ``guard`` again after it (a test notices).
"""

from django.db import migrations

TABLE = "monitoring_shareversion"
SET_ONCE = ("superseded_at", "recalled_at")


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in postgresql():
            schema_editor.execute(statement, params=None)
    else:
        columns = [
            field.column for field in apps.get_model("monitoring", "ShareVersion")._meta.local_concrete_fields
        ]
        for statement in sqlite([column for column in columns if column not in SET_ONCE]):
            schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_never_changes ON {TABLE}")
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_never_empties ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_never_changes()")
    else:
        for what in ("changes", "goes", *SET_ONCE):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_never_{what}")


def postgresql():
    kept = "".join(f" - '{column}'" for column in SET_ONCE)
    set_again = " OR ".join(
        f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in SET_ONCE
    )
    return [
        f"""
        CREATE OR REPLACE FUNCTION {TABLE}_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
                RAISE EXCEPTION 'a share version is never deleted' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF (to_jsonb(NEW){kept}) IS DISTINCT FROM (to_jsonb(OLD){kept}) OR {set_again} THEN
                RAISE EXCEPTION 'a share version never changes' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
        """,
        f"""
        CREATE OR REPLACE TRIGGER {TABLE}_never_changes BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION {TABLE}_never_changes()
        """,
        f"""
        CREATE OR REPLACE TRIGGER {TABLE}_never_empties BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_never_changes()
        """,
    ]


def sqlite(content):
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in content)
    refuse = "SELECT RAISE(ABORT, 'a share version never changes')"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_never_changes BEFORE UPDATE ON {TABLE} WHEN {changed} BEGIN {refuse}; END",
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_never_goes BEFORE DELETE ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'a share version is never deleted'); END",
        *(
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_never_{column} BEFORE UPDATE OF {column} ON {TABLE} "
            f"WHEN OLD.{column} IS NOT NULL AND OLD.{column} IS NOT NEW.{column} BEGIN {refuse}; END"
            for column in SET_ONCE
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
