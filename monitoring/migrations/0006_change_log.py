"""The change log of a referral, which only grows: both databases refuse to change or delete an entry."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from events.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("interventions", "0001_initial"),
        ("monitoring", "0005_text_of_each_tab"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferralChange",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "form_key",
                    models.UUIDField(
                        editable=False, help_text="One form shown, one change kept.", null=True, unique=True
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("COMPLETION_DATETIME", "Completion date"),
                            ("MAXIMUM_ENFORCEABLE_DAYS", "Maximum number of enforceable days"),
                            ("COMPLEXITY_LEVEL", "Complexity level"),
                            ("DESIRED_OUTCOMES", "Desired outcomes"),
                            ("NEEDS_AND_REQUIREMENTS_ADDITIONAL_INFORMATION", "Additional needs"),
                            (
                                "NEEDS_AND_REQUIREMENTS_ACCESSIBILITY_NEEDS",
                                "Mobility, disability or accessibility needs",
                            ),
                            ("NEEDS_AND_REQUIREMENTS_INTERPRETER_REQUIRED", "Interpreter needed"),
                            (
                                "NEEDS_AND_REQUIREMENTS_HAS_ADDITIONAL_RESPONSIBILITIES",
                                "Caring or employment responsibilities",
                            ),
                            ("NEEDS_AND_REQUIREMENTS_DIVERSITY", "Diversity considerations"),
                            ("REASON_FOR_REFERRAL", "Reason for referral"),
                            ("REASON_FOR_REFERRAL_FURTHER_INFORMATION", "Further information"),
                            ("PRISON_ESTABLISHMENT", "Establishment"),
                            ("EXPECTED_RELEASE_DATE", "Expected release date"),
                            ("EXPECTED_PROBATION_OFFICE", "Expected probation office"),
                            ("PROBATION_PRACTITIONER_PROBATION_OFFICE", "Probation practitioner’s office"),
                            ("PROBATION_PRACTITIONER_NAME", "Probation practitioner’s name"),
                            ("PROBATION_PRACTITIONER_EMAIL", "Probation practitioner’s email address"),
                            ("PROBATION_PRACTITIONER_PHONE_NUMBER", "Probation practitioner’s phone number"),
                            ("PROBATION_PRACTITIONER_TEAM_PHONE_NUMBER", "Team phone number"),
                            ("RISK_INFORMATION", "Risk information"),
                            ("PROBATION_PRACTITIONER", "Probation practitioner"),
                            ("PERSONAL_DETAILS", "Personal details"),
                        ],
                        max_length=60,
                    ),
                ),
                ("category_name", models.TextField(blank=True, help_text="As it was called on the day.")),
                ("before", models.TextField(blank=True, help_text="As pages showed it.")),
                ("after", models.TextField(blank=True, help_text="As pages show it.")),
                ("reason", models.TextField(blank=True)),
                (
                    "replaced",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="The columns’ values before, so that what was sent can be put together and verified.",
                    ),
                ),
                ("by_name", models.TextField(verbose_name="by (name on the day)")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        help_text="Of which service, where the referral has several.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interventions.servicecategory",
                    ),
                ),
                (
                    "received",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="monitoring.receivedreferral",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["received", "-at"], name="monitoring_changes_of")],
            },
        ),
        AppendOnly("monitoring_referralchange"),
    ]
