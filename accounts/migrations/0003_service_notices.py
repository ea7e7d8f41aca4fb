from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_kept_feedback"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceNotice",
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
                        choices=[("DOWNTIME", "Planned downtime"), ("WHATS_NEW", "What’s new")], max_length=20
                    ),
                ),
                ("heading", models.CharField(max_length=120)),
                (
                    "text",
                    models.TextField(
                        help_text="Plain text. Say what users will notice, and what they can do.",
                        max_length=1000,
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PRACTITIONER", "Probation practitioner"),
                            ("SUPPLIER", "Service provider staff"),
                            ("ADMINISTRATOR", "Administrator"),
                        ],
                        help_text="Leave empty to show it to everyone.",
                        max_length=20,
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="shown from")),
                ("ends_at", models.DateTimeField(verbose_name="shown until")),
            ],
            options={
                "ordering": ["-starts_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="accounts_notice_ends_after_its_start",
                        violation_error_message="The end must be after the start.",
                    )
                ],
            },
        ),
    ]
