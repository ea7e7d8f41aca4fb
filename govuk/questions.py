"""What every field of the service has in common: its words, its messages, and how it meets its template.

Knows the shape of a GOV.UK form group. Must not know any one component; see ``govuk.fields``.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from markupsafe import Markup

from govuk import text
from govuk.choices import Choice, Divider

if TYPE_CHECKING:
    from govuk.forms import Form


class OfferedAnswer(NamedTuple):
    """An answer of a list, or a divider between two. ``id``: of its control. ``revealed``: questions under it."""

    id: str
    value: str = ""
    text: str = ""
    hint: str = ""
    is_chosen: bool = False
    is_exclusive: bool = False
    revealed: Markup = Markup()
    divider: str = ""


class BoundQuestion(BoundField):
    """A field of one form with its answer: what the templates in ``templates/govuk/fields/`` read."""

    form: "Form"
    field: "Question"

    def __init__(self, form: "Form", field: "Question", name: str) -> None:
        super().__init__(form, field, name)
        field.person = form.person  # here and not in the form's __init__: a form may add fields later
        self.label: str = field.filled(str(field.label or ""))
        self.hint = field.filled(field.hint)

    @property
    def error(self) -> str:
        """The first thing wrong with this answer, or nothing."""
        return str(self.errors[0]) if self.errors else ""

    @property
    def first_id(self) -> str:
        """The id of the control that a link in the error summary leads to."""
        return self.field.first_id(self)

    @property
    def is_conditional(self) -> bool:
        """Whether this question stands inside an answer of another question."""
        return any(self.name in condition.then for condition in self.form.conditions)

    @property
    def label_size(self) -> str:
        """GOV.UK size of the label: large as the page's heading, plain inside another question."""
        if self.field.label_is_heading:
            return "l"
        return "" if self.is_conditional else self.field.label_size

    @property
    def is_inline(self) -> bool:
        """Whether the answers stand side by side; never when a question unfolds under one of them."""
        reveals = any(condition.field == self.name for condition in self.form.conditions)
        return bool(getattr(self.field, "inline", False)) and not reveals

    @property
    def text(self) -> str:
        """The answer as text for an input."""
        return text.printable(self.value())

    @property
    def textarea_text(self) -> Markup:
        """The answer as text for a textarea."""
        return text.inside_textarea(self.text)

    @property
    def width_class(self) -> str:
        """CSS class for ``width``: a number of characters ("10") or a share of the row ("two-thirds")."""
        width = str(self.field.width)
        if not width:
            return ""
        return f"govuk-input--width-{width}" if width.isdigit() else f"govuk-!-width-{width}"

    @property
    def answers(self) -> list[OfferedAnswer]:
        """The offered answers and dividers in their order, with what unfolds under each."""
        chosen = self.form.chosen(self.name)
        offered = []
        for number, choice in enumerate(self.field.offered(), start=1):
            key = f"{self.auto_id}-{number}" if number > 1 else self.auto_id
            if isinstance(choice, Divider):
                offered.append(OfferedAnswer(key, divider=choice.text))
                continue
            revealed = Markup().join(
                self.form[name].as_field_group() for name in self.form.revealed_by(self.name, choice.value)
            )
            offered.append(
                OfferedAnswer(
                    key,
                    choice.value,
                    self.field.filled(choice.label),
                    self.field.filled(choice.hint),
                    choice.value in chosen,
                    choice.exclusive,
                    revealed,
                )
            )
        return offered

    @property
    def choice_items(self) -> list[dict[str, Any]]:
        """The same for GOV.UK's macros."""
        return [
            {"divider": one.divider}
            if one.divider
            else {
                "value": one.value,
                "text": one.text,
                "hint": {"text": one.hint} if one.hint else None,
                "behaviour": "exclusive" if one.is_exclusive else None,
                "checked": one.is_chosen,
                "selected": one.is_chosen,
                "conditional": {"html": one.revealed} if one.revealed else None,
            }
            for one in self.answers
        ]


class Question(forms.Field):
    """A form field that knows its GOV.UK component.

    Every field takes:

    - ``label``: what is asked; may hold ``{person}``, as may every other wording.
    - ``hint``: help under the label.
    - ``called``: the answer's name inside a message, with its article ("the completion date");
      made from the label when not given.
    - ``label_is_heading``: the label is the page's h1.
    - ``label_size``: "s" (default), "m", "l" or "" for plain.
    - ``width``: characters (2, 3, 4, 5, 10, 20, 30) or a share ("two-thirds", "one-half", "full").
    - ``required``: with a condition, "required when asked".
    - ``error_messages``: own sentence for a code; the codes stand in each field's ``messages``.
    """

    template: ClassVar[str]
    messages: ClassVar[Mapping[str, str]] = {"required": "Enter {called}"}

    def __init__(
        self,
        *,
        label: str,
        hint: str = "",
        called: str = "",
        label_is_heading: bool = False,
        label_size: str = "s",
        width: str | int = "",
        required: bool = True,
        initial: Any = None,
        error_messages: Mapping[str, str] | None = None,
        validators: Iterable[Callable[[Any], None]] = (),
    ) -> None:
        super().__init__(
            required=required,
            label=label,
            initial=initial,
            validators=tuple(validators),
            template_name=self.template,
            bound_field_class=BoundQuestion,
        )
        self.hint = hint
        self.called = called
        self.label_is_heading = label_is_heading
        self.label_size = label_size
        self.width = width
        self.own_messages = dict(error_messages or {})
        self.person = ""  # known once the field is bound to a form

    def filled(self, words: str) -> str:
        """The words with ``{person}`` replaced by the name that the form was given."""
        return text.fill(words, person=self.person)

    def problem(self, code: str, **words: str) -> ValidationError:
        """The error for a code, in this field's words."""
        called = self.filled(self.called or text.mid_sentence(str(self.label)))
        template = self.own_messages.get(code) or self.messages[code]
        message = text.fill(
            template, person=self.person, called=called, Called=text.sentence_start(called), **words
        )
        return ValidationError(message, code=code)

    def validate(self, value: Any) -> None:
        if value in self.empty_values and self.required:
            raise self.problem("required")

    def unasked(self) -> Any:
        """The cleaned value of a question that was not asked."""
        return ""

    def first_id(self, bound: BoundQuestion) -> str:
        """The id of the first control."""
        return bound.auto_id

    def offered(self) -> tuple[Choice | Divider, ...]:
        """The answers to choose from; none for a field that is typed."""
        return ()

    def choice(self, value: str) -> Choice | None:
        """The offered answer with this value."""
        found = (item for item in self.offered() if isinstance(item, Choice) and item.value == value)
        return next(found, None)
