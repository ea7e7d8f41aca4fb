"""Questions that are only asked because of an answer. Knows names and values, not how they are drawn."""

from dataclasses import dataclass


@dataclass(frozen=True, init=False)
class If:
    """``If("needs_interpreter", "YES", then=("interpreter_language",))``.

    ``then`` is asked when ``field`` has one of ``values``, and stands under the first of them.
    """

    field: str
    values: tuple[str, ...]
    then: tuple[str, ...]

    def __init__(self, field: str, *values: str, then: tuple[str, ...]) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "then", then)


class WrongCondition(Exception):
    """A form declares a condition on a field, an answer or a target that it does not have."""
