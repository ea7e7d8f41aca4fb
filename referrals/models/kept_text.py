"""Text that was typed and not saved, kept for the one who typed it: as they typed, or after their web session ended."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from referrals.models.referral import Referral


class KeptText(models.Model):
    """What one person typed on one page of one draft and has not saved.

    Offered back to that person on that page, never applied by itself. Source text: it may hold OASys's words.
    """

    class Cause(models.TextChoices):
        """Why it was kept."""

        SIGNED_OUT = "SIGNED_OUT", "Saved after the web session had ended"
        AUTOSAVED = "AUTOSAVED", "Kept while it was typed"

    SOURCE_TEXT: ClassVar[dict[str, object]] = {"fields": {}}
    SOURCE_OF: ClassVar[str] = "referral_id"

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="kept_texts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)
    kept_at = models.DateTimeField(default=timezone.now)
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.SIGNED_OUT)
    revision = models.PositiveIntegerField(
        default=1,
        db_comment="One more each time it is written: a tab that saw an earlier one does not overwrite",
    )
    tab = models.CharField(max_length=32, blank=True, db_comment="The opened page that wrote it last")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="referrals_one_kept_text_a_page"),
        ]

    def __str__(self) -> str:
        return f"Text kept {self.kept_at:%d %B %Y %H:%M}"
