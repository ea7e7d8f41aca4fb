"""The case reference number: one letter and six digits."""

from __future__ import annotations

from events.crn import Crn, crn_of
from govuk.fields import CodeField
from govuk.forms import Form

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

    def clean_crn(self) -> Crn | None:
        """Capital letters, in the right shape."""
        typed: str = self.cleaned_data["crn"]
        crn = crn_of(typed)
        if not typed.strip():
            self.add_error("crn", ENTER)
        elif crn is None:
            self.add_error(
                "crn", "Enter a CRN in the correct format: one letter and six digits, like X123456"
            )
        return crn
