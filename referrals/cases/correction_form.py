"""Sharing a corrected version: why, and the declaration."""

from __future__ import annotations

from typing import Any

from govuk.fields import CheckboxField, HiddenField, TextAreaField
from monitoring.actions.share_again import LONGEST_REASON
from monitoring.forms.crossing import CrossingForm
from risk.forms.review_section import CONFIRM, OTHER_WORDING, WORDING_FIELD
from risk.models import RiskInformation
from risk.presenters.sections import SectionView
from risk.wording import CORRECTION_WORDING


class CorrectionForm(CrossingForm):
    """The reason, which both sides read in the change log, and the tick over exactly what the page showed."""

    reason = TextAreaField(
        label="Why are you sharing a corrected version?",
        called="why you are sharing a corrected version",
        hint="The service provider will see this. Do not repeat risk information.",
        max_length=LONGEST_REASON,
        rows=4,
        error_messages={"required": "Enter why you are sharing a corrected version"},
    )
    understood = CheckboxField(label=CORRECTION_WORDING.tick, error_messages={"required": CONFIRM})
    seen = HiddenField(required=False)
    unsaved_seen = HiddenField(required=False)
    recall_seen = HiddenField(required=False)

    def __init__(self, *args: Any, risk: RiskInformation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.risk = risk
        self.is_conflict = False
        self.problems: list[SectionView] = []

    @property
    def wording(self) -> str:
        """The version of the words to confirm, which the page carries."""
        return CORRECTION_WORDING.version

    def clean(self) -> dict[str, Any]:
        """Nobody confirms words that their page did not show."""
        super().clean()
        is_ticked = self.cleaned_data.get("understood")
        if is_ticked and self.data.get(WORDING_FIELD) != CORRECTION_WORDING.version:
            self.is_conflict = True
            self.add_error("understood", OTHER_WORDING)
        return self.cleaned_data

    def refuse(self, reason: str, *, is_conflict: bool = False) -> None:
        """Say why nothing was shared."""
        self.is_conflict = is_conflict
        self.add_error(None, reason)

    def to_share(self) -> dict[str, Any]:
        """What the action takes of it."""
        return {
            "reason": self.cleaned_data["reason"],
            "wording_version": CORRECTION_WORDING.version,
            "seen": self.cleaned_data["seen"],
            "unsaved_seen": self.cleaned_data["unsaved_seen"],
            "recall_seen": bool(self.cleaned_data["recall_seen"]),
        }
