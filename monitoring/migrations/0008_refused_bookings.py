"""Since when nDelius has refused an appointment, and since when a case has one to be arranged again."""

from django.db import migrations, models
from django.utils import timezone


def put_on_the_desk(apps, schema_editor):
    """Refused before this migration: counted from the day on which the appointment was made."""
    rows = apps.get_model("monitoring", "Appointment").objects.using(schema_editor.connection.alias)
    refused = rows.filter(ndelius_state="REFUSED")
    refused.update(ndelius_refused_at=models.F("scheduled_at"))
    waiting = refused.filter(closed_as="", feedback__submitted_at=None, received__concluded_at=None)
    for one in waiting.select_related("received").order_by("-scheduled_at"):
        case, day = one.received, timezone.localdate(one.scheduled_at)
        case.booking_refused_on, case.due_on = day, min(day, case.due_on or day)
        case.save(update_fields=["booking_refused_on", "due_on"])


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0007_performance_report_started")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="ndelius_refused_at",
            field=models.DateTimeField(blank=True, null=True, help_text="When nDelius refused it first."),
        ),
        migrations.AddField(
            model_name="receivedreferral",
            name="booking_refused_on",
            field=models.DateField(
                blank=True,
                null=True,
                help_text="Since when an appointment waits to be arranged again (decision M4a).",
            ),
        ),
        migrations.RunPython(put_on_the_desk, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(ndelius_state="REFUSED", ndelius_refused_at__isnull=False)
                | (~models.Q(ndelius_state="REFUSED") & models.Q(ndelius_refused_at__isnull=True)),
                name="monitoring_refused_when",
            ),
        ),
    ]
