"""What other systems said about a sent case when last asked (promise 6): when, of which person, and what differs.

Holds no value of any system, only names of details and keyed hashes. So nothing of a person who became limited access
is kept here, nor of what a practitioner keeps back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models

from referrals.models.referral import Referral
from risk.redaction import keyed_hash

#: A person is asked about at most once in this time, however many cases they have.
ASKED_EVERY = timedelta(hours=24)
#: For so long a person is left to whoever began with them. Whoever was killed meanwhile is followed by another.
CLAIM = timedelta(minutes=2)
HASH_LENGTH = 32


class PersonCheckQuerySet(models.QuerySet["PersonCheck"]):
    """Reads of when people were asked about."""

    def not_due(self, now: datetime) -> PersonCheckQuerySet:
        """Those who were asked about in the last 24 hours, or with whom somebody is at work."""
        return self.filter(models.Q(asked_at__gt=now - ASKED_EVERY) | models.Q(claimed_until__gt=now))


class PersonCheck(models.Model):
    """When other systems were asked last about a person who has open cases. One row a person, not a referral."""

    crn = models.CharField("CRN", max_length=7, primary_key=True)
    asked_at = models.DateTimeField(null=True, help_text="When they were asked last, whatever they answered.")
    claimed_until = models.DateTimeField(null=True, db_index=True, help_text="While somebody is at work.")

    objects = PersonCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return self.crn


class AskingPace(models.Model):
    """When the next person may be asked about: one row, which all who ask lock, so that together they keep the pace."""

    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"From {self.next_at:%d %B %Y %H:%M:%S}"


class CaseCheck(models.Model):
    """What the last comparison of one sent case found: names of details, and keyed hashes of values.

    ``settled`` has, by detail, what the records said when it was last taken, agreed with or decided about, and
    ``agreed`` what was shared when both were the same: what is shared and not agreed was written by hand.
    """

    referral = models.OneToOneField(
        Referral, on_delete=models.CASCADE, primary_key=True, related_name="case_check"
    )
    checked_at = models.DateTimeField(
        null=True, help_text="When it was compared last, with whoever answered."
    )
    silent = models.JSONField(
        default=list, blank=True, help_text="Names of systems that did not answer then."
    )
    is_limited = models.BooleanField(null=True, help_text="Whether nDelius limits who may see the person.")
    not_found_at = models.DateTimeField(null=True, help_text="Since when nDelius has not had the CRN.")
    differs = models.JSONField(
        default=list, blank=True, help_text="Details that the records have otherwise and that were not taken."
    )
    settled = models.JSONField(default=dict, blank=True, help_text="Keyed hashes, by detail.")
    agreed = models.JSONField(default=dict, blank=True, help_text="Keyed hashes, by detail.")
    told = models.CharField(
        max_length=HASH_LENGTH,
        blank=True,
        help_text="Keyed hash of the differences that the practitioner was told about.",
    )

    def __str__(self) -> str:
        return f"Check of {self.referral_id}"

    @property
    def waiting(self) -> dict[str, str]:
        """By their names, what waits for the practitioner: keyed hashes of what the records have."""
        return dict(self.differs)

    def hash_of(self, *values: str) -> str:
        """A value as it is kept: nothing can be read from it, nor compared between cases."""
        return hash_for(self.referral_id, *values)


def hash_for(referral_id: UUID, *values: str) -> str:
    """The same, before there is a row."""
    return keyed_hash([str(referral_id), *values])[:HASH_LENGTH]
