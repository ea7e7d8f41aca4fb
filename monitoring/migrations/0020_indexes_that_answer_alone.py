"""Indexes that answer alone: all cases of a caseworker, what was received since a day, a search in any order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0019_index_of_a_caseworkers_open_cases"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                fields=["caseworker", "contract", "stage", "concluded_at", "reference", "id"],
                name="monitoring_of_caseworker",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                fields=["contract", "-received_at", "concluded_at", "id"], name="monitoring_contract_received"
            ),
        ),
        migrations.RemoveIndex(model_name="receivedreferral", name="monitoring_contract_newest"),
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                fields=[
                    "contract", "stage", "person_sortable_name", "caseworker", "due_on", "reference", "id",
                    "concluded_at", "received_at",
                ],
                name="monitoring_list_by_name",
            ),
        ),
        migrations.RemoveIndex(model_name="receivedreferral", name="monitoring_listed_by_name"),
    ]  # fmt: skip
