"""How pages say that an outside system was of no use: it is silent, or its answer cannot be read (decision W6).

Knows no page: a page adds what it means for the reader.
"""

from __future__ import annotations

from integrations.failures import Malformed, UpstreamFailure

UNREADABLE = "sent an answer that we cannot read"


def what_happened(system: str, failure: UpstreamFailure, *, silence: str = "is not answering") -> str:
    """The first half of a sentence: "nDelius is not answering". ``system``: its name as the subject."""
    return f"{system} {UNREADABLE if isinstance(failure, Malformed) else silence}"
