"""What a practitioner decided about a detail that may be sensitive (decision R12)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from encryption.fields import EncryptedTextField
from referrals.models.referral import Referral


class Decision(models.TextChoices):
    """What can be decided about a finding without changing the text."""

    KEEP = "KEEP", "Keep, because it is needed to deliver the service safely"
    NOT_SENSITIVE = "NOT_SENSITIVE", "It is not sensitive"


class SensitiveDetailDecision(models.Model):
    """One decision about the same words in the same text; the words themselves are never stored here.

    The reason may repeat words of OASys, so it is source text: deleted on sending.
    """

    SOURCE_TEXT: ClassVar[dict[str, object]] = {"reason": ""}
    SOURCE_OF: ClassVar[str] = "key_of"

    referral = models.ForeignKey(
        Referral, on_delete=models.CASCADE, related_name="sensitive_detail_decisions"
    )
    key_of = models.UUIDField(
        null=True, help_text="Whose key encrypts it: the referral’s, or a corrected version’s."
    )
    place = models.CharField(max_length=80, help_text="Which text of the referral.")
    finding_hash = models.CharField(max_length=64, help_text="Keyed hash of place, category and words.")
    category = models.CharField(max_length=40)
    decision = models.CharField(max_length=20, choices=Decision)
    reason = EncryptedTextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "place", "finding_hash"], name="referrals_one_decision_a_finding"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.decision}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Under the referral's key, unless told otherwise."""
        self.key_of = self.key_of or self.referral_id
        super().save(*args, **kwargs)
