"""The risk information of one referral, and the one snapshot of OASys that its draft works from.

Belongs to the practitioner's room: nothing here ever reaches a supplier except through ``risk.redaction``.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from encryption.fields import EncryptedJSONField
from risk.models.section import RiskSection, SectionKey

#: Where each section stands among the eight.
PLACES = {key: place for place, key in enumerate(SectionKey.values)}


class OasysOutcome(models.TextChoices):
    """Every way in which OASys can answer. Each has its own words on the page."""

    ASSESSED = "ASSESSED", "Assessed"
    NOT_COMPLETED = "NOT_COMPLETED", "No assessment completed in the last 55 weeks"
    NO_RECORD = "NO_RECORD", "No OASys record"
    NOT_PERMITTED = "NOT_PERMITTED", "Not permitted"
    UNREACHABLE = "UNREACHABLE", "Did not answer"
    TOO_SLOW = "TOO_SLOW", "Took too long"
    UNREADABLE = "UNREADABLE", "Sent an answer that could not be read"
    REFUSED = "REFUSED", "Did not accept the question"
    NOT_CONNECTED = "NOT_CONNECTED", "Not connected to this service"
    SIGN_IN_AGAIN = "SIGN_IN_AGAIN", "The practitioner had to sign in again"

    @property
    def is_snapshot(self) -> bool:
        """True when OASys said something about this person that can be worked from (decision R3)."""
        return self in (OasysOutcome.ASSESSED, OasysOutcome.NOT_COMPLETED, OasysOutcome.NO_RECORD)

    @property
    def may_pass(self) -> bool:
        """True when asking OASys again soon can help."""
        return self in (OasysOutcome.UNREACHABLE, OasysOutcome.TOO_SLOW)


class RiskInformation(models.Model):
    """The practitioner's risk information for one referral, whose id it shares."""

    SOURCE_TEXT: ClassVar[dict[str, object]] = {"newer_answer": {}}
    SOURCE_OF: ClassVar[str] = "pk"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # By which OASys was asked: the current one until the text is deleted, and from then on that of then.
    crn = models.CharField("CRN", max_length=7)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # The last thing OASys said, and when; differs from the snapshot's when it failed after answering once.
    last_outcome = models.CharField(max_length=20, choices=OasysOutcome, blank=True)
    last_asked_at = models.DateTimeField(null=True, blank=True)
    # Another answer than the snapshot's, announced and not taken: what it says, and so what taking it gives. Whoever
    # decides against it goes on being told of it, and can still take it.
    newer_assessed_at = models.DateTimeField(null=True, blank=True)
    newer_announced_at = models.DateTimeField(null=True, blank=True)
    newer_answer = EncryptedJSONField(default=dict, blank=True)
    kept_out_hash = models.CharField(
        max_length=64, blank=True, help_text="Keyed hash of the newer answer that was decided against."
    )
    purged_at = models.DateTimeField(null=True, blank=True)
    # A corrected version (decision R11) has sections, a snapshot and a key of its own, until it is shared.
    corrects = models.UUIDField(
        null=True, blank=True, db_index=True, help_text="The sent referral; none before sending."
    )
    compared_with = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The version shared last that its author has seen beside it."
    )
    shared_as = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Number of the version that it became."
    )

    class Meta:
        verbose_name_plural = "risk information"
        constraints = [
            models.UniqueConstraint(
                fields=["corrects", "owner"],
                condition=models.Q(purged_at__isnull=True),
                name="risk_one_open_correction_an_author",
            )
        ]

    def __str__(self) -> str:
        return f"Risk information {self.pk}"

    @property
    def referral_id(self) -> uuid.UUID:
        """The referral that it belongs to, or whose shared version it corrects."""
        return self.corrects or self.pk

    def in_order(self) -> list[RiskSection]:
        """The eight sections in the order of decision R2."""
        return sorted(self.sections.all(), key=lambda section: PLACES[section.key])

    def section(self, key: str) -> RiskSection:
        """One section by its key."""
        return next(section for section in self.in_order() if section.key == key)

    @property
    def has_source_text(self) -> bool:
        """Whether OASys gave anything that sending deletes, or has deleted."""
        snapshot = self.oasys_snapshot
        is_assessed = snapshot is not None and snapshot.outcome == OasysOutcome.ASSESSED
        return is_assessed or self.newer_announced_at is not None

    @property
    def newer_hash(self) -> str:
        """What the announced newer answer is known by; nothing when there is none."""
        return str(self.newer_answer.get("source_hash", ""))

    @property
    def newer_is_undecided(self) -> bool:
        """OASys says something else by now, and the practitioner has neither taken it nor kept what is here."""
        return bool(self.newer_hash) and self.newer_hash != self.kept_out_hash

    @property
    def newer_is_kept_out(self) -> bool:
        """OASys says something else by now, and the practitioner goes on with what is here."""
        return bool(self.newer_hash) and self.newer_hash == self.kept_out_hash

    def newer_differs(self, section: RiskSection) -> bool:
        """Whether the newer answer, taken or not yet decided about, says something else about a section."""
        if not self.newer_hash or section.key == SectionKey.ADDITIONAL_INFORMATION:
            return False
        says = self.newer_answer["sections"].get(section.key, ["", ""])
        return list(says) != [section.source_answer, section.source_text]

    @property
    def oasys_snapshot(self) -> RiskSnapshot | None:
        """What OASys said when it was asked, or None when it has not answered yet."""
        return getattr(self, "snapshot", None)


class RiskSnapshot(models.Model):
    """What OASys said at one moment (decision R3). Replaced as a whole or not at all."""

    SOURCE_TEXT: ClassVar[dict[str, object]] = {"levels_in_community": {}, "levels_in_custody": {}}
    SOURCE_OF: ClassVar[str] = "risk_id"

    risk = models.OneToOneField(RiskInformation, on_delete=models.CASCADE, related_name="snapshot")
    outcome = models.CharField(max_length=20, choices=OasysOutcome)
    assessed_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField()
    fetched_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    levels_in_community = EncryptedJSONField(
        default=dict, blank=True, help_text="Group to level. Never shared."
    )
    levels_in_custody = EncryptedJSONField(
        default=dict, blank=True, help_text="Group to level. Never shared."
    )
    is_partial = models.BooleanField(default=False)
    was_mended = models.BooleanField(default=False, help_text="Characters that cannot be kept were replaced.")
    source_hash = models.CharField(max_length=64, help_text="Keyed hash of all sections and levels.")
    level_hashes = models.JSONField(
        default=dict, blank=True, help_text="Keyed hash of each level, to tell after sending which changed."
    )

    def __str__(self) -> str:
        return f"OASys snapshot of {self.fetched_at:%d %B %Y}"
