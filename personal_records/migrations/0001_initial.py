import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CASE", "Delete all personal details of the case, on both sides"),
                            ("MESSAGES", "Delete messages of the case that were delivered"),
                        ],
                        max_length=20,
                        unique=True,
                        verbose_name="what happens",
                    ),
                ),
                (
                    "days",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days after the case ended",
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="applied every night")),
                (
                    "authority",
                    models.CharField(
                        blank=True,
                        help_text="The policy that sets this, for example its name and paragraph.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "ordering": ["kind"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_on", False),
                            models.Q(("days__gte", 1), ("days__isnull", False)),
                            _connector="OR",
                        ),
                        name="personal_records_on_has_days",
                        violation_error_message="Enter a number of days before you switch the rule on.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SubjectAccessExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("crn", models.CharField(db_index=True, max_length=7, verbose_name="CRN")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("with_unshared", models.BooleanField(default=False, verbose_name="with unshared risk text")),
                (
                    "records",
                    models.PositiveIntegerField(
                        help_text="How many rows the archive has.", verbose_name="records"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "subject access export",
                "ordering": ["-made_at"],
                "permissions": [
                    ("export_unshared_risk", "Can export unshared risk text for a subject access request")
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("crn", models.CharField(max_length=7, verbose_name="CRN")),
                ("reason", models.CharField(max_length=400)),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-placed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("crn",),
                        name="personal_records_one_hold",
                        violation_error_message="There is a hold for this person already.",
                    )
                ],
            },
        ),
    ]
