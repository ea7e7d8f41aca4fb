"""Recalling risk information: why, and which version."""

from __future__ import annotations

from typing import Any

from govuk.fields import HiddenField, TextAreaField
from monitoring.actions.share_again import LONGEST_REASON
from monitoring.forms.crossing import CrossingForm


class VersionField(HiddenField):
    """The number of the version that the page showed; cleans to ``int``."""

    def to_python(self, value: Any) -> Any:
        """The number, or the message that the page was not sent completely."""
        typed = super().to_python(value)
        if not typed.isdecimal() or len(typed) > 4:
            raise self.problem("required")
        return int(typed)


class RecallForm(CrossingForm):
    """Why a version is recalled, which both sides read in the change log."""

    reason = TextAreaField(
        label="Why are you recalling the risk information?",
        called="why you are recalling the risk information",
        hint="The service provider will see this. Do not repeat any of the information.",
        max_length=LONGEST_REASON,
        rows=4,
        error_messages={"required": "Enter why you are recalling the risk information"},
    )
    number = VersionField()
