"""By which CRN a referral began, once another took its place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0011_checks_after_sending"),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="first_crn",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Empty unless another took its place.",
                max_length=7,
                verbose_name="CRN at the start",
            ),
        ),
    ]
