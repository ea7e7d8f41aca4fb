"""Feedback that a practitioner is to look at is found by an index of its own: of ten rows it holds one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0015_lists_by_who_is_asking")]

    operations = [
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(
                    models.Q(
                        ("notify_of_concerns", True),
                        ("notify_of_behaviour", True),
                        ("attended", False),
                        _connector="OR",
                    ),
                    submitted_at__isnull=False,
                ),
                fields=["appointment"],
                name="monitoring_feedback_to_see",
            ),
        ),
    ]
