"""Text that somebody typed while their web session had already ended, kept for them alone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from referrals.models.referral import Referral


class KeptText(models.Model):
    """What one person posted to one page of one draft after their web session had ended.

    Offered back to that person on that page, never applied by itself. Source text: it may hold OASys's words.
    """

    SOURCE_TEXT: ClassVar[dict[str, object]] = {"fields": {}}
    SOURCE_OF: ClassVar[str] = "referral_id"

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="kept_texts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="referrals_one_kept_text_a_page"),
        ]

    def __str__(self) -> str:
        return f"Text kept {self.kept_at:%d %B %Y %H:%M}"
