"""The open cases of one caseworker have an index that answers their list alone, in place of one with all they ever had."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0018_index_of_open_cases"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                condition=models.Q(("concluded_at__isnull", True)),
                fields=[
                    "caseworker", "contract", "stage", "due_on", "whose_turn", "reference", "id", "received_at",
                    "person_sortable_name", "concluded_at",
                ],
                name="monitoring_caseworker_open",
            ),
        ),
        migrations.RemoveIndex(model_name="receivedreferral", name="monitoring_caseworker_due"),
    ]  # fmt: skip
