"""Choosing which emails to get."""

from __future__ import annotations

from typing import Any

from govuk.choices import Choice
from govuk.fields import CheckboxesField, RadiosField
from govuk.forms import Form
from notifications.keeping import Choice as Chosen
from notifications.types import choices_of

AT_ONCE, DAILY = "AT_ONCE", "DAILY"


class EmailsForm(Form):
    """How often, and about what. ``audience``: the side that chooses; ``chosen``: what it chose before."""

    how_often = RadiosField(
        label="How often do you want emails?",
        called="how often you want emails",
        choices=[
            Choice(AT_ONCE, "An email for each notification"),
            Choice(DAILY, "One email a day", hint="At 7am, if there is anything new."),
        ],
    )

    def __init__(self, *args: Any, audience: str, chosen: Chosen, **kwargs: Any) -> None:
        self.offered = {told.value: label for told, label in choices_of(audience).items()}
        kwargs["initial"] = {
            "how_often": DAILY if chosen.daily else AT_ONCE,
            "wanted": [name for name in self.offered if name not in chosen.switched_off],
        }
        super().__init__(*args, **kwargs)
        self.fields["wanted"] = CheckboxesField(
            label="What do you want emails about?",
            hint="You will see everything in your list of notifications, even if you do not get an email.",
            choices=[Choice(name, label) for name, label in self.offered.items()],
            required=False,
        )

    def choice(self) -> Chosen:
        """What was chosen, of a valid form."""
        wanted = set(self.cleaned_data["wanted"])
        return Chosen(frozenset(self.offered) - wanted, self.cleaned_data["how_often"] == DAILY)
