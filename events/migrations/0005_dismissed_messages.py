"""An administrator can dismiss what waits in the outbox, with a reason that stays on the row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_after_sending"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxentry",
            name="dismissed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outboxentry",
            name="dismissed_because",
            field=models.CharField(
                blank=True,
                default="",
                help_text="What the administrator wrote.",
                max_length=500,
                verbose_name="reason for dismissing",
            ),
        ),
        migrations.AddField(
            model_name="outboxentry",
            name="dismissed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="outboxentry",
            name="state",
            field=models.CharField(
                choices=[
                    ("WAITING", "Waiting"),
                    ("DELIVERED", "Delivered"),
                    ("NOT_NEEDED", "Not needed any more"),
                    ("GIVEN_UP", "Stopped trying: an administrator must check"),
                    ("DISMISSED", "Dismissed by an administrator"),
                ],
                default="WAITING",
                max_length=10,
            ),
        ),
    ]
