"""Indexes of the audit trail have the time in them, so that the newest of somebody's are read first.

On PostgreSQL they are built with the months, in the next migration. SQLite makes the table anew for each change of a
column, so its triggers are installed again.
"""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from events.append_only import NO_TEXT, allow_blanking, install


class OnSQLite(migrations.SeparateDatabaseAndState):
    """Steps that change what models say everywhere, and tables on SQLite only."""

    def __init__(self, steps: list[Any]) -> None:
        super().__init__(database_operations=steps, state_operations=steps)

    def deconstruct(self) -> Any:
        return (type(self).__name__, [], {"steps": self.database_operations})

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def protect(apps: Any, schema_editor: Any) -> None:
    """Install the triggers again, of this table and the exception for blanking."""
    install(schema_editor.connection, "events_auditevent")
    allow_blanking(schema_editor.connection, "events_auditevent", {"crn": NO_TEXT})


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0006_crn_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        OnSQLite(
            [
                migrations.RunPython(migrations.RunPython.noop, protect),
                migrations.AlterField(
                    model_name="auditevent",
                    name="at",
                    field=models.DateTimeField(default=django.utils.timezone.now),
                ),
                migrations.AlterField(
                    model_name="auditevent",
                    name="crn",
                    field=models.CharField(blank=True, max_length=7, verbose_name="CRN"),
                ),
                migrations.AlterField(
                    model_name="auditevent",
                    name="referral",
                    field=models.UUIDField(blank=True, help_text="Draft or received referral.", null=True),
                ),
                migrations.AlterField(
                    model_name="auditevent",
                    name="user",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddIndex(
                    model_name="auditevent",
                    index=models.Index(fields=["at", "id"], name="events_audit_at"),
                ),
                migrations.AddIndex(
                    model_name="auditevent",
                    index=models.Index(fields=["user", "at"], name="events_audit_user"),
                ),
                migrations.AddIndex(
                    model_name="auditevent",
                    index=models.Index(fields=["crn", "at"], name="events_audit_crn"),
                ),
                migrations.AddIndex(
                    model_name="auditevent",
                    index=models.Index(fields=["action", "at"], name="events_audit_action"),
                ),
                migrations.AddIndex(
                    model_name="auditevent",
                    index=models.Index(
                        condition=models.Q(("referral__isnull", False)),
                        fields=["referral", "at"],
                        name="events_audit_referral",
                    ),
                ),
                migrations.RunPython(protect, migrations.RunPython.noop),
            ]
        ),
    ]
