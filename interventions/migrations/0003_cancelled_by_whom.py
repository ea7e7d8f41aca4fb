"""Who cancelled a change of service provider."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_service_notices"),
        ("interventions", "0002_changes_of_provider"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="providerchange",
            name="cancelled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="providerchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled_by__isnull", True), ("cancelled_at__isnull", False), _connector="OR"
                ),
                name="interventions_cancelled_by_whom_and_when",
            ),
        ),
    ]
