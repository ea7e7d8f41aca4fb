"""Text that practitioners typed and did not save, kept for the one who typed it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from accounts.kept_text.models import TypedText
from encryption.fields import EncryptedJSONField
from referrals.models.referral import Referral


class KeptText(TypedText):
    """What a practitioner typed on one page: of a draft, of a case they follow, or to open a case (no referral).

    Source text: on a page of a draft it may hold OASys's words. Private: no supplier reaches it.
    """

    SOURCE_TEXT: ClassVar[dict[str, object]] = {"fields": {}}
    SOURCE_OF: ClassVar[str] = "key_of"

    fields = EncryptedJSONField(default=dict)
    referral = models.ForeignKey(Referral, null=True, on_delete=models.CASCADE, related_name="kept_texts")
    key_of = models.UUIDField(
        null=True, help_text="Whose key encrypts it: the referral’s, or a corrected version’s."
    )

    class Meta:
        indexes = [models.Index(fields=["user", "path"])]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Under the referral's key, unless told otherwise."""
        self.key_of = self.key_of or self.referral_id
        super().save(*args, **kwargs)
