"""What OASys said about a sent case when last asked (promise 6): what is not as it was shared, never how."""

from __future__ import annotations

from django.db import models

from referrals.models.referral import Referral


class OasysCheck(models.Model):
    """The last check of one case: which sections and levels OASys has otherwise by now, by their names.

    Found by comparing keyed hashes. Neither a text, an answer nor a level is kept.
    """

    referral = models.OneToOneField(
        Referral, on_delete=models.CASCADE, primary_key=True, related_name="oasys_check"
    )
    checked_at = models.DateTimeField(help_text="When OASys was asked last, whatever it answered.")
    answered = models.BooleanField(help_text="Whether it answered then.")
    changed_sections = models.JSONField(default=list, blank=True, help_text="Keys of sections.")
    changed_levels = models.JSONField(
        default=list, blank=True, help_text="Groups of people; empty text: some level."
    )
    assessed_at = models.DateTimeField(null=True, blank=True, help_text="Of the newer assessment.")
    source_hash = models.CharField(max_length=64, blank=True, help_text="Keyed hash of the newer answer.")

    def __str__(self) -> str:
        return f"OASys check of {self.checked_at:%d %B %Y}"

    @property
    def has_newer(self) -> bool:
        """Whether OASys says something else than what was worked from."""
        return bool(self.changed_sections or self.changed_levels)
