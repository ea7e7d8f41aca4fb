"""The key that a form carries so that sending it twice makes one thing."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from govuk.fields import HiddenField


class FormKeyField(HiddenField):
    """A new key for every form shown; cleans to ``UUID``. Codes as TextField."""

    def __init__(self, **common: Any) -> None:
        super().__init__(max_length=36, initial=_new_key, **common)

    def to_python(self, value: Any) -> Any:
        """The key, or the message that the page was not sent completely."""
        typed = super().to_python(value)
        try:
            return UUID(typed)
        except ValueError:
            raise self.problem("required") from None


def _new_key() -> str:
    return str(uuid4())
