"""What happens after sending stands in the audit trail and in the disclosure record; and what is blanked when its time
is over, with the narrow exception by which two tables that only grow allow it (decision 23).
"""

from django.db import migrations, models

import events.models
from events.append_only import NO_TEXT, AllowBlanking


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_disclosure_record"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(choices=events.models.audit_actions, max_length=40),
        ),
        migrations.AlterField(
            model_name="disclosureevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("SHARED", "Shared"),
                    ("OPENED", "Opened by the service provider"),
                    ("CORRECTED", "Corrected version shared"),
                    ("RECALLED", "Recalled"),
                    ("HANDED_ON", "Service provider changed"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="auditevent",
            name="blanked_at",
            field=models.DateTimeField(blank=True, help_text="When its CRN was blanked.", null=True),
        ),
        migrations.AddField(
            model_name="disclosureevent",
            name="blanked_at",
            field=models.DateTimeField(
                blank=True, help_text="When names, CRN, reason and hashed text were blanked.", null=True
            ),
        ),
        AllowBlanking("events_auditevent", {"crn": NO_TEXT}),
        AllowBlanking(
            "events_disclosureevent",
            {"crn": NO_TEXT, "by_name": NO_TEXT, "reason": NO_TEXT, "canonical": NO_TEXT},
        ),
    ]
