"""What supplier staff typed on a page of a case and did not save, kept for them alone."""

from __future__ import annotations

from django.db import models

from accounts.kept_text.models import TypedText
from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager


class KeptPost(TypedText):
    """What one person at a supplier typed on one page of a case, in one tab."""

    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="kept_posts")

    objects = ScopedManager["KeptPost"]()

    class Meta:
        indexes = [models.Index(fields=["user", "path"])]
