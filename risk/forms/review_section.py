"""The question of the review page: edit, or take responsibility for sharing as it stands (seed: risk newsletter)."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from govuk.conditions import If
from govuk.fields import CheckboxField, HiddenField, RadiosField
from govuk.forms import Form
from risk.wording import CURRENT_WORDING

if TYPE_CHECKING:
    from risk.forms.edit_section import EditForm

CONFIRM = (
    "Select the box to confirm that you understand this information will be shared with the Service Provider"
)

#: Which wording the page showed. Pages of before carry none, or another.
WORDING_FIELD = "wording_seen"
OTHER_WORDING = "The words that you confirm changed after you opened the page. Read them and confirm again"


def refuse_other_wording(form: ReviewForm | EditForm) -> None:
    """Nobody confirms words that their page did not show: the tick is to be given anew, under the words of now."""
    if "understood" not in form.cleaned_data or not form.cleaned_data["understood"]:
        return
    if form.data.get(WORDING_FIELD) == CURRENT_WORDING.version:
        return
    if "seen" not in form.data:  # not from a page of ours: what was not seen is refused when it is declared
        return
    data: Any = copy(form.data)
    data.pop("understood", None)
    form.data = data
    form.add_error("understood", OTHER_WORDING)
    form.is_conflict = True


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

    @property
    def wording(self) -> str:
        """The version of the words to confirm, which the page carries."""
        return CURRENT_WORDING.version

    def clean(self) -> dict[str, Any]:
        """The words that are confirmed are those of now."""
        super().clean()
        refuse_other_wording(self)
        return self.cleaned_data

    def refuse(self, reason: str, *, is_conflict: bool = False) -> None:
        """Say why nothing was declared."""
        self.is_conflict = is_conflict
        self.add_error(None, reason)

    class Meta:
        conditions = (If("edit", "NO", then=("understood",)),)
