"""Both sides of a case see what waits to be delivered, too, and why; and what nDelius was not told on purpose."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0010_report_contracts"),
    ]

    operations = [
        migrations.RenameField(model_name="undeliveredmessage", old_name="given_up_at", new_name="at"),
        migrations.AlterModelOptions(name="undeliveredmessage", options={"ordering": ["at"]}),
        migrations.AlterField(
            model_name="undeliveredmessage",
            name="at",
            field=models.DateTimeField(help_text="When the last try failed, or it was dismissed."),
        ),
        migrations.AddField(
            model_name="undeliveredmessage",
            name="state",
            field=models.CharField(
                choices=[
                    ("WAITING", "A try failed; another comes"),
                    ("GIVEN_UP", "Given up: an administrator must check"),
                    ("DISMISSED", "Dismissed by an administrator"),
                ],
                default="GIVEN_UP",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="undeliveredmessage",
            name="why",
            field=models.CharField(blank=True, default="", help_text="In words of ours.", max_length=150),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="ndelius_state",
            field=models.CharField(
                choices=[
                    ("WAITING", "Waiting to update nDelius"),
                    ("ACCEPTED", "Recorded in nDelius"),
                    ("REFUSED", "Not accepted by nDelius"),
                    ("DISMISSED", "Not sent to nDelius"),
                ],
                default="WAITING",
                max_length=10,
            ),
        ),
    ]
