"""Choosing a caseworker, and confirming the choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.models import User
from govuk import fields, forms
from govuk.choices import Choice
from govuk.template_filters import plural
from monitoring.forms.form_key import FormKeyField

MOST_RADIOS = 10  # above that a page of radios is longer than a list is hard


class ChooseCaseworkerForm(forms.Form):
    """Whom to give the case to: radios for a few colleagues, a list for many. Each with how many cases they have."""

    def __init__(
        self,
        *args: Any,
        colleagues: Sequence[User],
        load: Mapping[int, int],
        problem: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        shape: dict[str, Any] = {
            "label": "Who will be the caseworker?",
            "called": "who will be the caseworker",
            "label_size": "m",
            "error_messages": {"required": problem, "unknown": problem},
            "hint": "The number of open cases includes contracts you can see.",
        }
        loads = {person.pk: plural(load.get(person.pk, 0), "open case") for person in colleagues}
        if len(colleagues) > MOST_RADIOS:
            in_a_list = [
                Choice(str(person.pk), f"{person.display_name} ({loads[person.pk]})") for person in colleagues
            ]
            field: fields.Question = fields.SelectField(choices=in_a_list, **shape)
        else:
            apart = [Choice(str(person.pk), person.display_name, loads[person.pk]) for person in colleagues]
            field = fields.RadiosField(choices=apart, **shape)
        self.fields["caseworker"] = field


class ReassignForm(ChooseCaseworkerForm):
    """Which cases of people who have left, and whom to give them to."""

    cases = fields.CheckboxesField(
        label="Which cases do you want to reassign?", called="at least one case", choices=[], small=True
    )
    form_key = FormKeyField()

    def __init__(self, *args: Any, cases: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = cases  # type: ignore[attr-defined]
        self.order_fields(("cases", "caseworker"))

    def clean_cases(self) -> list[UUID]:
        """Their ids. Whether each can be reassigned is decided by the action."""
        try:
            return [UUID(pk) for pk in self.cleaned_data["cases"]]
        except ValueError:
            raise ValidationError("Select at least one case") from None


class ConfirmCaseworkerForm(forms.Form):
    """Nothing to type: the key of the form, and whom the page showed as the caseworker until now."""

    form_key = FormKeyField()
    in_place_of = fields.HiddenField(required=False, max_length=20)

    def clean_in_place_of(self) -> int | None:
        """The id of a user, or None for nobody."""
        typed = self.cleaned_data["in_place_of"]
        return int(typed) if typed.isascii() and typed.isdigit() else None
