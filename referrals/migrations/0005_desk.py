"""What the practitioner's desk remembers: who covers for whom, and which feedback was looked at."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0004_corrected_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "colleague",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-began_at"], name="referrals_covers_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("colleague")), _negated=True),
                        name="referrals_nobody_covers_themselves",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeenFeedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("feedback", models.UUIDField(help_text="Id of the feedback.")),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "seen feedback",
                "constraints": [
                    models.UniqueConstraint(fields=("feedback", "user"), name="referrals_seen_once_by_each")
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamInNdelius",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pdu_code", models.CharField(blank=True, max_length=60, verbose_name="PDU code")),
                (
                    "name",
                    models.CharField(blank=True, help_text="Empty: nDelius named none.", max_length=200),
                ),
                ("asked_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "team in nDelius",
                "verbose_name_plural": "teams in nDelius",
                "indexes": [models.Index(fields=["name", "pdu_code"], name="referrals_of_the_team")],
            },
        ),
    ]
