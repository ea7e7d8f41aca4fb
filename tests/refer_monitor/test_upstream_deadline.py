"""All that one request asks other systems ends by one deadline."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from integrations import deadlines
from interventions.models import Contract
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """When each call must have ended, in the order in which they reach the stub."""
    seen: list[float | None] = []
    answer = adapter.answer

    def noting(*args: Any) -> Any:
        seen.append(deadlines._ends_at.get())
        return answer(*args)

    monkeypatch.setattr(adapter, "answer", noting)
    return seen


def test_calls_of_one_request_share_a_deadline(as_persona: AsPersona, ends: list[float | None]) -> None:
    client = as_persona("pp")
    start = reverse("referrals:start", args=[Contract.objects.get(reference="DEMO_0001").pk])
    adapter.state().faults.append(Fault(Effect.STATUS, status=503, times=1, path_regex="/details"))

    client.post(start, {"crn": "X980010"})

    assert len(ends) > 2, "a token, access, the person twice"
    assert len(set(ends)) == 1
    client.post(start, {"crn": "X980010"})
    assert len(set(ends)) == 2, "the next request has its own"
    assert deadlines.remaining() == math.inf, "and nothing else has any"
