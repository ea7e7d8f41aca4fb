"""The people whom a practitioner manages in nDelius."""

from __future__ import annotations

import structlog

from accounts.models import User
from integrations.failures import UpstreamFailure
from integrations.ndelius import client

log = structlog.get_logger(__name__)


def managed_crns(user: User) -> tuple[frozenset[str], bool]:
    """The people they manage in nDelius, and whether nDelius answered."""
    if not user.ndelius_username:
        return frozenset(), True
    try:
        return client.managed_crns(user.ndelius_username), True
    except UpstreamFailure as failure:
        log.warning("managed_cases_unknown", failure=type(failure).__name__)
        return frozenset(), False
