"""The people whom a practitioner manages in nDelius."""

from __future__ import annotations

import structlog

from accounts.models import User
from integrations.failures import UpstreamFailure
from integrations.ndelius import client

log = structlog.get_logger(__name__)


def managed_crns(user: User) -> tuple[frozenset[str], UpstreamFailure | None]:
    """The people they manage in nDelius, or why nDelius did not say."""
    if not user.ndelius_username:
        return frozenset(), None
    try:
        return client.managed_crns(user.ndelius_username), None
    except UpstreamFailure as failure:
        log.warning("managed_cases_unknown", failure=type(failure).__name__)
        return frozenset(), failure
