"""Whom a practitioner manages: asked of nDelius once a minute, and anew for somebody who is not among them."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from accounts.models import User
from integrations.failures import UpstreamFailure
from referrals.access import managed
from referrals.access.managed import managed_crns
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

pytestmark = pytest.mark.django_db


def _asked() -> int:
    return sum(call.path.endswith("/managed-cases") for call in adapter.state().journal)


def test_ndelius_is_asked_once_a_minute_and_by_each_user(personas: dict[str, User]) -> None:
    first, failure = managed_crns(personas["pp"])
    assert "X980001" in first
    assert failure is None
    assert managed_crns(personas["pp"]) == (first, None)
    assert _asked() == 1

    assert "X980022" in managed_crns(personas["pp.colleague"])[0]
    assert _asked() == 2
    assert 0 < managed.GOOD_FOR <= 60


def test_somebody_who_is_not_among_them_is_asked_about_again(personas: dict[str, User]) -> None:
    cache.set(f"managed-crns:{personas['pp'].pk}", ["X980017"])

    assert managed_crns(personas["pp"])[0] == {"X980017"}
    assert "X980001" in managed_crns(personas["pp"], including="X980001")[0]
    assert "X980001" in managed_crns(personas["pp"])[0]
    assert _asked() == 1


@pytest.mark.slow
def test_a_failure_is_not_kept(personas: dict[str, User]) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/managed-cases$", status=503))
    nobody, failure = managed_crns(personas["pp"])
    assert nobody == frozenset()
    assert isinstance(failure, UpstreamFailure)

    adapter.reset()
    assert "X980001" in managed_crns(personas["pp"])[0]
