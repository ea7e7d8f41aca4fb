"""Both databases refuse to change or delete a case note, and to change a question but for its answer, once.

A later migration that alters one of these tables makes SQLite build it anew and lose its triggers: install them again
after it (a test notices).
"""

from django.db import migrations

from events.append_only import AppendOnly

TABLE = "monitoring_question"
SET_ONCE = ("answer", "correction_follows", "answered_by_id", "answered_at")


def guard(apps, schema_editor):
    columns = [field.column for field in apps.get_model("monitoring", "Question")._meta.local_concrete_fields]
    asked = [column for column in columns if column not in SET_ONCE]
    statements = postgresql(asked) if schema_editor.connection.vendor == "postgresql" else sqlite(asked)
    for statement in statements:
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_never_changes ON {TABLE}")
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_never_empties ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_never_changes()")
    else:
        for what in ("changes", "goes"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_never_{what}")


def postgresql(asked):
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in asked)
    refuse = "USING ERRCODE = 'integrity_constraint_violation'"
    return [
        f"""
        CREATE OR REPLACE FUNCTION {TABLE}_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
                RAISE EXCEPTION 'a question is never deleted' {refuse};
            END IF;
            IF OLD.answered_at IS NOT NULL OR {changed} THEN
                RAISE EXCEPTION 'a question never changes' {refuse};
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


def sqlite(asked):
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in asked)
    return [
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_never_changes BEFORE UPDATE ON {TABLE} "
        f"WHEN OLD.answered_at IS NOT NULL OR {changed} "
        "BEGIN SELECT RAISE(ABORT, 'a question never changes'); END",
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_never_goes BEFORE DELETE ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'a question is never deleted'); END",
    ]


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_share_versions_never_change")]

    operations = [AppendOnly("monitoring_casenote"), migrations.RunPython(guard, unguard)]
