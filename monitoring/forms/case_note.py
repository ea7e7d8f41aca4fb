"""Writing a case note, by either side."""

from __future__ import annotations

from typing import Any

from govuk.fields import TextAreaField, TextField, YesNoField
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.form_key import FormKeyField

SUBJECT_LIMIT = 200
BODY_LIMIT = 4000


class CaseNoteForm(CrossingForm):
    """Subject, text, and whether the other side is told. ``other_side`` says who that is, with its article."""

    subject = TextField(label="Subject", called="the subject", max_length=SUBJECT_LIMIT)
    body = TextAreaField(
        label="Case note",
        called="the case note",
        hint="Write about the intervention or the person. Do not repeat what is in session feedback.",
        max_length=BODY_LIMIT,
        rows=10,
    )
    tell_other_side = YesNoField(label="Do you want to email the other organisation about this case note?")
    form_key = FormKeyField()

    lines = ("subject",)

    def __init__(self, *args: Any, other_side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        question = self.fields["tell_other_side"]
        question.label = f"Do you want to email {other_side} about this case note?"
        question.hint = "The email has a link to this service and no details."  # type: ignore[attr-defined]
        sentence = f"Select yes if you want to email {other_side} about this case note"
        question.own_messages = {"required": sentence, "unknown": sentence}  # type: ignore[attr-defined]
