"""Text of OASys and of practitioners is encrypted at rest.

The columns are made anew: there is no installation whose text would have to be encrypted.
"""

from django.db import migrations, models

import encryption.fields


class Migration(migrations.Migration):
    dependencies = [("risk", "0003_words_changed_by_a_press"), ("encryption", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="risksection", name="risk_only_edited_sections_hold_text"),
        migrations.RemoveField(model_name="riskinformation", name="newer_answer"),
        migrations.AddField(
            model_name="riskinformation",
            name="newer_answer",
            field=encryption.fields.EncryptedJSONField(blank=True, default=dict),
        ),
        migrations.RemoveField(model_name="risksection", name="source_text"),
        migrations.AddField(
            model_name="risksection",
            name="source_text",
            field=encryption.fields.EncryptedTextField(
                blank=True, help_text="As OASys has it, of any length. Deleted on sending."
            ),
        ),
        migrations.RemoveField(model_name="risksection", name="source_answer"),
        migrations.AddField(
            model_name="risksection",
            name="source_answer",
            field=encryption.fields.EncryptedTextField(
                blank=True,
                choices=[("YES", "Yes"), ("NO", "No"), ("DK", "Don’t know"), ("NA", "Not applicable")],
            ),
        ),
        migrations.RemoveField(model_name="risksection", name="text"),
        migrations.AddField(
            model_name="risksection",
            name="text",
            field=encryption.fields.EncryptedTextField(
                blank=True, help_text="The practitioner's own words, when EDITED. Deleted on sending."
            ),
        ),
        migrations.RemoveField(model_name="risksnapshot", name="levels_in_community"),
        migrations.AddField(
            model_name="risksnapshot",
            name="levels_in_community",
            field=encryption.fields.EncryptedJSONField(
                blank=True, default=dict, help_text="Group to level. Never shared."
            ),
        ),
        migrations.RemoveField(model_name="risksnapshot", name="levels_in_custody"),
        migrations.AddField(
            model_name="risksnapshot",
            name="levels_in_custody",
            field=encryption.fields.EncryptedJSONField(
                blank=True, default=dict, help_text="Group to level. Never shared."
            ),
        ),
        migrations.RemoveField(model_name="sectionchange", name="text_before"),
        migrations.AddField(
            model_name="sectionchange",
            name="text_before",
            field=encryption.fields.EncryptedTextField(blank=True),
        ),
        migrations.AddConstraint(
            model_name="risksection",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "EDITED"), ("text", ""), _connector="OR"),
                name="risk_only_edited_sections_hold_text",
            ),
        ),
    ]
