"""What the two sides say to each other: case notes, and questions about what was shared. Append-only."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import Audience
from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager


class CaseNote(models.Model):
    """A note on a case, by either side, seen by both. Never edited, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one note kept.")
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="case_notes")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=20, choices=Audience)
    written_at = models.DateTimeField()
    tell_other_side = models.BooleanField(default=False)
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its text was blanked.")

    objects = ScopedManager["CaseNote"]()

    class Meta:
        ordering = ["-written_at"]
        indexes = [models.Index(fields=["received", "-written_at"], name="monitoring_case_notes_of")]

    def __str__(self) -> str:
        return f"Case note of {self.written_at:%d %B %Y}"


class QuestionQuerySet(models.QuerySet["Question"]):
    """Reads of questions."""

    def waiting(self) -> Self:
        """Those that nobody has answered yet."""
        return self.filter(answered_at=None)

    def counts_by_case(self) -> dict[uuid.UUID, int]:
        """How many there are, by the received referral; none: no entry."""
        return dict(self.order_by().values_list("received").annotate(count=models.Count("pk")))


class QuestionManager(ScopedManager.from_queryset(QuestionQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> QuestionQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return QuestionQuerySet(self.model, using=self._db)


class Question(models.Model):
    """A supplier's question about what was shared, and the practitioner's answer."""

    class Kind(models.TextChoices):
        """What is wrong with what was shared."""

        MISSING = "MISSING", "Something is missing"
        UNCLEAR = "UNCLEAR", "Something is unclear"
        NOT_EXPECTED = "NOT_EXPECTED", "It is not what I expected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one question asked.")
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="questions")
    about = models.CharField(max_length=40, help_text="The part of the referral it is about.")
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    correction_follows = models.BooleanField(default=False, help_text="A corrected version will be shared.")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its text was blanked.")

    objects = QuestionManager()

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.asked_at:%d %B %Y}"

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.answered_at is None
