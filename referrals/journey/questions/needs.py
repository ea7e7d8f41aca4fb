"""Questions about needs: the criminogenic needs OASys found, and what the service must take into account."""

from __future__ import annotations

from typing import Any

from govuk.choices import Choice, Divider
from govuk.conditions import If
from govuk.fields import CheckboxesField, TextAreaField, TextField, YesNoField
from monitoring.handover import labels
from referrals.journey.answers import (
    AccessibilityNeeds,
    AdditionalNeeds,
    CriminogenicNeeds,
    Diversity,
    Interpreter,
    NeedWithComment,
    Responsibilities,
)
from referrals.journey.criminogenic_needs import KnownNeed, NeedsTable, as_table, needs_to_choose_from
from referrals.journey.pages import Found, Page, Row, text, yes_no
from referrals.journey.situation import Situation

NONE_OF_THESE = "NONE"


class CriminogenicNeedsPage(Page):
    """Which criminogenic needs are shared, each with a comment (seed: bite-sized guide; decision F10)."""

    answers = CriminogenicNeeds
    question = "{person}’s criminogenic needs"
    template = "referrals/journey/criminogenic_needs.html"

    shared = CheckboxesField(
        label="Which criminogenic needs do you want to share with the service provider?",
        choices=(),
        error_messages={"required": "Select the needs you want to share, or select “Do not share any”"},
    )

    def arrange(self) -> None:
        """Offer the needs of the assessment (else the usual ones), with a comment box under each."""
        offered = needs_to_choose_from(self.situation.oasys_needs)
        self.names = {need.section: need.name for need in offered}
        self.fields["shared"].choices = (  # type: ignore[attr-defined]
            *(Choice(need.section, need.name, hint=_in_oasys(need)) for need in offered),
            Divider("or"),
            Choice(NONE_OF_THESE, "Do not share any", exclusive=True),
        )
        for need in offered:
            name = f"comment_{need.section}"
            self.fields[name] = TextAreaField(
                label=f"What does the service provider need to know about {need.name.lower()}?",
                rows=3,
                error_messages={
                    "required": f"Enter what the service provider needs to know about {need.name.lower()}"
                },
            )
            self.conditions.append(If("shared", need.section, then=(name,)))

    def beside(self) -> NeedsTable | None:
        """What OASys says of each need."""
        return as_table(self.situation.oasys_needs, self.situation.chosen_services)

    @classmethod
    def first_values(cls, answers: CriminogenicNeeds, situation: Situation, found: Found) -> dict[str, Any]:
        """What was chosen before, with its comments."""
        if answers.criminogenic_needs is None:
            return {}
        chosen = [need.section for need in answers.criminogenic_needs]
        comments = {f"comment_{need.section}": need.comment for need in answers.criminogenic_needs}
        return {"shared": chosen or [NONE_OF_THESE], **comments}

    def given(self) -> CriminogenicNeeds:
        """The chosen needs in the order offered."""
        chosen = [section for section in self.cleaned_data["shared"] if section != NONE_OF_THESE]
        return CriminogenicNeeds(
            tuple(
                NeedWithComment(section, self.names[section], self.cleaned_data[f"comment_{section}"])
                for section in chosen
            )
        )

    @classmethod
    def is_answered(cls, answers: CriminogenicNeeds) -> bool:
        """Answered once chosen, each need with its comment, or none to share."""
        return answers.criminogenic_needs is not None and all(
            need.comment.strip() for need in answers.criminogenic_needs
        )

    @classmethod
    def rows(cls, answers: CriminogenicNeeds, situation: Situation) -> list[Row]:
        """Each need with its comment."""
        if answers.criminogenic_needs is None:
            return [Row(labels.CRIMINOGENIC_NEEDS, labels.NOT_PROVIDED)]
        shared = tuple(
            labels.need_with_comment(need.name, need.comment) for need in answers.criminogenic_needs
        )
        return [Row(labels.CRIMINOGENIC_NEEDS, shared or labels.NOT_SHARED)]


def _in_oasys(need: KnownNeed) -> str:
    return f"OASys: {need.status.lower()}" if need.status else ""


class AdditionalNeedsPage(Page):
    """Anything else about the person that the service should plan for. Optional."""

    answers = AdditionalNeeds
    question = "Does {person} have any additional needs?"

    additional_needs = TextAreaField(
        label=f"{labels.ADDITIONAL_NEEDS} (optional)",
        hint="For example, low literacy, no internet access or support already in place.",
        required=False,
    )

    @classmethod
    def is_answered(cls, answers: AdditionalNeeds) -> bool:
        """Left empty on purpose counts."""
        return answers.additional_needs is not None

    @classmethod
    def rows(cls, answers: AdditionalNeeds, situation: Situation) -> list[Row]:
        """The text."""
        return [Row(labels.ADDITIONAL_NEEDS, text(answers.additional_needs))]


class AccessibilityNeedsPage(Page):
    """Mobility, disability or accessibility needs. Optional."""

    answers = AccessibilityNeeds
    question = "Does {person} have any mobility, disability or accessibility needs?"

    accessibility_needs = TextAreaField(
        label=f"{labels.ACCESSIBILITY_NEEDS} (optional)",
        hint="For example, step-free access, large print, a hearing loop or more time to process information.",
        required=False,
    )

    @classmethod
    def is_answered(cls, answers: AccessibilityNeeds) -> bool:
        """Left empty on purpose counts."""
        return answers.accessibility_needs is not None

    @classmethod
    def rows(cls, answers: AccessibilityNeeds, situation: Situation) -> list[Row]:
        """The text."""
        return [Row(labels.ACCESSIBILITY_NEEDS, text(answers.accessibility_needs))]


class InterpreterPage(Page):
    """Whether an interpreter is needed, and for which language."""

    answers = Interpreter
    question = "Does {person} need an interpreter?"

    needs_interpreter = YesNoField(
        label="Does {person} need an interpreter?",
        label_is_heading=True,
        yes_if="{person} needs an interpreter",
        inline=False,
    )
    interpreter_language = TextField(
        label=labels.INTERPRETER_LANGUAGE,
        max_length=200,
        width=20,
        error_messages={"required": "Enter the language they need an interpreter for"},
    )

    class Meta:
        conditions = (If("needs_interpreter", "YES", then=("interpreter_language",)),)

    @classmethod
    def is_answered(cls, answers: Interpreter) -> bool:
        """The language is needed only when an interpreter is."""
        return answers.needs_interpreter is False or bool(
            answers.needs_interpreter and answers.interpreter_language
        )

    @classmethod
    def rows(cls, answers: Interpreter, situation: Situation) -> list[Row]:
        """Yes or no, and the language."""
        rows = [Row(labels.NEEDS_INTERPRETER, yes_no(answers.needs_interpreter))]
        if answers.needs_interpreter:
            rows.append(Row(labels.INTERPRETER_LANGUAGE, text(answers.interpreter_language)))
        return rows


class ResponsibilitiesPage(Page):
    """Caring or employment responsibilities, and when they keep the person away."""

    answers = Responsibilities
    question = "Does {person} have caring or employment responsibilities?"

    has_responsibilities = YesNoField(
        label="Does {person} have caring or employment responsibilities?",
        label_is_heading=True,
        hint="Include anything that affects when or where they can attend.",
        yes_if="{person} has caring or employment responsibilities",
        inline=False,
    )
    when_unavailable = TextAreaField(
        label="When are they unavailable?",
        hint="For example, weekday school runs or night shifts.",
        rows=3,
        error_messages={"required": "Enter when {person} is unavailable"},
    )

    class Meta:
        conditions = (If("has_responsibilities", "YES", then=("when_unavailable",)),)

    @classmethod
    def is_answered(cls, answers: Responsibilities) -> bool:
        """The times are needed only when there are responsibilities."""
        return answers.has_responsibilities is False or bool(
            answers.has_responsibilities and answers.when_unavailable
        )

    @classmethod
    def rows(cls, answers: Responsibilities, situation: Situation) -> list[Row]:
        """Yes or no, and when."""
        rows = [Row(labels.RESPONSIBILITIES, yes_no(answers.has_responsibilities))]
        if answers.has_responsibilities:
            rows.append(Row(labels.WHEN_UNAVAILABLE, text(answers.when_unavailable)))
        return rows


class DiversityPage(Page):
    """Diversity considerations (seed: bite-sized guide). Optional."""

    answers = Diversity
    question = "Are there any diversity considerations for {person}?"

    diversity = TextAreaField(
        label=f"{labels.DIVERSITY} (optional)",
        hint="For example, culture, faith, gender identity or who they prefer to work with. Include only what helps "
        "the service provider deliver the service.",
        required=False,
    )

    @classmethod
    def is_answered(cls, answers: Diversity) -> bool:
        """Left empty on purpose counts."""
        return answers.diversity is not None

    @classmethod
    def rows(cls, answers: Diversity, situation: Situation) -> list[Row]:
        """The text."""
        return [Row(labels.DIVERSITY, text(answers.diversity))]
