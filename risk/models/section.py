"""One section of risk information: what OASys says, what the practitioner decided, and how it got there."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from encryption.fields import EncryptedTextField
from integrations.risk_answers import Answer

LONGEST_SHARED_TEXT = 4000  # characters; decision R8
NO_ANSWER = "NONE"  # an own answer that shares none


class SectionKey(models.TextChoices):
    """The eight sections in their order (decision R2), headed as in the seed."""

    WHO_IS_AT_RISK = "who_is_at_risk", "Who is at risk"
    NATURE_OF_RISK = "nature_of_risk", "What is the nature of the risk"
    RISK_IMMINENCE = "risk_imminence", "When is the risk likely to be greatest"
    SELF_HARM = "self_harm", "Concerns in relation to self-harm"
    SUICIDE = "suicide", "Concerns in relation to suicide"
    HOSTEL_SETTING = "hostel_setting", "Concerns in relation to coping in a hostel setting"
    VULNERABILITY = "vulnerability", "Concerns in relation to vulnerability"
    ADDITIONAL_INFORMATION = "additional_information", "Additional information"

    @property
    def is_concern(self) -> bool:
        """True for the four sections that OASys answers with yes, no or don't know."""
        return self in (
            SectionKey.SELF_HARM,
            SectionKey.SUICIDE,
            SectionKey.HOSTEL_SETTING,
            SectionKey.VULNERABILITY,
        )

    @property
    def slug(self) -> str:
        """The section's name in an address."""
        return self.value.replace("_", "-")


class SectionState(models.TextChoices):
    """What the practitioner decided about a section (decision R4). Stored, because emptiness is a decision."""

    UNREVIEWED = "UNREVIEWED", "Not reviewed yet"
    UNCHANGED = "UNCHANGED", "Shared as in OASys"
    EDITED = "EDITED", "Edited by you"
    REMOVED = "REMOVED", "Removed"
    NO_IDENTIFIED_RISK = "NO_IDENTIFIED_RISK", "No identified risk"


class Cause(models.TextChoices):
    """Why a section changed."""

    EDIT = "EDIT", "Edited"
    REMOVE = "REMOVE", "Removed"
    NO_IDENTIFIED_RISK = "NO_IDENTIFIED_RISK", "Confirmed no identified risk"
    REVERT = "REVERT", "Reverted"
    UNDO = "UNDO", "Undone, with what was typed and not saved"
    TAKE_OUT = "TAKE_OUT", "A sensitive detail taken out"
    SAY_INSTEAD = "SAY_INSTEAD", "A sensitive detail said without naming"


class RiskSection(models.Model):
    """One section: OASys's words beside the practitioner's decision about them."""

    SOURCE_TEXT: ClassVar[dict[str, object]] = {
        "source_text": "",
        "source_answer": "",
        "text": "",
        "own_answer": "",
    }
    SOURCE_OF: ClassVar[str] = "risk_id"

    risk = models.ForeignKey("risk.RiskInformation", on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=30, choices=SectionKey)
    source_text = EncryptedTextField(
        blank=True, help_text="As OASys has it, of any length. Deleted on sending."
    )
    source_answer = EncryptedTextField(
        choices=[(answer.value, answer.label) for answer in Answer], blank=True
    )
    source_hash = models.CharField(max_length=64, blank=True, help_text="Keyed hash of the answer and text.")
    state = models.CharField(max_length=20, choices=SectionState, default=SectionState.UNREVIEWED)
    text = EncryptedTextField(
        blank=True, help_text="The practitioner's own words, when EDITED. Deleted on sending."
    )
    own_answer = EncryptedTextField(
        blank=True,
        help_text="In a corrected version: the answer shared before, which edited text keeps. Empty: OASys's.",
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["risk", "key"], name="risk_one_row_a_section"),
            models.CheckConstraint(
                condition=models.Q(state=SectionState.EDITED) | models.Q(text=""),
                name="risk_only_edited_sections_hold_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} ({self.get_state_display()})"

    @property
    def section_key(self) -> SectionKey:
        """The key as a member, for its heading and kind."""
        return SectionKey(self.key)

    @property
    def has_original(self) -> bool:
        """True when OASys said something about this section, be it that it does not know."""
        return bool(self.source_answer or self.source_text.strip())

    @property
    def needs_decision(self) -> bool:
        """True when OASys says nothing usable, so the practitioner must say something (decision R7).

        "No" counts as an answer; the additional information is the practitioner's own and optional.
        """
        if self.key == SectionKey.ADDITIONAL_INFORMATION:
            return False
        if self.section_key.is_concern and self.source_answer == Answer.NO:
            return False
        if self.section_key.is_concern and self.source_answer != Answer.YES:
            return True
        return not self.source_text.strip()

    @property
    def is_unknown(self) -> bool:
        """True when OASys has not answered about this section: nothing follows from its silence (decision R4).

        A section that a partial answer leaves empty is as unknown as one of an OASys that cannot be reached.
        """
        snapshot = self.risk.oasys_snapshot
        if self.key == SectionKey.ADDITIONAL_INFORMATION or self.has_original:
            return False
        return snapshot is None or snapshot.is_partial

    @property
    def may_have_no_identified_risk(self) -> bool:
        """Only where OASys answered, and holds neither a Yes nor text (decision R4)."""
        if self.key == SectionKey.ADDITIONAL_INFORMATION or self.is_unknown:
            return False
        return self.source_answer != Answer.YES and not self.source_text.strip()

    @cached_property
    def can_undo(self) -> bool:
        """Whether a change is left to undo. One statement, unless it was read with the section (``risk.reading``)."""
        return self.changes.filter(undone_at=None).exists()

    @property
    def box_text(self) -> str:
        """What stands in the section's box: the practitioner's words, else OASys's, else nothing.

        A removed section stays empty for ever (decision R4).
        """
        if self.state == SectionState.EDITED:
            return self.text
        if self.state in (SectionState.UNREVIEWED, SectionState.UNCHANGED):
            return self.source_text
        return ""


class SectionChange(models.Model):
    """One change to a section: what stood there before, so that it can be undone (decision R5)."""

    SOURCE_TEXT: ClassVar[dict[str, object]] = {"text_before": "", "own_answer_before": ""}
    SOURCE_OF: ClassVar[str] = "section__risk_id"

    section = models.ForeignKey(RiskSection, on_delete=models.CASCADE, related_name="changes")
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=20, choices=Cause)
    state_before = models.CharField(max_length=20, choices=SectionState)
    text_before = EncryptedTextField(blank=True)
    own_answer_before = EncryptedTextField(blank=True)
    press = models.UUIDField(
        null=True, blank=True, help_text="The press of a button that changed several sections at once."
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["section", "number"], name="risk_one_change_a_number")]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} ({self.number})"
