"""Which service providers a contract had from when to when, and changes that are set to come.

A change takes the contract from the providers that leave it at its minute, whether or not it was carried out by then
(``Contract.objects.granted_to``). Carried out by ``monitoring.actions.change_provider``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Provider


class ProviderChangeQuerySet(models.QuerySet["ProviderChange"]):
    """Reads of changes."""

    def to_come(self) -> Self:
        """Those that were neither carried out nor cancelled."""
        return self.filter(carried_out_at=None, cancelled_at=None)

    def due(self, now: datetime) -> Self:
        """Those whose minute has come."""
        return self.to_come().filter(takes_effect_at__lte=now)


class ProviderChange(models.Model):
    """Who delivers a contract from a given minute on: the prime provider, and all subcontractors."""

    contract = models.ForeignKey(
        "interventions.Contract", on_delete=models.PROTECT, related_name="provider_changes"
    )
    prime = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", verbose_name="new prime provider"
    )
    subcontractors = models.ManyToManyField(
        Provider, blank=True, related_name="+", verbose_name="all subcontractors after the change"
    )
    incoming_email = models.EmailField("new mailbox for new referrals")
    takes_effect_at = models.DateTimeField(db_index=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    carried_out_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ProviderChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-takes_effect_at", "-pk"]
        verbose_name = "change of service provider"
        verbose_name_plural = "changes of service provider"
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(carried_out_at__isnull=True, cancelled_at__isnull=True),
                name="interventions_one_change_to_come",
                violation_error_message="This contract has a change that is still to come. Cancel that one first.",
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="interventions_carried_out_or_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True) | Q(cancelled_at__isnull=False),
                name="interventions_cancelled_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id and self.contract.reference}: {self.prime}"


def not_left_by(providers: models.QuerySet[Any], contract: str, *, now: datetime | None = None) -> Q:
    """Of rows with a contract in ``contract``: that no change has taken it from all of ``providers`` (ids)."""
    due = ProviderChange.objects.due(now or timezone.now()).filter(contract=OuterRef(contract))
    as_subcontractor = ProviderChange.subcontractors.through.objects.filter(
        provider__in=providers, providerchange=OuterRef("pk")
    )
    stays = due.filter(Q(prime__in=providers) | Exists(as_subcontractor))
    return ~Q(Exists(due)) | Q(Exists(stays))


class ProviderTermQuerySet(models.QuerySet["ProviderTerm"]):
    """Reads of terms."""

    def came_later(self) -> Self:
        """Those that go on, of providers that came to their contract after it began."""
        return self.filter(ended_at=None, began_at__isnull=False)


class ProviderTerm(models.Model):
    """A service provider's time on a contract. Written when it changes; before the first change there is none."""

    contract = models.ForeignKey(
        "interventions.Contract", on_delete=models.PROTECT, related_name="provider_terms"
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    is_prime = models.BooleanField(default=False)
    began_at = models.DateTimeField(null=True, blank=True, help_text="Empty: since the contract began.")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ProviderTermQuerySet.as_manager()

    class Meta:
        ordering = ["contract", F("ended_at").desc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "provider"],
                condition=Q(ended_at__isnull=True),
                name="interventions_one_term_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} on {self.contract_id and self.contract.reference}"
