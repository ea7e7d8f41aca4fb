"""Seals of the audit trail: what a month was when it was over, in one row each."""

from __future__ import annotations

import uuid

from django.db import models


class AuditSeal(models.Model):
    """One month of the audit trail, as it was when it was over (decision 39). Append-only, and chained."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(unique=True, help_text="Its first day.")
    rows = models.PositiveIntegerField()
    hash = models.CharField(max_length=64, help_text="SHA-256 of all events but their CRNs, in order.")
    crns = models.CharField(max_length=64, help_text="Sum of keyed hashes of the CRNs, each with its event.")
    previous = models.CharField(max_length=64, blank=True, help_text="Proof of the month before.")
    proof = models.CharField(max_length=64, help_text="HMAC-SHA-256 of all this, with the declaration key.")
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["month"]
        verbose_name = "seal of the audit trail"

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


class BlankedCrns(models.Model):
    """CRNs that retention blanked in a sealed month: what is to be taken off its sum. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(db_index=True)
    rows = models.PositiveIntegerField()
    crns = models.CharField(max_length=64, help_text="Sum of their keyed hashes.")
    at = models.DateTimeField()
    proof = models.CharField(max_length=64, help_text="HMAC-SHA-256 of all this, with the declaration key.")

    class Meta:
        ordering = ["at"]
        verbose_name = "CRNs blanked in a sealed month"

    def __str__(self) -> str:
        return f"{self.rows} of {self.month:%B %Y}"
