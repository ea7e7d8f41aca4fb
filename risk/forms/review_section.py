"""The question of the review page: edit, or take responsibility for sharing as it stands (seed: risk newsletter)."""

from __future__ import annotations

from govuk.conditions import If
from govuk.fields import CheckboxField, HiddenField, RadiosField
from govuk.forms import Form
from risk.wording import CURRENT_WORDING

CONFIRM = (
    "Select the box to confirm that you understand this information will be shared with the Service Provider"
)


class ReviewForm(Form):
    """Yes leads to the edit page and saves nothing; No declares, and changes nothing else."""

    edit = RadiosField(
        label="Do you want to edit this OASys risk information for the Service Provider?",
        label_size="m",
        choices=(("YES", "Yes"), ("NO", "No")),
        error_messages={
            "required": "Select yes if you want to edit this OASys risk information for the Service Provider"
        },
    )
    understood = CheckboxField(label=CURRENT_WORDING.tick, error_messages={"required": CONFIRM})
    seen = HiddenField(required=False)

    is_conflict = False

    def refuse(self, reason: str, *, is_conflict: bool = False) -> None:
        """Say why nothing was declared."""
        self.is_conflict = is_conflict
        self.add_error(None, reason)

    class Meta:
        conditions = (If("edit", "NO", then=("understood",)),)
