"""The audit trail only grows: both databases refuse to change or delete an event."""

from django.db import migrations

from events.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [AppendOnly("events_auditevent")]
