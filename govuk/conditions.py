"""Questions that are only asked because of an answer. Knows names and values, not how they are drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class If:
    """``If("needs_interpreter", "YES", then=("interpreter_language",))``.

    The fields in ``then`` are asked when ``field`` has ``value`` (for checkboxes: among others), and stand under
    that answer. A field can stand in one place only, so it can be the target of one condition only.
    """

    field: str
    value: str
    then: tuple[str, ...]


class InvalidCondition(Exception):
    """A form declares a condition on a field, an answer or a target that it does not have."""
