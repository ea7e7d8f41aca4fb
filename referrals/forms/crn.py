"""The case reference number: one letter and six digits."""

from __future__ import annotations

import re

from govuk.fields import CodeField
from govuk.forms import Form

CRN = re.compile(r"[A-Z][0-9]{6}")
ENTER = "Enter a CRN"


class CrnForm(Form):
    """Asks for a CRN; spaces and small letters are forgiven."""

    crn = CodeField(
        label="What is the person’s CRN?",
        label_is_heading=True,
        hint="The case reference number in nDelius: one letter and six digits, like X123456.",
        width=10,
        max_length=20,
        error_messages={"required": ENTER},
    )

    def clean_crn(self) -> str:
        """Capital letters, in the right shape."""
        typed: str = self.cleaned_data["crn"]
        crn = "".join(typed.split()).upper()
        if not crn:
            self.add_error("crn", ENTER)
        elif not CRN.fullmatch(crn):
            self.add_error(
                "crn", "Enter a CRN in the correct format: one letter and six digits, like X123456"
            )
        return crn
