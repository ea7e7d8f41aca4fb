"""What was shared about risk, as numbered versions that never change, and who opened which.

Both databases refuse to change or delete a version (migration 0002): only the two dates on which it stops being
current may be set, once each. Knows nothing of what OASys said; what was not shared is not here.
"""

from __future__ import annotations

import uuid
from dataclasses import fields
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from integrations.risk_answers import SharedAnswer
from monitoring.handover.contents import (
    Handover,
    SharedDeclaration,
    SharedRisk,
    SharedRiskSection,
)
from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager

#: The eight sections in the order in which they are shown (decision R2).
SECTIONS: tuple[str, ...] = tuple(field.name for field in fields(SharedRisk))
NOTHING_SHARED = SharedRisk(**{section: SharedRiskSection() for section in SECTIONS})


def _answer() -> models.CharField[str, str]:
    return models.CharField(
        max_length=10, blank=True, choices=[(answer.value, answer.name) for answer in SharedAnswer]
    )


class ShareVersion(models.Model):
    """One version of the risk information, exactly as the practitioner declared it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="shares")
    number = models.PositiveSmallIntegerField()

    who_is_at_risk_answer = _answer()
    who_is_at_risk_text = models.TextField(blank=True)
    who_is_at_risk_no_identified_risk = models.BooleanField(default=False)
    nature_of_risk_answer = _answer()
    nature_of_risk_text = models.TextField(blank=True)
    nature_of_risk_no_identified_risk = models.BooleanField(default=False)
    risk_imminence_answer = _answer()
    risk_imminence_text = models.TextField(blank=True)
    risk_imminence_no_identified_risk = models.BooleanField(default=False)
    self_harm_answer = _answer()
    self_harm_text = models.TextField(blank=True)
    self_harm_no_identified_risk = models.BooleanField(default=False)
    suicide_answer = _answer()
    suicide_text = models.TextField(blank=True)
    suicide_no_identified_risk = models.BooleanField(default=False)
    hostel_setting_answer = _answer()
    hostel_setting_text = models.TextField(blank=True)
    hostel_setting_no_identified_risk = models.BooleanField(default=False)
    vulnerability_answer = _answer()
    vulnerability_text = models.TextField(blank=True)
    vulnerability_no_identified_risk = models.BooleanField(default=False)
    additional_information_answer = _answer()
    additional_information_text = models.TextField(blank=True)
    additional_information_no_identified_risk = models.BooleanField(default=False)

    declared_by = models.TextField()
    declared_at = models.DateTimeField()
    wording_version = models.CharField(max_length=40)
    content_hash = models.CharField(
        max_length=64, help_text="Of the eight sections, from the declaration (R9)."
    )
    handover_hash = models.CharField(max_length=64, help_text="Of everything handed over, keyed (R9).")
    shared_at = models.DateTimeField()
    superseded_at = models.DateTimeField(
        null=True, blank=True, help_text="When the next version took its place."
    )
    recalled_at = models.DateTimeField(null=True, blank=True, help_text="From then on it is shown to nobody.")
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its text was blanked.")

    objects = ScopedManager["ShareVersion"]()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["received", "number"], name="monitoring_share_number_once"),
            models.UniqueConstraint(
                fields=["received"],
                condition=Q(superseded_at__isnull=True),
                name="monitoring_one_current_share",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="monitoring_share_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @classmethod
    def from_handover(
        cls,
        handover: Handover,
        *,
        received: ReceivedReferral,
        number: int,
        handover_hash: str,
        shared_at: datetime,
    ) -> ShareVersion:
        """An unsaved version with the eight sections and the declaration of ``handover``."""
        declaration = handover.declaration
        version = cls(
            received=received,
            number=number,
            declared_by=declaration.declared_by,
            declared_at=declaration.declared_at,
            wording_version=declaration.wording_version,
            content_hash=declaration.content_hash,
            handover_hash=handover_hash,
            shared_at=shared_at,
        )
        for section in SECTIONS:
            shared: SharedRiskSection = getattr(handover.risk, section)
            setattr(version, f"{section}_answer", shared.answer.value if shared.answer else "")
            setattr(version, f"{section}_text", shared.text)
            setattr(version, f"{section}_no_identified_risk", shared.no_identified_risk)
        return version

    def shared_risk(self) -> SharedRisk:
        """The eight sections as they may be shown: as declared, or nothing at all once recalled (decision R11)."""
        return NOTHING_SHARED if self.recalled_at is not None else self.risk_as_declared()

    def risk_as_declared(self) -> SharedRisk:
        """The eight sections as they were shared, recalled since or not: to check the seal, and for no page."""
        return SharedRisk(**{section: self._section(section) for section in SECTIONS})

    def _section(self, section: str) -> SharedRiskSection:
        answer: str = getattr(self, f"{section}_answer")
        return SharedRiskSection(
            answer=SharedAnswer(answer) if answer else None,
            text=getattr(self, f"{section}_text"),
            no_identified_risk=getattr(self, f"{section}_no_identified_risk"),
        )

    def changed_since(self, earlier: ShareVersion) -> tuple[str, ...]:
        """Names of the sections that are not as in an earlier version, recalled or not. Never what they said."""
        return tuple(section for section in SECTIONS if self._section(section) != earlier._section(section))

    def declaration(self) -> SharedDeclaration:
        """Who took responsibility for this version."""
        return SharedDeclaration(
            declared_by=self.declared_by,
            declared_at=self.declared_at,
            wording_version=self.wording_version,
            content_hash=self.content_hash,
        )


class ShareOpening(models.Model):
    """That somebody at the supplier saw a version: one row a person and version, with the first and last time.

    Written under the supplier's own database rights; every single opening is also in the audit trail.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(ShareVersion, on_delete=models.PROTECT, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_opened_at = models.DateTimeField()
    last_opened_at = models.DateTimeField()

    objects = ScopedManager["ShareOpening"]()

    class Meta:
        ordering = ["first_opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["share", "user"], name="monitoring_one_opening_a_user")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} opened {self.share_id}"
