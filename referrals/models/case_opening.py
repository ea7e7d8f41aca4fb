"""A practitioner who neither sent a case nor manages its person, and opened it by CRN with a reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from referrals.models.referral import Referral


class CaseOpening(models.Model):
    """Why somebody opened somebody else's case (decision A2). Holds for the rest of that day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="openings")
    reason = models.CharField(max_length=400)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "referral", "-opened_at"], name="referrals_case_openings")]

    def __str__(self) -> str:
        return f"Opened {self.opened_at:%d %B %Y %H:%M}"
