"""That somebody exported what is held about a person. Never what was exported."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class SubjectAccessExport(models.Model):
    """One export: of whom, by whom, when. The archive itself is not kept."""

    crn = models.CharField("CRN", max_length=7, db_index=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    with_unshared = models.BooleanField("with unshared risk text", default=False)
    records = models.PositiveIntegerField("records", help_text="How many rows the archive has.")

    class Meta:
        ordering = ["-made_at"]
        verbose_name = "subject access export"
        permissions = [
            ("export_unshared_risk", "Can export unshared risk text for a subject access request"),
        ]

    def __str__(self) -> str:
        return f"{self.crn}, {timezone.localtime(self.made_at):%d %B %Y}"
