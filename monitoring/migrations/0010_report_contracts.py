"""Of which contracts a performance report has cases, so that who leaves one cannot have it any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0009_calendar_feed"),
    ]

    operations = [
        migrations.AddField(
            model_name="performancereport",
            name="contracts",
            field=models.JSONField(
                blank=True,
                help_text="Ids of the contracts whose cases are in the file, once it is made.",
                null=True,
            ),
        ),
    ]
