"""How many cases of each contract ended, counted every night. Empty until then: pages count for themselves."""

import django.db.models.deletion
from django.db import migrations, models

STAGES = [
    ("ASSIGN", "New"),
    ("ARRANGE_ASSESSMENT", "Assigned"),
    ("HOLD_ASSESSMENT", "Supplier assessment arranged"),
    ("PLAN", "Supplier assessment completed"),
    ("CHANGE_PLAN", "Action plan change requested"),
    ("ARRANGE_SESSION", "Delivering"),
    ("HOLD_SESSION", "Delivery session arranged"),
    ("REPORT", "End of service report due"),
    ("COMPLETED", "Completed"),
    ("ENDED_EARLY", "Ended early"),
    ("CANCELLED", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("interventions", "0003_cancelled_by_whom"),
        ("monitoring", "0016_feedback_to_see"),
    ]

    operations = [
        migrations.CreateModel(
            name="EndedCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.CharField(choices=STAGES, max_length=20)),
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
                        fields=("contract", "stage"), name="monitoring_one_count_of_ended"
                    )
                ],
            },
        ),
    ]
