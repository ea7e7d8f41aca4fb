"""Pausing the time limits of a case, and letting them go on."""

from __future__ import annotations

from govuk.fields import DateField, TextAreaField
from govuk.forms import Form
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.form_key import FormKeyField

REASON_LIMIT = 400


class PauseForm(CrossingForm):
    """From when, and why."""

    starts_on = DateField(
        label="What is the first day of the pause?",
        called="the first day",
        expected="today or in the past",
        hint="This must be today or in the past, but not before the referral was received.",
    )
    reason = TextAreaField(
        label="Why are the time limits paused?",
        called="why the time limits are paused",
        hint="The probation practitioner will see this. Do not include health details.",
        max_length=REASON_LIMIT,
        rows=3,
        error_messages={"required": "Enter why the time limits are paused"},
    )
    form_key = FormKeyField()


class ResumeForm(Form):
    """Until when."""

    ends_on = DateField(
        label="What was the last day of the pause?",
        called="the last day",
        expected="today or in the past",
        label_is_heading=True,
        hint="This must be today or in the past. The time limits restart the day after.",
    )
