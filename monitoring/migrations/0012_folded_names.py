"""People are sorted and searched by the rule that all names follow; rows that are there already are written anew."""

import accounts.folded
from django.db import migrations


def compare_by_bytes(apps, schema_editor):
    """As SQLite does. No AlterField: on SQLite that would write the whole table anew, for nothing."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE monitoring_receivedreferral"
            ' ALTER COLUMN person_sortable_name TYPE varchar(120) COLLATE "C"'
        )


def fold_rows(apps, schema_editor):
    """What is there already."""
    rows = apps.get_model("monitoring", "ReceivedReferral")._base_manager.using(schema_editor.connection.alias)
    accounts.folded.fold(rows.all(), ["person_sortable_name"])


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0011_kept_posts'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='receivedreferral',
                    name='person_sortable_name',
                    field=accounts.folded.FoldedField(default='', editable=False, max_length=120, of=('person_last_name', 'person_first_name')),
                ),
            ],
            database_operations=[migrations.RunPython(compare_by_bytes, migrations.RunPython.noop)],
        ),
        migrations.RunPython(fold_rows, migrations.RunPython.noop),
    ]
