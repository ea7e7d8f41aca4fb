"""Both databases refuse to change what was submitted: action plans with their activities, reports with their answers.

Of a submitted plan only the date on which the next version took over may be set, once. A later migration that alters one
of these tables makes SQLite build it anew and lose its triggers: run ``guard`` again after it (a test notices).
"""

from django.db import migrations

# Model, column that may be set once after submission, model of the rows that belong to it, their key to it.
SUBMITTED = (
    ("ActionPlan", "superseded_at", "PlanActivity", "plan_id"),
    ("EndOfServiceReport", "", "OutcomeAchievement", "report_id"),
)


def guard(apps, schema_editor):
    for whole, once, part, key in SUBMITTED:
        model = apps.get_model("monitoring", whole)
        table, parts = model._meta.db_table, apps.get_model("monitoring", part)._meta.db_table
        if schema_editor.connection.vendor == "postgresql":
            statements = postgresql(table, once, parts, key)
        else:
            columns = [field.column for field in model._meta.local_concrete_fields if field.column != once]
            statements = sqlite(table, columns, once, parts, key)
        for statement in statements:
            schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    for whole, _, part, _ in SUBMITTED:
        for model in (whole, part):
            table = apps.get_model("monitoring", model)._meta.db_table
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stays ON {table}")
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_never_empties ON {table}")
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_stays()")
            else:
                for verb in ("insert", "update", "delete"):
                    schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stays_{verb}")


def postgresql(table, once, parts, key):
    refuse = (
        "RAISE EXCEPTION 'what was submitted never changes' USING ERRCODE = 'integrity_constraint_violation';"
    )
    kept = f" - '{once}'" if once else ""
    again = f" OR (OLD.{once} IS NOT NULL AND NEW.{once} IS DISTINCT FROM OLD.{once})" if once else ""
    return [
        f"""
        CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN {refuse} END IF;
            IF OLD.submitted_at IS NULL THEN
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'DELETE' THEN {refuse} END IF;
            IF (to_jsonb(NEW){kept}) IS DISTINCT FROM (to_jsonb(OLD){kept}){again} THEN {refuse} END IF;
            RETURN NEW;
        END $$
        """,
        f"""
        CREATE OR REPLACE FUNCTION {parts}_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN {refuse} END IF;
            IF TG_OP <> 'INSERT' AND EXISTS (
                SELECT FROM {table} WHERE id = OLD.{key} AND submitted_at IS NOT NULL) THEN {refuse} END IF;
            IF TG_OP <> 'DELETE' AND EXISTS (
                SELECT FROM {table} WHERE id = NEW.{key} AND submitted_at IS NOT NULL) THEN {refuse} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$
        """,  # noqa: S608 (names of ours)
        f"""
        CREATE OR REPLACE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_stays()
        """,
        f"""
        CREATE OR REPLACE TRIGGER {parts}_stays BEFORE INSERT OR UPDATE OR DELETE ON {parts}
        FOR EACH ROW EXECUTE FUNCTION {parts}_stays()
        """,
        *(
            f"""
            CREATE OR REPLACE TRIGGER {name}_never_empties BEFORE TRUNCATE ON {name}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}_stays()
            """
            for name in (table, parts)
        ),
    ]


def sqlite(table, columns, once, parts, key):
    refuse = "BEGIN SELECT RAISE(ABORT, 'what was submitted never changes'); END"
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    if once:
        changed += f' OR (OLD."{once}" IS NOT NULL AND OLD."{once}" IS NOT NEW."{once}")'

    def submitted(row):
        return f'EXISTS (SELECT 1 FROM "{table}" WHERE id = {row}."{key}" AND submitted_at IS NOT NULL)'  # noqa: S608

    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_stays_update BEFORE UPDATE ON {table} "
        f"WHEN OLD.submitted_at IS NOT NULL AND ({changed}) {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_stays_delete BEFORE DELETE ON {table} "
        f"WHEN OLD.submitted_at IS NOT NULL {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {parts}_stays_insert BEFORE INSERT ON {parts} WHEN {submitted('NEW')} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {parts}_stays_update BEFORE UPDATE ON {parts} "
        f"WHEN {submitted('OLD')} OR {submitted('NEW')} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {parts}_stays_delete BEFORE DELETE ON {parts} WHEN {submitted('OLD')} {refuse}",
    ]


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_conversation_never_changes")]

    operations = [migrations.RunPython(guard, unguard)]
