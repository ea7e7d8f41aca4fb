"""A question to the stub and its answer, without a socket: what ``answering.answer`` takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

BITS: Final = 20  # an answer that drips comes in about so many


class Breakage(StrEnum):
    """How an answer goes wrong below HTTP. The adapter and the server each act it out in their own way."""

    HANG = "hang"  # never answers
    RESET = "reset"  # drops the connection
    TRUNCATE = "truncate"  # promises the whole body and sends half of it


@dataclass(frozen=True, slots=True)
class StubRequest:
    """One request. ``headers`` have lower-case names; ``path`` has no query, which stands in ``query``."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: str = ""


@dataclass(frozen=True, slots=True)
class StubResponse:
    """One answer; ``delay`` is in seconds before its first byte, ``drip`` from there to its last."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    breakage: Breakage | None = None
