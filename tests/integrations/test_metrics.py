"""Figures about calls to other systems: each attempt once, by system, operation and outcome."""

from __future__ import annotations

import contextlib

import pytest
from pytest_django.fixtures import Settings

from integrations import failures
from integrations.breaker import FAILURES_OF_ONE_QUESTION
from integrations.hmpps_auth.tokens import forget_tokens
from integrations.metrics import counted
from integrations.ndelius import client as ndelius
from tests.metrics import counting, figure
from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

CRN = "X980010"
CALLS = "refer_monitor_upstream_calls_total"
PERSON = {"system": "ndelius", "operation": "person"}
ALL = (
    "answered",
    "not found",
    "forbidden",
    "server fault",
    "malformed answer",
    "left alone",
    "without token",
)


def _ask(crn: str = CRN) -> None:
    with contextlib.suppress(failures.UpstreamFailure):
        ndelius.person(crn)


SITUATIONS = [
    pytest.param(None, {"answered": 1}, id="answered"),
    pytest.param(Fault(Effect.STATUS, status=404), {"not found": 1}, id="nobody by that CRN"),
    pytest.param(Fault(Effect.STATUS, status=403), {"forbidden": 1}, id="not for this person"),
    pytest.param(Fault(Effect.STATUS, status=500), {"server fault": 3}, id="broken, and tried three times"),
    pytest.param(
        Fault(Effect.STATUS, status=500, times=1), {"server fault": 1, "answered": 1}, id="broken once"
    ),
    pytest.param(
        Fault(Effect.NOT_JSON), {"answered": 1, "malformed answer": 1}, id="an answer that nobody can read"
    ),
]


@pytest.mark.parametrize(("fault", "expected"), SITUATIONS)
def test_each_attempt_is_counted(
    fault: Fault | None, expected: dict[str, int], in_process: StubState
) -> None:
    if fault:
        in_process.faults.append(Fault(**vars(fault)))
    before = {outcome: figure(CALLS, **PERSON, outcome=outcome) for outcome in ALL}
    attempts = sum(number for outcome, number in expected.items() if outcome != "malformed answer")
    with counting("refer_monitor_upstream_seconds_count", **PERSON) as timed:
        _ask()
    grown = {outcome: figure(CALLS, **PERSON, outcome=outcome) - before[outcome] for outcome in ALL}
    assert {outcome: number for outcome, number in grown.items() if number} == expected
    assert timed() == attempts


def test_what_is_not_asked_any_more_is_counted_as_left_alone(in_process: StubState) -> None:
    in_process.faults.append(Fault(Effect.STATUS, status=500))
    for _ in range(FAILURES_OF_ONE_QUESTION):
        _ask()
    with (
        counting(CALLS, **PERSON, outcome="left alone") as left_alone,
        counting("refer_monitor_upstream_seconds_count", **PERSON) as timed,
    ):
        _ask()
    assert (left_alone(), timed()) == (1, 0)


def test_a_system_that_is_shut_is_counted_as_left_alone(in_process: StubState) -> None:
    in_process.faults.append(Fault(Effect.STATUS, system="ndelius", status=500))
    for number in range(5):
        _ask(f"X98000{number}")
    with counting(CALLS, **PERSON, outcome="left alone") as left_alone:
        _ask("X980009")
    assert left_alone() == 1


def test_a_call_without_a_token_is_counted(in_process: StubState) -> None:
    forget_tokens()
    in_process.faults.append(Fault(Effect.STATUS, path_regex="oauth", status=401))
    with (
        counting(CALLS, **PERSON, outcome="without token") as without_token,
        counting(CALLS, **PERSON, outcome="answered") as answered,
    ):
        _ask()
    assert (without_token(), answered()) == (1, 0)


def test_a_system_that_is_not_connected_is_not_counted(in_process: StubState, settings: Settings) -> None:
    settings.UPSTREAM_MODES = {**settings.UPSTREAM_MODES, "ndelius": "off"}
    before = {outcome: figure(CALLS, **PERSON, outcome=outcome) for outcome in ALL}
    _ask()
    assert {outcome: figure(CALLS, **PERSON, outcome=outcome) for outcome in ALL} == before


OTHER_CLIENTS = [
    pytest.param(None, "answered", id="answered"),
    pytest.param(failures.RateLimited("topic", "publish"), "rate limited", id="a failure of ours"),
    pytest.param(RuntimeError(f"about {CRN}"), "failed", id="anything else"),
]


@pytest.mark.parametrize(("failure", "outcome"), OTHER_CLIENTS)
def test_a_client_with_a_transport_of_its_own_counts_too(failure: Exception | None, outcome: str) -> None:
    with counting(CALLS, system="topic", operation="publish", outcome=outcome) as count:
        with contextlib.suppress(Exception), counted("topic", "publish"):
            if failure:
                raise failure
        assert count() == 1
