"""The forms by which a practitioner gives a case the CRN that took the place of another."""

from __future__ import annotations

from typing import Any

from govuk.fields import CheckboxField, HiddenField
from govuk.forms import Form
from referrals.actions.correct_crn import Plan, seen_as
from referrals.forms.crn import CrnForm
from referrals.pulls.both_crns import BothCrns

DIFFERENT = {"name": "name", "date_of_birth": "date of birth"}
CHECK_FIRST = "Confirm that this is the same person, or enter a different CRN"


class NewCrnForm(CrnForm):
    """Asks for the CRN that nDelius has now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["crn"].label = "What is the person’s CRN now?"


class SamePersonForm(Form):
    """Confirms that it is the same person, where nDelius says something else of them; and carries what was shown."""

    same_person = CheckboxField(label="", error_messages={"required": CHECK_FIRST})
    seen = HiddenField(max_length=64)

    def __init__(self, *args: Any, planned: Plan, both: BothCrns, **kwargs: Any) -> None:
        super().__init__(*args, initial={"seen": seen_as(planned, both)}, **kwargs)
        self.differences = both.differences
        if not both.differences:
            del self.fields["same_person"]
            return
        what = DIFFERENT[both.differences[0]]  # of two, see ``BothCrns.nothing_fits``
        label = f"This is the same person, although the {what} is different"
        self.fields["same_person"] = CheckboxField(label=label, error_messages={"required": CHECK_FIRST})

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Names of the differences that the reader of the page confirmed; that it showed these, ``seen`` says."""
        return self.differences if self.cleaned_data.get("same_person") else ()
