"""What changed in a referral after it was sent: the change log, which both sides read. Append-only.

Holds each change in words, as pages show it, so that it reads the same for ever. Must hold nothing of risk information
but the names of its sections: a version that was recalled is shown nowhere.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from interventions.models import ServiceCategory
from monitoring.handover import labels
from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager


class Topic(models.TextChoices):
    """What was changed. Names of live service where it has one, and ours for what cannot be changed there."""

    COMPLETION_DATETIME = "COMPLETION_DATETIME", labels.COMPLETION_DATE
    MAXIMUM_ENFORCEABLE_DAYS = "MAXIMUM_ENFORCEABLE_DAYS", labels.ENFORCEABLE_DAYS
    COMPLEXITY_LEVEL = "COMPLEXITY_LEVEL", labels.COMPLEXITY
    DESIRED_OUTCOMES = "DESIRED_OUTCOMES", labels.OUTCOMES
    ADDITIONAL_INFORMATION = "NEEDS_AND_REQUIREMENTS_ADDITIONAL_INFORMATION", labels.ADDITIONAL_NEEDS
    ACCESSIBILITY_NEEDS = "NEEDS_AND_REQUIREMENTS_ACCESSIBILITY_NEEDS", labels.ACCESSIBILITY_NEEDS
    INTERPRETER_REQUIRED = "NEEDS_AND_REQUIREMENTS_INTERPRETER_REQUIRED", labels.NEEDS_INTERPRETER
    RESPONSIBILITIES = "NEEDS_AND_REQUIREMENTS_HAS_ADDITIONAL_RESPONSIBILITIES", labels.RESPONSIBILITIES
    DIVERSITY = "NEEDS_AND_REQUIREMENTS_DIVERSITY", labels.DIVERSITY
    REASON_FOR_REFERRAL = "REASON_FOR_REFERRAL", labels.REASON_FOR_REFERRAL
    FURTHER_INFORMATION = "REASON_FOR_REFERRAL_FURTHER_INFORMATION", labels.FURTHER_INFORMATION
    ESTABLISHMENT = "PRISON_ESTABLISHMENT", labels.ESTABLISHMENT
    RELEASE_DATE = "EXPECTED_RELEASE_DATE", labels.RELEASE_DATE
    EXPECTED_OFFICE = "EXPECTED_PROBATION_OFFICE", labels.EXPECTED_OFFICE
    PRACTITIONER_OFFICE = "PROBATION_PRACTITIONER_PROBATION_OFFICE", "Probation practitioner’s office"
    PRACTITIONER_NAME = "PROBATION_PRACTITIONER_NAME", "Probation practitioner’s name"
    PRACTITIONER_EMAIL = "PROBATION_PRACTITIONER_EMAIL", "Probation practitioner’s email address"
    PRACTITIONER_PHONE = "PROBATION_PRACTITIONER_PHONE_NUMBER", "Probation practitioner’s phone number"
    TEAM_PHONE = "PROBATION_PRACTITIONER_TEAM_PHONE_NUMBER", labels.TEAM_PHONE
    # Ours
    CRN = "CRN", labels.CRN
    RISK_INFORMATION = "RISK_INFORMATION", labels.RISK_CARD
    PRACTITIONER = "PROBATION_PRACTITIONER", labels.PRACTITIONER
    PERSONAL_DETAILS = "PERSONAL_DETAILS", labels.PERSONAL_DETAILS


class ReferralChange(models.Model):
    """One change to what was sent, in words: from what, to what, why, by whom. Never edited, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(
        null=True, unique=True, editable=False, help_text="One form shown, one change kept."
    )
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="changes")
    topic = models.CharField(max_length=60, choices=Topic)
    category = models.ForeignKey(
        ServiceCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="Of which service, where the referral has several.",
    )  # fmt: skip
    category_name = models.TextField(blank=True, help_text="As it was called on the day.")
    before = models.TextField(blank=True, help_text="As pages showed it.")
    after = models.TextField(blank=True, help_text="As pages show it.")
    reason = models.TextField(blank=True)
    replaced = models.JSONField(
        default=dict, blank=True,
        help_text="The columns’ values before, so that what was sent can be put together and verified.",
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.TextField("by (name on the day)")
    at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its text was blanked.")

    objects = ScopedManager["ReferralChange"]()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["received", "-at"], name="monitoring_changes_of")]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}, {self.at:%d %B %Y}"
