"""Writing the end of service report: one desired outcome, and whatever else there is to say."""

from __future__ import annotations

from govuk.fields import HiddenField, RadiosField, TextAreaField
from monitoring.forms.crossing import CrossingForm
from monitoring.models import OutcomeAchievement

TEXT_LIMIT = 4000


class AchievementForm(CrossingForm):
    """How far one desired outcome was achieved. ``seen`` is what the page showed of it before."""

    level = RadiosField(
        label="How far was this outcome achieved?",
        called="how far this outcome was achieved",
        choices=OutcomeAchievement.Level.choices,
    )
    progress = TextAreaField(
        label="Describe their progress on this outcome",
        called="their progress on this outcome",
        max_length=TEXT_LIMIT,
        error_messages={"required": "Describe their progress on this outcome"},
    )
    remaining = TextAreaField(
        label="Is there anything else that should be done to achieve it? (optional)",
        called="what else should be done",
        max_length=TEXT_LIMIT,
        required=False,
    )
    seen = HiddenField(required=False, max_length=32)


class FurtherInformationForm(CrossingForm):
    """What else the practitioner should know; may stay empty. ``seen`` is what the page showed of it before."""

    text = TextAreaField(
        label="Is there any further information about this referral? (optional)",
        called="the further information",
        label_is_heading=True,
        hint="Include anything else the probation practitioner should know.",
        max_length=TEXT_LIMIT,
        required=False,
        rows=8,
    )
    seen = HiddenField(required=False, max_length=32)
