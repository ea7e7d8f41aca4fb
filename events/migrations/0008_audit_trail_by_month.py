"""The audit trail gets a part for each month on PostgreSQL (decision 39). The release before goes on writing to it by
the same name. Not in a transaction: large indexes are built while others write.
"""

from typing import Any

from django.db import migrations

from events.audit_months.splitting import join, split


def forwards(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        split(schema_editor.connection)


def backwards(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        join(schema_editor.connection)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("events", "0007_audit_trail_indexes")]

    operations = [migrations.RunPython(forwards, backwards)]
