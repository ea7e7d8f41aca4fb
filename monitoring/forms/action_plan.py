"""Writing an action plan: one activity, and how many sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from govuk.choices import Choice
from govuk.fields import HiddenField, IntegerField, RadiosField, TextAreaField
from govuk.forms import Form
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.form_key import FormKeyField
from monitoring.models import ReceivedOutcome

ACTIVITY_LIMIT = 4000


class ActivityForm(CrossingForm):
    """An activity towards one of the referral's desired outcomes. ``seen`` is what the page showed of it before."""

    text = TextAreaField(
        label="What will be done?",
        called="what will be done",
        hint="Enter one activity. The probation practitioner can see it after you submit the action plan.",
        max_length=ACTIVITY_LIMIT,
        error_messages={"required": "Enter what will be done"},
    )
    form_key = FormKeyField()
    seen = HiddenField(required=False, max_length=32)

    field_order = ("outcome", "text")

    def __init__(self, *args: Any, outcomes: Sequence[ReceivedOutcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = len({outcome.service_id for outcome in outcomes}) > 1
        self.fields["outcome"] = RadiosField(
            label="Which desired outcome is it for?",
            called="which desired outcome it is for",
            choices=[
                Choice(str(one.pk), one.text, one.service.category_name if several else "")
                for one in outcomes
            ],
        )
        self.order_fields(self.field_order)


class SessionsForm(Form):
    """How many delivery sessions; never fewer than there are (``fewest``)."""

    def __init__(self, *args: Any, fewest: int, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sessions"] = IntegerField(
            label="How many delivery sessions will there be?",
            called="the number of sessions",
            label_is_heading=True,
            hint=(
                f"At least {fewest}, because that many are already planned or recorded."
                if fewest > 1
                else "You can add more later in a new version of the action plan."
            ),
            min_value=fewest,
            max_value=most,
            error_messages={
                "required": "Enter how many delivery sessions there will be",
                "out_of_range": f"The number of sessions must be between {fewest} and {most}",
            },
        )
