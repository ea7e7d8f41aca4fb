"""What OASys said, unsaved typing and reasons are encrypted at rest.

The columns are made anew: there is no installation whose text would have to be encrypted.
"""

from django.db import migrations

import encryption.fields


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_text_of_each_tab"), ("encryption", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="kepttext", name="fields"),
        migrations.AddField(
            model_name="kepttext", name="fields", field=encryption.fields.EncryptedJSONField(default=dict)
        ),
        migrations.RemoveField(model_name="referral", name="oasys_needs"),
        migrations.AddField(
            model_name="referral",
            name="oasys_needs",
            field=encryption.fields.EncryptedJSONField(
                blank=True, help_text="What OASys said. Never shared.", null=True
            ),
        ),
        migrations.RemoveField(model_name="sensitivedetaildecision", name="reason"),
        migrations.AddField(
            model_name="sensitivedetaildecision",
            name="reason",
            field=encryption.fields.EncryptedTextField(blank=True),
        ),
    ]
