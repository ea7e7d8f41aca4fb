"""A team is known by its code. nDelius is asked for it once a day, so rows from before say nothing until then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_unread_in_ndelius")]

    operations = [
        migrations.RemoveIndex(
            model_name="teaminndelius",
            name="referrals_of_the_team",
        ),
        migrations.RemoveField(
            model_name="teaminndelius",
            name="pdu_code",
        ),
        migrations.AddField(
            model_name="teaminndelius",
            name="code",
            field=models.CharField(blank=True, help_text="Empty: nDelius named none.", max_length=60),
        ),
        migrations.AlterField(
            model_name="teaminndelius",
            name="name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddIndex(
            model_name="teaminndelius",
            index=models.Index(fields=["code"], name="referrals_of_the_team"),
        ),
    ]
