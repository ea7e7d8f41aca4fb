"""What is written as a draft and submitted once: action plans, feedback, end of service reports."""

from __future__ import annotations

from typing import Self, TypeVar

from django.conf import settings
from django.db import models

Row = TypeVar("Row", bound=models.Model, covariant=True)


class SubmittedOnceQuerySet(models.QuerySet[Row]):
    """Reads of drafts and of what was submitted."""

    def submitted(self) -> Self:
        """Those that were submitted."""
        return self.filter(submitted_at__isnull=False)

    def drafts(self) -> Self:
        """Those that are still written."""
        return self.filter(submitted_at=None)


class SubmittedOnce(models.Model):
    """A draft until it is submitted, and never changed after."""

    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_submitted(self) -> bool:
        """Whether it was submitted."""
        return self.submitted_at is not None
