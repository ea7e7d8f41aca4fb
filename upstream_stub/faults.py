"""What can be made to go wrong: a fault says which calls it meets, how often, and with what effect."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Effect(StrEnum):
    """What happens to the call. Only those marked are carried out before they go wrong."""

    STATUS = "status"  # answers ``status`` with ``body`` (an object is sent as JSON)
    DELAY = "delay"  # carried out; answers after ``seconds``
    HANG = "hang"  # no answer at all
    RESET = "reset"  # the connection is dropped
    TRUNCATE = "truncate"  # carried out; half of the answer arrives
    NOT_JSON = "not_json"  # carried out; says JSON and is none
    DRIP = "drip"  # carried out; the answer comes bit by bit and is whole after ``seconds``
    DROP_FIELDS = "drop_fields"  # carried out; ``fields`` are missing, at any depth (none named: about a third)
    WRONG_CONTENT_TYPE = "wrong_content_type"  # carried out; the answer calls itself a web page
    HTML = "html"  # a gateway's error page with ``status``


@dataclass(eq=False)
class Fault:
    """One fault. Every condition that is given must hold; ``times`` counts down, ``None`` is for ever.

    ``crn`` meets calls whose path or body names that person.
    """

    effect: Effect | str
    system: str | None = None
    method: str | None = None
    path_regex: str | None = None
    crn: str | None = None
    times: int | None = None
    status: int = 503
    body: Any = None
    seconds: float = 30.0
    retry_after: str | None = None
    fields: Sequence[str] = ()
    seed: int = 0  # which fields are missing, when none is named

    def __post_init__(self) -> None:
        self.effect = Effect(self.effect)
        re.compile(self.path_regex or "")

    def meets(self, system: str, method: str, path: str, crns: frozenset[str]) -> bool:
        """Whether this call is one that goes wrong."""
        return (
            self.times != 0
            and self.system in (None, system)
            and self.method in (None, method)
            and (self.path_regex is None or re.search(self.path_regex, path) is not None)
            and (self.crn is None or self.crn in crns)
        )
