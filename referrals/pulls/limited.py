"""Whether nDelius limits at all who may see a person.

nDelius says so of one user at a time. For a user whom it does not know any limit counts, so it is asked about one.
"""

from __future__ import annotations

from integrations.ndelius import client

#: No user of nDelius has this name.
NOBODY = "REFER-AND-MONITOR"


def is_limited(crn: str) -> bool | None:
    """None when nDelius left the person out of its answer, or said neither yes nor no. Raises UpstreamFailure."""
    answer = client.access(NOBODY, [crn])[crn]
    return answer.is_limited if answer.was_answered else None
