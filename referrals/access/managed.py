"""The people whom a practitioner manages in nDelius."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.cache import cache

from accounts.models import User
from integrations.failures import UpstreamFailure
from integrations.ndelius import client

GOOD_FOR = 60  # seconds: a desk is opened page by page, and a case changes hands a few times a year
log = structlog.get_logger(__name__)


def managed_crns(
    user: User, *, including: str = "", kept: Mapping[str, Any] | None = None
) -> tuple[frozenset[str], UpstreamFailure | None]:
    """The people they manage in nDelius, or why nDelius did not say. At most a minute old.

    ``including``: nDelius is asked anew when this person is not among them, so that a new case opens at once.
    ``kept``: what the cache has under ``key_of``, where it was read already.
    """
    if not user.ndelius_username:
        return frozenset(), None
    key = key_of(user)
    crns: list[str] | None = cache.get(key) if kept is None else kept.get(key)
    if crns is not None and (not including or including in crns):
        return frozenset(crns), None
    try:
        managed = client.managed_crns(user.ndelius_username)
    except UpstreamFailure as failure:
        log.warning("managed_cases_unknown", failure=type(failure).__name__)
        return frozenset(), failure
    cache.set(key, sorted(managed), GOOD_FOR)
    return managed, None


def key_of(user: User) -> str:
    """Where the cache has them."""
    return f"managed-crns:{user.pk}"
