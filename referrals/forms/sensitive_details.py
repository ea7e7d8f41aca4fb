"""What to do about each detail that may be sensitive. Nothing has to be decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from govuk.conditions import If
from govuk.fields import RadiosField, TextAreaField
from govuk.forms import Form
from govuk.questions import BoundQuestion
from referrals.actions.decide_sensitive_details import LONGEST_REASON, Decided
from referrals.models import Decision
from referrals.sensitive_details.undecided import LATER, Detail

CHOICES = (*Decision.choices, (LATER, "Decide later"))


class DetailsForm(Form):
    """One question for each detail, and a reason under keeping it. The wordings number the details, and quote none."""

    def __init__(self, *args: Any, details: Sequence[Detail], first: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.details = {name_of(detail): detail for detail in details}
        for number, (name, detail) in enumerate(self.details.items(), start=first):
            called = f"detail {number} ({detail.category.label.lower()})"
            self.fields[f"decision_{name}"] = RadiosField(
                label=f"What do you want to do about {called}?",
                choices=CHOICES,
                required=False,
                initial=LATER,
            )
            self.fields[f"reason_{name}"] = TextAreaField(
                label=f"Why is detail {number} needed to deliver the service safely?",
                hint="Never shared. Do not repeat the detail.",
                max_length=LONGEST_REASON,
                rows=2,
                error_messages={
                    "required": f"Enter why detail {number} is needed to deliver the service safely"
                },
            )
            self.conditions.append(If(f"decision_{name}", Decision.KEEP, then=(f"reason_{name}",)))

    def question_about(self, detail: Detail) -> BoundQuestion:
        """The question that belongs to one detail."""
        return self[f"decision_{name_of(detail)}"]  # type: ignore[return-value]

    def decided(self) -> list[Decided]:
        """The decisions that were made; those for later are left out."""
        return [
            Decided(detail, Decision(chosen), self.cleaned_data[f"reason_{name}"])
            for name, detail in self.details.items()
            if (chosen := self.cleaned_data[f"decision_{name}"]) not in ("", LATER)
        ]


def name_of(detail: Detail) -> str:
    """A detail's name in the form: enough of its keyed hash to be the only one."""
    return detail.hash[:20]
