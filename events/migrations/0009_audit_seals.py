"""Seals of the months of the audit trail, and what blanking takes off them: append-only."""

import uuid

from django.db import migrations, models

from events.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("events", "0008_audit_trail_by_month")]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("month", models.DateField(help_text="Its first day.", unique=True)),
                ("rows", models.PositiveIntegerField()),
                (
                    "hash",
                    models.CharField(
                        help_text="SHA-256 of all events but their CRNs, in order.", max_length=64
                    ),
                ),
                (
                    "crns",
                    models.CharField(
                        help_text="Sum of keyed hashes of the CRNs, each with its event.", max_length=64
                    ),
                ),
                (
                    "previous",
                    models.CharField(blank=True, help_text="Proof of the month before.", max_length=64),
                ),
                (
                    "proof",
                    models.CharField(
                        help_text="HMAC-SHA-256 of all this, with the declaration key.", max_length=64
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "seal of the audit trail",
                "ordering": ["month"],
            },
        ),
        migrations.CreateModel(
            name="BlankedCrns",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("month", models.DateField(db_index=True)),
                ("rows", models.PositiveIntegerField()),
                ("crns", models.CharField(help_text="Sum of their keyed hashes.", max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "proof",
                    models.CharField(
                        help_text="HMAC-SHA-256 of all this, with the declaration key.", max_length=64
                    ),
                ),
            ],
            options={
                "verbose_name": "CRNs blanked in a sealed month",
                "ordering": ["at"],
            },
        ),
        AppendOnly("events_auditseal"),
        AppendOnly("events_blankedcrns"),
    ]
