"""CRNs that took the place of others: the record of corrections, append-only, and what follows from it."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from events.append_only import NO_TEXT, AllowBlanking, AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0005_dismissed_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CrnChange",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="Place among all corrections, from 1.", unique=True
                    ),
                ),
                ("old_crn", models.CharField(db_index=True, max_length=7, verbose_name="old CRN")),
                ("new_crn", models.CharField(db_index=True, max_length=7, verbose_name="new CRN")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ADMINISTRATOR", "An administrator"),
                            ("COMMAND", "An administrator, with the command"),
                            ("PRACTITIONER", "A probation practitioner, when nDelius no longer had the CRN"),
                        ],
                        max_length=20,
                    ),
                ),
                ("by_name", models.TextField(verbose_name="by (name on the day)")),
                ("reason", models.TextField()),
                (
                    "differences",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="What nDelius gave otherwise under the new CRN, and was confirmed. Names of fields.",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "blanked_at",
                    models.DateTimeField(blank=True, help_text="When its CRNs were blanked.", null=True),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        help_text="The correction that this one takes back.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="events.crnchange",
                    ),
                ),
            ],
            options={
                "verbose_name": "CRN correction",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="FormerCrn",
            fields=[
                (
                    "former",
                    models.CharField(
                        max_length=7, primary_key=True, serialize=False, verbose_name="former CRN"
                    ),
                ),
                ("current", models.CharField(db_index=True, max_length=7, verbose_name="current CRN")),
                (
                    "change",
                    models.OneToOneField(
                        help_text="The correction that took this number out of use.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retired",
                        to="events.crnchange",
                    ),
                ),
            ],
            options={
                "verbose_name": "former CRN",
            },
        ),
        migrations.AddConstraint(
            model_name="crnchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="events_crn_changes_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="crnchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("old_crn", models.F("new_crn")), _negated=True),
                    ("blanked_at__isnull", False),
                    _connector="OR",
                ),
                name="events_crn_changes_to_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="formercrn",
            constraint=models.CheckConstraint(
                condition=models.Q(("former", models.F("current")), _negated=True),
                name="events_former_crn_is_another",
            ),
        ),
        AppendOnly("events_crnchange"),
        AllowBlanking(
            "events_crnchange", {"old_crn": NO_TEXT, "new_crn": NO_TEXT, "reason": NO_TEXT, "by_name": NO_TEXT}
        ),
    ]
