"""One index of open cases alone, instead of one by due date with the ended ones, which have none.

The new one is made before the other goes: the release before is never without.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0017_ended_counts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                condition=models.Q(("concluded_at__isnull", True)),
                fields=[
                    "contract", "stage", "due_on", "caseworker", "whose_turn", "reference", "id", "received_at",
                    "person_sortable_name", "concluded_at",
                ],
                name="monitoring_listed_open",
            ),
        ),
        migrations.RemoveIndex(model_name="receivedreferral", name="monitoring_listed_by_due"),
    ]  # fmt: skip
