"""The key of each referral, as the database holds it: wrapped."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class ReferralKey(models.Model):
    """Encrypts what one referral holds of OASys and of unsaved typing. Without its outer key it opens nothing.

    The row is deleted when that text is to be unreadable. Text that is kept for the referral later has a new key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral_id = models.UUIDField(unique=True)
    wrapped_key = models.BinaryField()
    outer_key = models.CharField(
        max_length=20, db_index=True, help_text="Name of the outer key that wraps it."
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Key of referral {self.referral_id}"
