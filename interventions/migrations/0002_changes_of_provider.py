import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_service_notices"),
        ("interventions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProviderChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "incoming_email",
                    models.EmailField(max_length=254, verbose_name="new mailbox for new referrals"),
                ),
                ("takes_effect_at", models.DateTimeField(db_index=True)),
                ("set_at", models.DateTimeField()),
                ("carried_out_at", models.DateTimeField(blank=True, null=True)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provider_changes",
                        to="interventions.contract",
                    ),
                ),
                (
                    "prime",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.provider",
                        verbose_name="new prime provider",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subcontractors",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="accounts.provider",
                        verbose_name="all subcontractors after the change",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of service provider",
                "verbose_name_plural": "changes of service provider",
                "ordering": ["-takes_effect_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True), ("carried_out_at__isnull", True)),
                        fields=("contract",),
                        name="interventions_one_change_to_come",
                        violation_error_message="This contract has a change that is still to come. Cancel that one first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("carried_out_at__isnull", True), ("cancelled_at__isnull", True), _connector="OR"
                        ),
                        name="interventions_carried_out_or_cancelled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_prime", models.BooleanField(default=False)),
                (
                    "began_at",
                    models.DateTimeField(blank=True, help_text="Empty: since the contract began.", null=True),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provider_terms",
                        to="interventions.contract",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.provider"
                    ),
                ),
            ],
            options={
                "ordering": [
                    "contract",
                    models.OrderBy(models.F("ended_at"), descending=True, nulls_first=True),
                    "pk",
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("contract", "provider"),
                        name="interventions_one_term_at_a_time",
                    )
                ],
            },
        ),
    ]
