"""Opening a case by CRN."""

from __future__ import annotations

from typing import Any

from govuk.fields import TextAreaField
from referrals.forms.crn import CrnForm


class OpenCaseForm(CrnForm):
    """A CRN and why the case is opened."""

    reason = TextAreaField(
        label="Why do you need to open this case?",
        hint="We record this with your name.",
        max_length=400,
        rows=3,
        error_messages={"required": "Enter why you need to open this case"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["crn"].label_is_heading = False  # type: ignore[attr-defined]
