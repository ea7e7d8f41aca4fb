"""A declaration counts every section that is shared otherwise than OASys has it, and not the edited ones alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]

    operations = [
        migrations.RenameField(
            model_name="declaration", old_name="sections_edited", new_name="sections_changed"
        ),
        migrations.AlterField(
            model_name="declaration",
            name="sections_changed",
            field=models.PositiveIntegerField(
                help_text="Shared otherwise than OASys has them. 0 when shared exactly as OASys has it."
            ),
        ),
    ]
