"""That a list holds only what one sent, while nDelius does not say whom one manages."""

from __future__ import annotations

from integrations.failure_wording import NDELIUS, said_of
from integrations.failures import UpstreamFailure


def own_only(failure: UpstreamFailure | None) -> list[str]:
    """A sentence, when nDelius was of no use."""
    return [said_of(NDELIUS, failure, "so we can only show referrals you sent yourself.")] if failure else []
