"""The case reference number: one letter and six digits."""

from __future__ import annotations

from events.crn import Crn, crn_of
from events.crn_changes.numbers import current_crn
from govuk.fields import CodeField
from govuk.forms import Form

ENTER = "Enter a CRN"


class CrnForm(Form):
    """Asks for a CRN; spaces and small letters are forgiven. Cleans to the one that took its place, if one did."""

    former: str | None = None  # what was typed, where another took its place

    crn = CodeField(
        label="What is the person’s CRN?",
        label_is_heading=True,
        hint="The case reference number in nDelius: 1 letter and 6 numbers, like X123456.",
        width=10,
        max_length=20,
        error_messages={"required": ENTER},
    )

    def clean_crn(self) -> Crn | None:
        """Capital letters, in the right shape, as it is now."""
        typed: str = self.cleaned_data["crn"]
        crn = crn_of(typed)
        if not typed.strip():
            self.add_error("crn", ENTER)
        elif crn is None:
            self.add_error(
                "crn", "Enter a CRN in the correct format: 1 letter and 6 numbers, like X123456"
            )
        if crn is None:
            return None
        now = current_crn(crn)
        self.former = crn if now != crn else None
        return now

    @property
    def corrected(self) -> str:
        """That the CRN that was typed is another now; or nothing."""
        return f"CRN {self.former} is now {self.cleaned_data['crn']}." if self.former else ""
