"""The answers that a question offers. Knows their wording, not how they are drawn or what they mean."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Choice:
    """One answer. ``exclusive`` (checkboxes only): cannot be chosen together with another."""

    value: str
    label: str
    hint: str = ""
    exclusive: bool = False


@dataclass(frozen=True)
class Divider:
    """A word between two answers, usually "or"."""

    text: str = "or"


Pair: TypeAlias = tuple[object, object] | tuple[object, object, object]
Choices: TypeAlias = Iterable[Choice | Divider | Pair]
ChoiceSource: TypeAlias = Choices | Callable[[], Choices]


def listed(choices: ChoiceSource) -> tuple[Choice | Divider, ...]:
    """Choices in one shape: pairs ``(value, label)`` or triples with a hint become ``Choice``.

    Values become strings, because a browser only ever sends strings.
    """
    found = choices() if callable(choices) else choices
    return tuple(
        item if isinstance(item, Choice | Divider) else Choice(*(str(part) for part in item))
        for item in found
    )
