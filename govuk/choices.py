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
    return tuple(_in_one_shape(item) for item in (choices() if callable(choices) else choices))


def _in_one_shape(item: Choice | Divider | Pair) -> Choice | Divider:
    if isinstance(item, Choice | Divider):
        return item
    value, label, *hint = item
    return Choice(str(value), str(label), str(hint[0]) if hint else "")
