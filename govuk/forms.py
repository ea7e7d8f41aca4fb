"""The form of every page: conditional questions, the error summary, and our templates for the fields.

The admin keeps Django's forms and templates; only forms derived from ``Form`` are drawn by ours.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.forms import DeclarativeFieldsMetaclass
from django.forms.renderers import TemplatesSetting

from govuk.choices import Choice
from govuk.conditions import If, InvalidCondition
from govuk.fields import HiddenField, IntegerField, PasswordField, TextField
from govuk.questions import BoundQuestion, Question
from govuk.text import is_blank, printable, with_plain_newlines


class ServiceRenderer(TemplatesSetting):
    """Draws fields with the project's Jinja templates."""

    field_template_name = "govuk/fields/text.html"


class _CheckedDeclaration(DeclarativeFieldsMetaclass):
    """Refuses a form whose conditions name what it does not have, when the module is imported."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        declared = super().__new__(mcs, name, bases, attrs)
        _check(declared)
        return declared


def _is_typed(field: forms.Field) -> bool:
    """Whether words are written into it."""
    return isinstance(field, TextField) and not isinstance(field, HiddenField | PasswordField | IntegerField)


def _check(form: Any) -> None:
    fields: dict[str, Any] = form.base_fields
    asked_by: dict[str, str] = {}
    for condition in getattr(getattr(form, "Meta", None), "conditions", ()):
        for name in (condition.field, *condition.then):
            if name not in fields:
                raise InvalidCondition(f"{form.__name__}: there is no field {name!r}")
        for name in condition.then:
            if name in asked_by:
                raise InvalidCondition(f"{form.__name__}: {name!r} cannot stand in two places")
            asked_by[name] = condition.field
        field = fields[condition.field]
        if not callable(getattr(field, "choices", None)) and field.choice(condition.value) is None:
            raise InvalidCondition(f"{form.__name__}: {condition.field!r} does not offer {condition.value!r}")
    for name in asked_by:
        parent, visited = name, {name}
        while parent := asked_by.get(parent, ""):
            if parent in visited:
                raise InvalidCondition(f"{form.__name__}: {name!r} depends on itself")
            visited.add(parent)


class Form(forms.Form, metaclass=_CheckedDeclaration):
    """A form of the service.

    ``person`` replaces ``{person}`` in every wording. Conditions stand in the class body::

        class Meta:
            conditions = [If("needs_interpreter", "YES", then=("interpreter_language",))]

    A question that is not asked is not checked, its ``clean_<name>`` is not called, and it cleans to its
    empty value. A form that adds fields in ``__init__`` may extend ``self.conditions`` there.
    """

    default_renderer = ServiceRenderer()
    use_required_attribute = False
    conditions: list[If]

    def __init__(self, *args: Any, person: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.person = printable(person)
        self.conditions = list(getattr(getattr(self, "Meta", None), "conditions", ()))

    # --- Conditions

    def is_asked(self, name: str) -> bool:
        """Whether the answers so far make this question apply."""
        conditions = [condition for condition in self.conditions if name in condition.then]
        return not conditions or any(self._is_met(condition) for condition in conditions)

    def chosen(self, name: str) -> set[str]:
        """The values chosen for a question with choices, as sent or as stored; offered or not."""
        value = self[name].value()
        values = value if isinstance(value, list | tuple) else [value]
        return {item for item in values if isinstance(item, str)}

    def revealed_by(self, name: str, value: str) -> list[str]:
        """The questions that stand under one answer of a question."""
        return [
            target
            for condition in self.conditions
            if condition.field == name and condition.value == value
            for target in condition.then
        ]

    def dropped(self) -> list[tuple[str, str]]:
        """Label and text of what stands in boxes under answers that are not chosen: saving the form leaves it out.

        As posted; as stored where the page did not send the box. Nothing that stands in an asked box, too.
        """
        texts = self.texts()
        asked = {text for name, text in texts.items() if self.is_asked(name)}
        return [
            (str(self[name].label), text)
            for name, text in texts.items()
            if not self.is_asked(name) and text not in asked
        ]

    def texts(self) -> dict[str, str]:
        """What stands in each box for words, asked for or not, by its name; without empty ones."""
        texts = {name: self._text_in(name) for name, field in self.fields.items() if _is_typed(field)}
        return {name: text for name, text in texts.items() if not is_blank(text)}

    def _text_in(self, name: str) -> str:
        field = self.fields[name]
        is_left_out = field.widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))
        value = self.get_initial_for_field(field, name) if is_left_out else self[name].value()
        return with_plain_newlines(value).strip() if isinstance(value, str) else ""

    def _is_met(self, condition: If) -> bool:
        return self.is_asked(condition.field) and condition.value in self.chosen(condition.field)

    def _clean_fields(self) -> None:
        """As Django's, but leaving out the questions that do not apply."""
        for name, field in self.fields.items():
            if isinstance(field, Question) and not self.is_asked(name):
                self.cleaned_data[name] = field.unasked()
                continue
            try:
                self.cleaned_data[name] = field._clean_bound_field(self[name])  # type: ignore[attr-defined]
                if clean := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = clean()
            except ValidationError as error:
                self.add_error(name, error)

    # --- The page

    @property
    def noticed(self) -> Sequence[Any]:
        """What the page points out about the answers without refusing them; by a form that does so."""
        return ()

    def questions(self) -> list[BoundQuestion]:
        """What the page shows from top to bottom, without the questions that stand inside an answer."""
        targets = {name for condition in self.conditions for name in condition.then}
        return [bound for bound in self.visible_fields() if bound.name not in targets]  # type: ignore[misc]

    @property
    def heading(self) -> str:
        """The label that serves as the page's h1, or nothing."""
        headings = (str(bound.label) for bound in self.questions() if bound.field.label_is_heading)
        return next(headings, "")

    def error_list(self) -> list[dict[str, str]]:
        """The lines of the error summary, ``{text, href}``, in the page's order; one for a question."""
        if not self.errors:
            return []
        lines = []
        first = next(iter(self.questions()), None)
        for message in self.errors.get(NON_FIELD_ERRORS, []):
            lines.append({"text": str(message), "href": f"#{first.first_id}" if first else ""})
        for bound in self.hidden_fields():
            lines.extend({"text": str(message), "href": ""} for message in bound.errors)
        for bound in self._with_revealed(self.questions()):
            if bound.error:
                lines.append({"text": bound.error, "href": f"#{bound.first_id}"})
        return lines

    def _with_revealed(self, questions: list[BoundQuestion]) -> Iterator[BoundQuestion]:
        for bound in questions:
            yield bound
            targets = [
                target
                for choice in bound.field.offered()
                if isinstance(choice, Choice)
                for target in self.revealed_by(bound.name, choice.value)
            ]
            yield from self._with_revealed([self[name] for name in targets])  # type: ignore[misc]
