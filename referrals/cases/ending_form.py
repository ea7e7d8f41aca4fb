"""Ending a referral: the reason and what there is to say about it; then whether it is really to end."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from govuk.choices import Choice
from govuk.fields import RadiosField, TextAreaField, YesNoField
from govuk.forms import Form
from monitoring.actions.end_referral import LONGEST_COMMENTS
from monitoring.forms.crossing import CrossingForm
from monitoring.rules.end_reasons import GROUPS, REASONS


class EndForm(CrossingForm):
    """One of the reasons that can be given now (``offered``: codes), and comments."""

    comments = TextAreaField(
        label="Tell the service provider more about this reason",
        called="more about this reason",
        hint="The service provider will see this. Do not include risk or health details.",
        max_length=LONGEST_COMMENTS,
        error_messages={"required": "Enter more about this reason"},
    )

    def __init__(self, *args: Any, offered: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["reason"] = RadiosField(
            label="Why should this referral end?",
            called="why this referral should end",
            choices=[Choice(code, REASONS[code]) for _, codes in GROUPS for code in codes if code in offered],
        )
        self.order_fields(["reason", "comments"])

    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The reasons as they are drawn, under the headings of their groups."""
        items = {item["value"]: item for item in self["reason"].choice_items}  # type: ignore[attr-defined]
        grouped = [(heading, [items[code] for code in codes if code in items]) for heading, codes in GROUPS]
        return [(heading, items) for heading, items in grouped if items]


class ConfirmEndForm(Form):
    """Asked once what will happen was said."""

    confirmed = YesNoField(
        label="Are you sure you want to end this referral?",
        yes_if="you want to end this referral",
        yes_text="Yes, end this referral",
        no_text="No, keep it open",
        inline=False,
    )
