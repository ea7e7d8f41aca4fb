"""What HMPPS Auth gives."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Token:
    """A token to show to other systems, and how long it lasts, in seconds. Its ``repr`` does not show it."""

    value: str = field(repr=False)
    lasts: float
