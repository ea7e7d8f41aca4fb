"""What is blanked when its time is over, and the narrow exception by which what never changes allows it (decision 23)."""

from django.db import migrations, models

from events.append_only import NO, NO_TEXT, NO_VALUES, AllowBlanking

SECTIONS = (
    "who_is_at_risk", "nature_of_risk", "risk_imminence", "self_harm", "suicide", "hostel_setting", "vulnerability",
    "additional_information",
)  # fmt: skip
SHARED = {
    f"{section}_{part}": nothing
    for section in SECTIONS
    for part, nothing in (("answer", NO_TEXT), ("text", NO_TEXT), ("no_identified_risk", NO))
}


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0006_change_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='casenote',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When its text was blanked.', null=True),
        ),
        migrations.AddField(
            model_name='endofservicereport',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When its text was blanked.', null=True),
        ),
        migrations.AddField(
            model_name='outcomeachievement',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When its text was blanked.', null=True),
        ),
        migrations.AddField(
            model_name='planactivity',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When its text was blanked.', null=True),
        ),
        migrations.AddField(
            model_name='question',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When its text was blanked.', null=True),
        ),
        migrations.AddField(
            model_name='receivedreferral',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When what was held was blanked: its retention period had ended.', null=True),
        ),
        migrations.AddField(
            model_name='shareversion',
            name='blanked_at',
            field=models.DateTimeField(blank=True, help_text='When its text was blanked.', null=True),
        ),
        AllowBlanking("monitoring_shareversion", {**SHARED, "declared_by": NO_TEXT}),
        migrations.AddField(
            model_name="referralchange",
            name="blanked_at",
            field=models.DateTimeField(blank=True, help_text="When its text was blanked.", null=True),
        ),
        AllowBlanking(
            "monitoring_referralchange",
            {
                "before": NO_TEXT,
                "after": NO_TEXT,
                "reason": NO_TEXT,
                "by_name": NO_TEXT,
                "replaced": NO_VALUES,
            },
        ),
        AllowBlanking("monitoring_casenote", {"subject": NO_TEXT, "body": NO_TEXT}),
        AllowBlanking("monitoring_question", {"text": NO_TEXT, "answer": NO_TEXT}),
        AllowBlanking("monitoring_planactivity", {"text": NO_TEXT}),
        AllowBlanking("monitoring_endofservicereport", {"further_information": NO_TEXT}),
        AllowBlanking("monitoring_outcomeachievement", {"progress": NO_TEXT, "remaining": NO_TEXT}),
    ]
