"""The tokens of this service: one request for many callers, renewed in time and after a 401, never written down."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import time_machine
from pytest_django.fixtures import Settings

from integrations import failures
from integrations.breaker import Permit
from integrations.failures import Trouble
from integrations.hmpps_auth.tokens import ServiceToken, SignedIn, UsersToken, forget_tokens, signed_in_with
from integrations.ndelius import client as ndelius
from integrations.oasys import client as oasys
from integrations.oasys.types import Assessed, Unreachable
from integrations.transport import deadline
from tests.canary.sweeping import kept_in_the_cache
from tests.integrations.conftest import bearer
from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

CRN = "X980001"
MINUTES = 60


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-02T10:00:00+00:00", tick=False) as traveller:
        yield traveller


def asked_for(stub: StubState) -> int:
    """How many tokens were asked for since the test began to count."""
    return len(stub.calls("hmpps_auth", "/oauth/token"))


def begin(stub: StubState) -> None:
    forget_tokens()
    stub.journal.clear()


def test_one_token_serves_many_calls_until_a_minute_before_its_end(
    in_process: StubState, clock: time_machine.Traveller
) -> None:
    begin(in_process)
    for after, tokens in ((0, 1), (19 * MINUTES - 1, 1), (1, 2), (19 * MINUTES - 1, 2)):
        clock.shift(after)
        assert ndelius.person(CRN).crn == CRN
        assert asked_for(in_process) == tokens, after
    clock.shift(-3600)
    ndelius.person(CRN)
    assert asked_for(in_process) == 3, "the clock was put back: it may be over"
    assert {call.status for call in in_process.journal} == {200}


def test_a_short_token_is_renewed_at_half_of_its_time(
    in_process: StubState, clock: time_machine.Traveller
) -> None:
    begin(in_process)
    in_process.auth.token_seconds = 30
    for after, tokens in ((0, 1), (14, 1), (1, 2)):
        clock.shift(after)
        ServiceToken().authorization()
        assert asked_for(in_process) == tokens, after


@pytest.mark.slow
def test_many_threads_make_one_request(over_http: StubState) -> None:
    begin(over_http)
    over_http.faults.append(Fault(Effect.DELAY, system="hmpps_auth", seconds=0.3))
    together, found = threading.Barrier(8), []

    def ask() -> None:
        together.wait(timeout=20)
        found.append(ndelius.person(CRN).crn)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert found == [CRN] * 8
    assert asked_for(over_http) == 1


@pytest.mark.slow
def test_whoever_waits_for_another_s_request_waits_no_longer_than_their_deadline(
    over_http: StubState,
) -> None:
    begin(over_http)
    over_http.faults.append(Fault(Effect.DELAY, system="hmpps_auth", seconds=1.5))
    first = threading.Thread(target=ServiceToken().authorization)
    first.start()
    while not over_http.journal:
        pass
    with deadline(0.1), pytest.raises(failures.TimedOut):
        ndelius.person(CRN)
    first.join(timeout=20)
    assert ndelius.person(CRN).crn == CRN


def test_while_it_cannot_be_renewed_the_old_one_is_used_until_it_ends(
    in_process: StubState, clock: time_machine.Traveller
) -> None:
    ServiceToken().authorization()
    in_process.faults.append(Fault(Effect.STATUS, system="hmpps_auth", status=500))
    clock.shift(19 * MINUTES + 30)
    assert ndelius.person(CRN).crn == CRN
    clock.shift(30)
    with pytest.raises(failures.Unavailable):
        ndelius.person(CRN)


# --- After a 401 ---------------------------------------------------------------------------------


def test_a_refused_token_is_renewed_once_and_the_call_made_again(stub: StubState) -> None:
    stub.auth.keys.rotate(forget_old=True)
    assert ndelius.person(CRN).crn == CRN
    assert [(call.system, call.status) for call in stub.journal] == [
        ("ndelius", 401),
        ("hmpps_auth", 200),
        ("ndelius", 200),
    ]


def test_a_system_that_refuses_every_token_is_no_reason_to_ask_for_more(
    in_process: StubState, clock: time_machine.Traveller
) -> None:
    begin(in_process)
    in_process.faults.append(Fault(Effect.STATUS, system="ndelius", status=401))
    for after, calls, tokens in ((0, 2, 2), (0, 3, 2), (29, 4, 2), (1, 6, 3)):
        clock.shift(after)
        with pytest.raises(failures.AuthFailed) as caught:
            ndelius.person(CRN)
        assert (caught.value.status, caught.value.attempts) == (401, 1)
        assert (len(in_process.calls("ndelius")), asked_for(in_process)) == (calls, tokens)
    in_process.faults.clear()
    assert ndelius.person(CRN).crn == CRN, "and the breaker never opened"


def test_a_write_that_was_refused_is_made_with_a_new_token(in_process: StubState) -> None:
    in_process.faults.append(Fault(Effect.STATUS, system="ndelius", status=401, times=1))
    with pytest.raises(failures.Rejected):  # by what it says, not for its token
        ndelius._ndelius.put("record_referral", "/probation-case/{crn}/referrals", {}, crn=CRN)
    assert [call.status for call in in_process.calls("ndelius")] == [401, 400]


# --- Without a token -----------------------------------------------------------------------------

WITHOUT = [
    pytest.param(Fault(Effect.STATUS, status=401), failures.AuthFailed, id="wrong client"),
    pytest.param(Fault(Effect.STATUS, status=400), failures.AuthFailed, id="wrong question"),
    pytest.param(Fault(Effect.STATUS, status=500), failures.Unavailable, id="broken"),
    pytest.param(Fault(Effect.STATUS, status=429), failures.Unavailable, id="busy"),
    pytest.param(Fault(Effect.RESET), failures.Unavailable, id="no connection"),
    pytest.param(Fault(Effect.NOT_JSON), failures.Unavailable, id="not JSON"),
    pytest.param(
        Fault(Effect.STATUS, status=200, body={"expires_in": 9}), failures.Unavailable, id="no token in it"
    ),
    pytest.param(
        Fault(Effect.STATUS, status=200, body={"access_token": "a\r\nX: y", "expires_in": 9}),
        failures.Unavailable,
        id="a token that is two lines",
    ),
]


@pytest.mark.parametrize(("fault", "expected"), WITHOUT)
def test_without_a_token_nothing_is_asked(
    in_process: StubState, fault: Fault, expected: type[failures.UpstreamFailure]
) -> None:
    begin(in_process)
    fault.system = "hmpps_auth"
    in_process.faults.append(fault)
    with pytest.raises(expected) as caught:
        ndelius.person(CRN)
    assert (type(caught.value), caught.value.system) == (expected, "ndelius")
    for _ in range(5):
        with pytest.raises(failures.UpstreamFailure):
            ndelius.person(CRN)
    assert in_process.calls("ndelius") == []
    assert ndelius._ndelius.breaker_for_reads.permit() is Permit.ALLOWED, "it has not failed"


# --- Who asks OASys ------------------------------------------------------------------------------


def test_oasys_is_shown_the_user_s_own_token_or_the_service_s_on_their_behalf(in_process: StubState) -> None:
    theirs = bearer(user_name="P.OKONJO", authorities=["ROLE_PROBATION"], grant_type="authorization_code")
    signed_in = SignedIn("p.okonjo", theirs.removeprefix("Bearer "))
    for asker, found, user_name, grant in (
        ("", None, None, "client_credentials"),
        ("P.Okonjo", None, "P.OKONJO", "client_credentials"),
        ("P.OKONJO", signed_in, "P.OKONJO", "authorization_code"),
        ("", signed_in, None, "client_credentials"),
        ("P.OKONJO", SignedIn("H.TRELAWNY", "of somebody else"), "P.OKONJO", "client_credentials"),
    ):
        with signed_in_with(lambda found=found: found):
            for ask in (oasys.risk, oasys.needs):
                ask(CRN, asker=asker)
                said = in_process.calls("oasys")[-1].claims
                assert (said.get("user_name"), said["grant_type"]) == (user_name, grant), (asker, found)
    oasys.risk(CRN, asker="P.OKONJO")
    assert in_process.calls("oasys")[-1].claims["grant_type"] == "client_credentials", "nobody any more"


def test_who_is_signed_in_is_found_when_a_system_is_asked_for_them_and_not_before(
    in_process: StubState,
) -> None:
    looked_up = []

    def find() -> SignedIn:
        looked_up.append(1)
        return SignedIn("P.OKONJO", "any")

    with signed_in_with(find):
        ndelius.person(CRN)
        oasys.risk(CRN)
        assert looked_up == []
        oasys.risk(CRN, asker="P.OKONJO")
        assert len(looked_up) == 1


def test_a_user_s_token_that_is_refused_is_not_replaced_by_ours(in_process: StubState) -> None:
    refused: list[bool] = []
    found = SignedIn("P.OKONJO", bearer(exp=1).removeprefix("Bearer "), lambda: refused.append(True))
    in_process.journal.clear()
    with signed_in_with(lambda: found):
        assert oasys.risk(CRN, asker="P.OKONJO") == Unreachable(Trouble.SIGN_IN_AGAIN)
    assert [(call.system, call.status) for call in in_process.journal] == [("oasys", 401)]
    assert refused == [True]
    assert oasys._oasys.breaker_for_reads.permit() is Permit.ALLOWED, "OASys has answered"


def test_with_a_user_s_token_that_is_over_nothing_is_asked(in_process: StubState) -> None:
    in_process.journal.clear()
    with signed_in_with(lambda: SignedIn("P.OKONJO")):
        for _ in range(6):
            assert oasys.needs(CRN, asker="P.OKONJO") == Unreachable(Trouble.SIGN_IN_AGAIN)
    assert in_process.journal == []
    assert isinstance(oasys.risk(CRN, asker="H.TRELAWNY"), Assessed), "of nobody else"


# --- Never written down --------------------------------------------------------------------------


def test_no_token_and_no_secret_is_in_a_log_a_cache_or_a_failure(
    over_http: StubState,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    begin(over_http)
    ndelius.person(CRN)
    oasys.risk(CRN, asker="P.OKONJO")
    token = ServiceToken().authorization().removeprefix("Bearer ")
    over_http.faults.append(Fault(Effect.STATUS, status=401))
    forget_tokens()
    with pytest.raises(failures.AuthFailed) as caught:
        ndelius.person(CRN)
    out, err = capfd.readouterr()
    kept = repr([*kept_in_the_cache()])
    shown = [repr(ServiceToken()), repr(UsersToken("X")), repr(over_http.journal), repr(caught.value)]
    for written in (caplog.text, out, err, kept, *shown):
        assert token not in written
        assert settings.HMPPS_AUTH_CLIENT_SECRET not in written
