"""The indexes of the lists hold all that row-level security asks of a case, so that an index still answers alone.

The new ones are made before those they replace go: the release before is never without.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0014_change_of_crn"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                fields=[
                    "contract", "stage", "due_on", "caseworker", "whose_turn", "reference", "id", "concluded_at",
                ],
                name="monitoring_listed_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                fields=[
                    "contract", "stage", "received_at", "caseworker", "due_on", "reference", "id", "concluded_at",
                ],
                name="monitoring_listed_by_received",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedreferral",
            index=models.Index(
                fields=[
                    "contract", "stage", "person_sortable_name", "caseworker", "due_on", "reference", "id",
                    "concluded_at",
                ],
                name="monitoring_listed_by_name",
            ),
        ),
        migrations.RemoveIndex(model_name="receivedreferral", name="monitoring_list_by_due"),
        migrations.RemoveIndex(model_name="receivedreferral", name="monitoring_list_by_received"),
        migrations.RemoveIndex(model_name="receivedreferral", name="monitoring_list_by_name"),
    ]  # fmt: skip
