from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0005_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When what was held was blanked: its retention period had ended.', null=True),
        ),
    ]
