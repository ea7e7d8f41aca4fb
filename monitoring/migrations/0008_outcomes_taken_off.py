"""A desired outcome that was taken off a sent referral stays for the plans that name it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0007_blanking"),
    ]

    operations = [
        migrations.AddField(
            model_name="receivedoutcome",
            name="removed_at",
            field=models.DateTimeField(blank=True, help_text="When it stopped being one.", null=True),
        ),
    ]
