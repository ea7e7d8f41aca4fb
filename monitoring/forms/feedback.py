"""What is asked after an appointment: whether it happened, and then the page that fits (live form of 2024).

Which answers apply and which are needed: ``monitoring.rules.feedback``. ``meeting`` is what it is called: "appointment"
for a supplier assessment, "session" for a delivery session.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from govuk.choices import Choice, Divider
from govuk.conditions import If
from govuk.fields import (
    NO,
    YES,
    CheckboxesField,
    HiddenField,
    RadiosField,
    TextAreaField,
    YesNoField,
)
from govuk.forms import Form
from govuk.text import fill
from monitoring.forms.crossing import CrossingForm
from monitoring.models import Feedback
from monitoring.rules.feedback import Branch, FeedbackAnswers

BEHAVIOUR, CONCERNS, NOTHING = "BEHAVIOUR", "CONCERNS", "NOTHING"
DETAILS = {
    Feedback.NoSession.POP_UNACCEPTABLE.value: "details_not_complied",
    Feedback.NoSession.POP_ACCEPTABLE.value: "details_not_able",
    Feedback.NoSession.LOGISTICS.value: "details_logistics",
}


class MeetingForm(Form):
    """A form whose wordings may hold ``{meeting}``. ``as_opened`` says which draft the page showed."""

    as_opened = HiddenField(required=False, max_length=40)

    def __init__(self, *args: Any, meeting: str = "appointment", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        for field in self.fields.values():
            field.label = fill(str(field.label or ""), meeting=meeting, person="{person}")
            field.hint = fill(field.hint, meeting=meeting, person="{person}")  # type: ignore[attr-defined]
            field.called = fill(field.called, meeting=meeting, person="{person}")  # type: ignore[attr-defined]
            field.own_messages = {  # type: ignore[attr-defined]
                code: fill(sentence, meeting=meeting, person="{person}")
                for code, sentence in field.own_messages.items()  # type: ignore[attr-defined]
            }

    def boxes(self) -> dict[str, Any]:
        """What was typed in, by the names of the boxes: for a page that carries it on."""
        return {name: self[name].value() for name in self.fields if name != "as_opened"}


class AttendanceForm(MeetingForm):
    """Page 1."""

    happened = YesNoField(
        label="Did the {meeting} happen?",
        hint="It happened if you delivered something, even if it was short or did not go as planned.",
        yes_if="the {meeting} happened",
    )
    attended = YesNoField(
        label="Did {person} come to the {meeting}?", yes_if="{person} came to the {meeting}", inline=False
    )

    class Meta:
        conditions = (If("happened", NO, then=("attended",)),)

    @staticmethod
    def initial_of(answers: FeedbackAnswers) -> dict[str, Any]:
        """The boxes as answers fill them."""
        return {"happened": answers.happened, "attended": answers.attended}

    def answers(self, before: FeedbackAnswers) -> FeedbackAnswers:
        """What was said before, with this page's answers."""
        happened = self.cleaned_data["happened"]
        return replace(before, happened=happened, attended=happened or self.cleaned_data["attended"])


class BranchForm(CrossingForm, MeetingForm):
    """Page 2, of whichever branch. No name in the title: titles stay in browsers."""

    title: ClassVar[str]

    def __init__(self, *args: Any, meeting: str = "appointment", **kwargs: Any) -> None:
        super().__init__(*args, meeting=meeting, **kwargs)
        self.page_title = fill(self.title, meeting=meeting)

    @staticmethod
    def initial_of(answers: FeedbackAnswers) -> dict[str, Any]:
        """The boxes as answers fill them."""
        raise NotImplementedError

    def answers(self, before: FeedbackAnswers) -> FeedbackAnswers:
        """What was said before, with this page's answers."""
        raise NotImplementedError


def _concerns() -> TextAreaField:
    return TextAreaField(
        label="What concerned you?",
        hint="We will email the probation practitioner to say there is something to read in this service.",
        error_messages={"required": "Enter what concerned you"},
    )


class HeldForm(BranchForm):
    """Page 2 when it happened."""

    title = "You told us that the {meeting} happened"
    was_late = YesNoField(
        label="Was {person} late?",
        hint="This helps the probation practitioner to support them.",
        yes_if="{person} was late",
    )
    late_reason = TextAreaField(
        label="How late were they, and why, if you know?",
        rows=3,
        error_messages={"required": "Enter how late they were, and why if you know"},
    )
    what_was_done = TextAreaField(
        label="What did you do in the {meeting}?",
        hint="Include what you did and what was achieved.",
        error_messages={"required": "Enter what you did in the {meeting}"},
    )
    how_they_responded = TextAreaField(
        label="How did {person} respond?",
        hint="Include how they took part, their progress and any improvements.",
        error_messages={"required": "Enter how {person} responded"},
    )
    notify = CheckboxesField(
        label="Does the probation practitioner need to know about any issues?",
        called="whether the probation practitioner needs to know about any issues",
        choices=[
            (BEHAVIOUR, "Yes, {person} behaved poorly"),
            (CONCERNS, "Yes, something concerned me"),
            Divider(),
            Choice(NOTHING, "No", exclusive=True),
        ],
    )
    behaviour = TextAreaField(
        label="How did they behave?",
        hint="We will email the probation practitioner to say there is something to read in this service.",
        error_messages={"required": "Enter how they behaved"},
    )
    concerns = _concerns()
    next_plans = TextAreaField(
        label="Is anything planned for the next session? (optional)",
        hint="You will see this when you arrange and record the next session.",
        required=False,
    )

    class Meta:
        conditions = (
            If("was_late", YES, then=("late_reason",)),
            If("notify", BEHAVIOUR, then=("behaviour",)),
            If("notify", CONCERNS, then=("concerns",)),
        )

    @staticmethod
    def initial_of(answers: FeedbackAnswers) -> dict[str, Any]:
        """The boxes as answers fill them."""
        names = (
            "was_late",
            "late_reason",
            "what_was_done",
            "how_they_responded",
            "behaviour",
            "concerns",
            "next_plans",
        )
        notify = [BEHAVIOUR] * bool(answers.notify_of_behaviour) + [CONCERNS] * bool(
            answers.notify_of_concerns
        )
        if not notify and answers.notify_of_behaviour is not None:
            notify = [NOTHING]
        return {name: getattr(answers, name) for name in names} | {"notify": notify}

    def answers(self, before: FeedbackAnswers) -> FeedbackAnswers:
        """What was said before, with this page's answers."""
        said = dict(self.cleaned_data)
        notify = said.pop("notify")
        said.pop("as_opened", None)
        return replace(
            before, **said, notify_of_behaviour=BEHAVIOUR in notify, notify_of_concerns=CONCERNS in notify
        )


class NotHeldForm(BranchForm):
    """Page 2 when they came and it did not happen."""

    title = "You told us that they came and the {meeting} did not happen"
    reason = RadiosField(
        label="Why did the {meeting} not happen?",
        called="why the {meeting} did not happen",
        choices=[(reason.value, reason.label) for reason in Feedback.NoSession],
        error_messages={"required": "Select why the {meeting} did not happen"},
    )
    details_not_complied = TextAreaField(
        label="What happened?", error_messages={"required": "Enter what happened"}
    )
    details_not_able = TextAreaField(
        label="What happened?", error_messages={"required": "Enter what happened"}
    )
    details_logistics = TextAreaField(
        label="What happened?", error_messages={"required": "Enter what happened"}
    )
    notify = YesNoField(
        label="Does the probation practitioner need to know about any issues?",
        yes_if="the probation practitioner needs to know about any issues",
    )
    concerns = _concerns()

    class Meta:
        conditions = (
            *(If("reason", reason, then=(box,)) for reason, box in DETAILS.items()),
            If("notify", YES, then=("concerns",)),
        )

    @staticmethod
    def initial_of(answers: FeedbackAnswers) -> dict[str, Any]:
        """The boxes as answers fill them."""
        initial = {
            "reason": answers.no_session_reason,
            "notify": answers.notify_of_concerns,
            "concerns": answers.concerns,
        }
        box = DETAILS.get(answers.no_session_reason)
        return initial | ({box: answers.no_session_details} if box else {})

    def answers(self, before: FeedbackAnswers) -> FeedbackAnswers:
        """What was said before, with this page's answers."""
        said = self.cleaned_data
        return replace(
            before,
            no_session_reason=said["reason"],
            no_session_details=said[DETAILS[said["reason"]]],
            notify_of_concerns=said["notify"],
            concerns=said["concerns"],
        )


class MissedForm(BranchForm):
    """Page 2 when they did not come."""

    title = "You told us that they did not come to the {meeting}"
    no_attendance_information = TextAreaField(
        label="What do you know about why they did not come?",
        hint="Include how you tried to contact them. We will email the probation practitioner.",
        error_messages={
            "required": "Enter what you know about why they did not come, and how you tried to contact them"
        },
    )
    notify = YesNoField(
        label="Does the probation practitioner need to know about any issues?",
        hint="Other than not attending.",
        yes_if="the probation practitioner needs to know about any issues",
    )
    concerns = _concerns()

    class Meta:
        conditions = (If("notify", YES, then=("concerns",)),)

    @staticmethod
    def initial_of(answers: FeedbackAnswers) -> dict[str, Any]:
        """The boxes as answers fill them."""
        return {
            "no_attendance_information": answers.no_attendance_information,
            "notify": answers.notify_of_concerns,
            "concerns": answers.concerns,
        }

    def answers(self, before: FeedbackAnswers) -> FeedbackAnswers:
        """What was said before, with this page's answers."""
        said = self.cleaned_data
        return replace(
            before,
            no_attendance_information=said["no_attendance_information"],
            notify_of_concerns=said["notify"],
            concerns=said["concerns"],
        )


FORMS: dict[Branch, type[BranchForm]] = {
    Branch.HELD: HeldForm,
    Branch.NOT_HELD: NotHeldForm,
    Branch.MISSED: MissedForm,
}
