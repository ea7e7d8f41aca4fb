"""The row that keeps what somebody typed and did not save. Each side of the service has a table of its own for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class TypedText(models.Model):
    """What one person typed on one page, in one tab, and has not saved.

    Offered back to them there, never applied by itself.
    """

    class Cause(models.TextChoices):
        """Why it was kept."""

        SIGNED_OUT = "SIGNED_OUT", "Saved after the web session had ended"
        AUTOSAVED = "AUTOSAVED", "Kept while it was typed"
        NOT_SAVED = "NOT_SAVED", "Sent, and not saved"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    fields = models.JSONField(default=dict, help_text="Lists of texts, by the names of fields.")
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.SIGNED_OUT)
    revision = models.PositiveIntegerField(
        default=1,
        db_comment="One more each time it is written: a tab that saw an earlier one writes a row of its own",
    )
    tab = models.CharField(max_length=32, blank=True, db_comment="The opened page that wrote it last")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Text kept {timezone.localtime(self.kept_at):%d %B %Y %H:%M}"

    @property
    def seen_as(self) -> str:
        """What a page carries that shows the text as it is now."""
        return f"{self.pk}.{self.revision}"

    @property
    def stored_fields(self) -> Any:
        """The fields as an update writes them: one side's are encrypted for their row."""
        field = self._meta.get_field("fields")
        assert isinstance(field, models.Field)
        return field.pre_save(self, add=False)
