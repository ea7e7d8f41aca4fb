"""How many cases of each contract were received in each month, counted every night. Empty until then: pages count."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interventions", "0003_cancelled_by_whom"),
        ("monitoring", "0020_indexes_that_answer_alone"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReceivedCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "month",
                    models.DateField(
                        help_text="Its first day in the UK, or 1 January 1900 for all that came earlier."
                    ),
                ),
                ("cases", models.PositiveIntegerField()),
                ("before", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interventions.contract",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "month"), name="monitoring_one_count_of_received"
                    )
                ],
            },
        ),
    ]
