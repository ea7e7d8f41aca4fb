"""Asking about what was shared, and answering."""

from __future__ import annotations

from typing import Any

from govuk.choices import Choice
from govuk.fields import CheckboxField, RadiosField, SelectField, TextAreaField
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.form_key import FormKeyField
from monitoring.models import Question, ReceivedReferral
from monitoring.rules.question_parts import parts_of


class AskForm(CrossingForm):
    """Which part, what is wrong with it, and the question."""

    about = SelectField(
        label="Which part of the referral is it about?",
        called="the part of the referral",
        empty_text="Select a part",
        choices=[],
    )
    kind = RadiosField(
        label="What is it about this part?",
        called="what it is about this part",
        choices=[Choice(value, label) for value, label in Question.Kind.choices],
    )
    text = TextAreaField(
        label="Your question",
        called="your question",
        hint="The probation practitioner will see and answer this.",
    )
    form_key = FormKeyField()

    def __init__(self, *args: Any, received: ReceivedReferral, **kwargs: Any) -> None:
        super().__init__(*args, received=received, **kwargs)
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (part, label) for part, label in parts_of(received.services.all()).items()
        ]


class AnswerForm(CrossingForm):
    """The answer, and whether a corrected version of the shared information will follow."""

    answer = TextAreaField(
        label="Your answer",
        called="your answer",
        hint="The service provider will see this. It does not change the referral.",
        rows=8,
    )
    correction_follows = CheckboxField(
        label="I will share a corrected version of this information", required=False
    )
