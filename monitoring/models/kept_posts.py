"""What supplier staff sent from a page of a case after their web session had ended, kept for them alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager


class KeptPost(models.Model):
    """The fields of one form, the last time it was sent. Offered back on its page, never applied by itself."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="kept_posts")
    path = models.CharField(max_length=300)
    fields = models.JSONField(help_text="Lists of texts, by the names of fields.")
    kept_at = models.DateTimeField(db_index=True)

    objects = ScopedManager["KeptPost"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "path"], name="monitoring_one_kept_post_a_page")
        ]

    def __str__(self) -> str:
        return f"Kept {self.kept_at:%d %B %Y %H:%M}"
