"""What is the same for all systems: repeats, deadlines, the breaker, ids, log lines, and no call in a transaction."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import structlog
from django.core.cache import cache
from django.db import transaction
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from integrations import breaker, failures, transport
from integrations.breaker import Breaker, Permit
from integrations.custody import custody_of
from integrations.hmpps_auth.tokens import ServiceToken, forget_tokens
from integrations.ndelius import client as ndelius
from integrations.oasys import client as oasys
from integrations.oasys.types import Assessed, Trouble, Unreachable
from integrations.prisoner_search import client as prisoner_search
from integrations.transport import deadline, remaining
from tests.integrations.conftest import LONG, SHORT, ShortAtFirst
from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

CRN = "X980010"
PEOPLE = (CRN, *(f"X98000{number}" for number in range(1, 10)))


class Clock:
    """Replaces the breaker's clock."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(breaker, "time", clock)
    return clock


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, without waiting."""
    waits: list[float] = []
    monkeypatch.setattr(transport.time, "sleep", waits.append)
    return waits


@pytest.fixture
def bound_request_id() -> Iterator[None]:
    with structlog.contextvars.bound_contextvars(request_id="req-7c1f"):
        yield


# --- Transactions --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_call_inside_a_transaction(in_process: StubState) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a database transaction"):
        ndelius.person(CRN)
    with transaction.atomic(), pytest.raises(RuntimeError):
        oasys.risk(CRN)
    assert in_process.journal == []
    assert ndelius.person(CRN).crn == CRN


@pytest.mark.django_db
def test_a_test_case_own_transaction_does_not_count(in_process: StubState) -> None:
    assert ndelius.person(CRN).crn == CRN
    with transaction.atomic(), pytest.raises(RuntimeError):
        ndelius.person(CRN)


# --- Repeats -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(Effect.STATUS, status=503, times=2), id="503 twice"),
        pytest.param(Fault(Effect.STATUS, status=500, times=2), id="500 twice"),
        pytest.param(Fault(Effect.RESET, times=2), id="dropped twice"),
        pytest.param(Fault(Effect.HANG, times=1), id="hung once"),
        pytest.param(Fault(Effect.TRUNCATE, times=1), id="cut once"),
    ],
)
def test_a_read_is_repeated_until_it_comes(stub: StubState, settings: Settings, fault: Fault) -> None:
    settings.NDELIUS_TIMEOUTS = ShortAtFirst(stub) if fault.effect is Effect.HANG else LONG
    stub.faults.append(Fault(**vars(fault)))
    assert ndelius.person(CRN).crn == CRN
    assert len(stub.journal) == (fault.times or 0) + 1


def test_a_question_that_is_posted_is_a_read(stub: StubState) -> None:
    stub.faults.append(Fault(Effect.STATUS, status=503, times=2))
    assert ndelius.access("P.OKONJO", [CRN])[CRN].allowed


def test_waits_grow_and_are_random(in_process: StubState, settings: Settings, waits: list[float]) -> None:
    settings.UPSTREAM_BACKOFF = 0.2
    in_process.faults.append(Fault(Effect.STATUS, status=503))
    for crn in PEOPLE[:4]:
        with pytest.raises(failures.Unavailable):
            ndelius.person(crn)
    between = [wait for wait in waits if wait]
    assert len(between) == 8
    assert all(
        first <= 0.2 and second <= 0.4 for first, second in zip(between[::2], between[1::2], strict=True)
    )
    assert len(set(between)) > 1


@pytest.mark.parametrize(
    ("retry_after", "attempts", "least_wait"),
    [
        pytest.param("2", 3, 2.0, id="followed"),
        pytest.param("5", 3, 5.0, id="followed at the limit"),
        pytest.param("6", 1, 0.0, id="too long: fails at once"),
        pytest.param("soon", 3, 0.0, id="not understood: the ordinary wait"),
    ],
)
def test_retry_after(
    in_process: StubState,
    settings: Settings,
    waits: list[float],
    retry_after: str,
    attempts: int,
    least_wait: float,
) -> None:
    settings.UPSTREAM_DEADLINE = 30
    in_process.faults.append(Fault(Effect.STATUS, status=429, retry_after=retry_after))
    with pytest.raises(failures.RateLimited):
        ndelius.person(CRN)
    assert len(in_process.journal) == attempts
    assert max(waits, default=0.0) == pytest.approx(least_wait, abs=0.01)


def test_retry_after_as_a_date(in_process: StubState, settings: Settings) -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    in_process.faults.append(Fault(Effect.STATUS, status=429, retry_after=in_an_hour))
    with pytest.raises(failures.RateLimited) as caught:
        ndelius.person(CRN)
    assert caught.value.retry_after == pytest.approx(3_600, abs=5)
    assert caught.value.attempts == 1


# --- Deadlines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "most_attempts"),
    [
        pytest.param(0.2, 2, id="cuts the second attempt short, or leaves no time for it"),
        pytest.param(20, 1, id="cuts the first attempt short"),
    ],
)
@pytest.mark.slow
def test_a_deadline_covers_all_repeats(
    stub: StubState, settings: Settings, limit: float, most_attempts: int
) -> None:
    settings.NDELIUS_TIMEOUTS = (10, limit, limit)
    stub.faults.append(Fault(Effect.HANG))
    started = time.monotonic()
    with deadline(0.3), pytest.raises(failures.TimedOut) as caught:
        ndelius.person(CRN)
    assert time.monotonic() - started < 10
    assert caught.value.attempts <= most_attempts


def test_a_deadline_covers_all_calls(in_process: StubState) -> None:
    with deadline(0.02):
        time.sleep(0.03)
        with pytest.raises(failures.TimedOut) as caught:
            ndelius.person(CRN)
    assert caught.value.attempts == 0
    assert in_process.journal == []


def test_an_inner_deadline_cannot_be_longer() -> None:
    assert remaining() == float("inf")
    with deadline(60):
        with deadline(600):
            assert remaining() <= 60
        with deadline(10):
            assert remaining() <= 10
        assert 10 < remaining() <= 60
    assert remaining() == float("inf")


def test_an_operation_has_its_own_deadline(in_process: StubState, settings: Settings) -> None:
    settings.UPSTREAM_DEADLINE, settings.OASYS_TIMEOUTS = 0.05, LONG
    in_process.faults.append(Fault(Effect.HANG))
    started = time.monotonic()
    assert oasys.risk(CRN) == Unreachable(Trouble.SLOW)
    assert time.monotonic() - started < 10


def test_risk_within_its_timeout(stub: StubState, settings: Settings) -> None:
    settings.OASYS_TIMEOUTS = LONG
    started = time.monotonic()
    assert oasys.risk("X980030", timeout=0.05) == Unreachable(Trouble.SLOW)
    assert time.monotonic() - started < 10


def test_an_answer_larger_than_anything_promised(
    in_process: StubState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_RESPONSE_BYTES", 100)
    with pytest.raises(failures.Malformed):
        ndelius.person(CRN)


class _Dripping(BaseHTTPRequestHandler):
    """Sends a byte after each of its pauses: each arrives in time, the whole does not."""

    pauses: list[float] = [0.02] * 999
    over: threading.Event

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        try:
            for pause in self.pauses:
                self.wfile.write(b" ")
                if self.over.wait(pause):
                    return
        except OSError:
            pass

    def log_message(self, *args: object) -> None: ...


@contextmanager
def dripping(settings: Settings, **how: object) -> Iterator[None]:
    """nDelius drips."""
    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_", (_Dripping,), {"over": over, **how}))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.NDELIUS_URL = f"http://127.0.0.1:{server.server_port}"
    settings.NDELIUS_TIMEOUTS = LONG
    try:
        yield
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def test_a_system_that_drips_is_cut_off(over_http: StubState, settings: Settings) -> None:
    started = time.monotonic()
    with dripping(settings), deadline(0.2), pytest.raises(failures.TimedOut):
        ndelius.person(CRN)
    assert time.monotonic() - started < 10


@pytest.mark.thorough
@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1.1"])
def test_the_last_wait_ends_with_the_deadline_too(
    over_http: StubState, settings: Settings, protocol: str
) -> None:
    """A byte just before it buys no further time, whether or not the connection is kept."""
    with dripping(settings, pauses=[3.5, 60], protocol_version=protocol):
        started = time.monotonic()
        with deadline(4), pytest.raises(failures.TimedOut):
            ndelius.person(CRN)
        assert time.monotonic() - started < 6


# --- The breaker ---------------------------------------------------------------------------------


def fail(times: int, *, first: int = 0) -> None:
    """So many failures in a row, each about somebody else."""
    for crn in PEOPLE[first : first + times]:
        with pytest.raises(failures.Unavailable):
            ndelius.person(crn)


def test_five_failures_in_a_row_open_it(stub: StubState, clock: Clock) -> None:
    stub.faults.append(Fault(Effect.STATUS, status=503, times=15))
    fail(5)
    asked = len(stub.journal)
    with pytest.raises(failures.Unavailable) as caught:
        ndelius.person(CRN)
    assert (caught.value.attempts, len(stub.journal)) == (0, asked)
    assert oasys.needs(CRN)  # another system
    assert len(stub.journal) == asked + 1


def test_four_failures_and_a_success_do_not(in_process: StubState, clock: Clock) -> None:
    for _ in range(2):
        in_process.faults[:] = [Fault(Effect.STATUS, status=503, times=12)]
        fail(4)
        assert ndelius.person(CRN).crn == CRN


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
def test_a_refusal_never_opens_it(in_process: StubState, clock: Clock, status: int) -> None:
    in_process.faults.append(Fault(Effect.STATUS, status=status))
    for _ in range(7):
        with pytest.raises(failures.UpstreamFailure) as caught:
            ndelius.person(CRN)
        assert caught.value.status == status


def test_one_probe_closes_it(in_process: StubState, clock: Clock) -> None:
    in_process.faults.append(Fault(Effect.STATUS, status=503, times=15))
    fail(5)
    clock.now += 29
    fail(1, first=5)
    clock.now += 2
    assert ndelius.person(CRN).crn == CRN
    assert Breaker("ndelius:reads").permit() is Permit.ALLOWED


def test_a_failed_probe_asks_once_and_opens_it_again(in_process: StubState, clock: Clock) -> None:
    in_process.faults.append(Fault(Effect.STATUS, status=503))
    fail(5)
    clock.now += 31
    asked = len(in_process.journal)
    fail(1, first=5)
    assert len(in_process.journal) == asked + 1
    clock.now += 29
    fail(1, first=6)
    assert len(in_process.journal) == asked + 1


def test_only_one_caller_probes(clock: Clock) -> None:
    one, other = Breaker("probed"), Breaker("probed")
    for _ in range(5):
        one.record_failure(Permit.ALLOWED)
    clock.now += 31
    assert (one.permit(), other.permit()) == (Permit.PROBE, Permit.REFUSED)
    one.release_probe(Permit.PROBE)
    assert other.permit() is Permit.PROBE
    other.record_success()
    assert (one.permit(), other.permit()) == (Permit.ALLOWED, Permit.ALLOWED)


def test_an_answer_to_what_never_failed_asks_the_cache_once_and_writes_nothing(
    in_process: StubState, monkeypatch: pytest.MonkeyPatch
) -> None:
    ndelius.person(CRN)  # its token is kept from here on
    asked: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return getattr(cache, name)

    monkeypatch.setattr(breaker, "cache", Counted())
    assert ndelius.person(CRN).crn == CRN
    assert asked == ["get_many"]


def test_writes_that_fail_leave_reads_alone(in_process: StubState, clock: Clock) -> None:
    in_process.faults.append(Fault(Effect.STATUS, method="PUT", status=503))
    for crn in PEOPLE[:6]:
        with pytest.raises(failures.Unavailable):
            ndelius.record_referral(
                crn, "6a1f0a3e-3c5e-4f0e-9a8e-0d6f2a1b7c11", datetime.now(UTC), "ACC", 2_500_980_010, ""
            )
    assert len(in_process.calls(path_contains="/referrals")) == 15
    assert ndelius.person(CRN).crn == CRN


@pytest.mark.slow
def test_a_slow_system_is_given_up(in_process: StubState, clock: Clock, settings: Settings) -> None:
    settings.OASYS_TIMEOUTS = (1, 0.02, 0.02)
    in_process.faults.append(Fault(Effect.HANG, system="oasys"))
    for crn in PEOPLE[:5]:
        assert oasys.risk(crn) == Unreachable(Trouble.SLOW)
    assert oasys.risk(PEOPLE[5]) == Unreachable(Trouble.UNREACHABLE)


def test_a_call_that_others_left_no_time_for_says_nothing_of_its_system(
    in_process: StubState, clock: Clock
) -> None:
    in_process.faults.append(Fault(Effect.HANG))
    for crn in PEOPLE[:6]:
        with deadline(0.02), pytest.raises(failures.TimedOut):
            ndelius.person(crn)
    in_process.faults.clear()
    assert ndelius.person(CRN).crn == CRN


@pytest.mark.parametrize(
    ("fault", "about_the_system"),
    [
        pytest.param(Fault(Effect.HANG), False, id="too slow"),
        pytest.param(Fault(Effect.STATUS, status=500), False, id="broken"),
        pytest.param(Fault(Effect.STATUS, status=503), False, id="unavailable"),
        pytest.param(Fault(Effect.STATUS, status=504), False, id="a gateway gave up"),
        pytest.param(Fault(Effect.TRUNCATE), False, id="cut short"),
        pytest.param(None, True, id="no connection"),
    ],
)
@pytest.mark.parametrize(
    ("system", "ask"),
    [
        pytest.param("NDELIUS", lambda crn: ndelius.person(crn), id="nDelius"),
        pytest.param("OASYS", lambda crn: oasys.risk(crn), id="OASys"),
        pytest.param("PRISONER_SEARCH", lambda crn: prisoner_search.custody(f"A{crn[3:]}AB"), id="prisons"),
    ],
)
def test_one_person_s_failures_never_shut_a_system_for_the_others(
    over_http: StubState,
    clock: Clock,
    settings: Settings,
    system: str,
    ask: Callable[[str], object],
    fault: Fault | None,
    about_the_system: bool,
) -> None:
    settings.UPSTREAM_DEADLINE = 20
    setattr(settings, f"{system}_TIMEOUTS", SHORT if fault and fault.effect is Effect.HANG else LONG)
    address = getattr(settings, f"{system}_URL")
    if fault is None:
        setattr(settings, f"{system}_URL", "http://127.0.0.1:9")  # nobody listens there
    else:
        over_http.faults.append(Fault(**vars(fault)))
    for _ in range(6):
        try:
            ask(PEOPLE[0])
        except failures.UpstreamFailure:
            pass

    over_http.faults.clear()
    setattr(settings, f"{system}_URL", address)
    setattr(settings, f"{system}_TIMEOUTS", LONG)
    asked = len(over_http.journal)
    try:
        ask(PEOPLE[1])
    except failures.UpstreamFailure:
        pass
    assert (len(over_http.journal) == asked) is about_the_system


@pytest.mark.slow
def test_a_question_that_keeps_failing_costs_its_time_three_times(
    in_process: StubState, clock: Clock, settings: Settings
) -> None:
    """And fails afterwards as it failed before, until half a minute has passed; another question is asked at once."""
    settings.OASYS_TIMEOUTS = (1, 0.02, 0.02)

    def asked() -> int:
        before = len(in_process.journal)
        assert oasys.risk("X980030", timeout=3) == Unreachable(Trouble.SLOW)
        return len(in_process.journal) - before

    assert [bool(asked()) for _ in range(5)] == [True, True, True, False, False]
    assert oasys.needs("X980001")
    clock.now += 31
    assert asked() > 0  # still slow
    assert asked() == 0
    clock.now += 31
    settings.OASYS_TIMEOUTS = LONG
    in_process.faults.append(Fault(Effect.DELAY, seconds=0))  # met before that of the person
    assert isinstance(oasys.risk("X980030"), Assessed)
    in_process.faults.clear()
    settings.OASYS_TIMEOUTS = (1, 0.02, 0.02)
    assert asked() > 0  # forgotten, once it was answered


def test_a_slow_person_as_probe_does_not_keep_a_system_shut(
    in_process: StubState, clock: Clock, settings: Settings
) -> None:
    in_process.faults.append(Fault(Effect.STATUS, status=503, times=15))
    fail(5)
    clock.now += 31
    in_process.faults.append(Fault(Effect.STATUS, status=503, crn=PEOPLE[0]))
    with pytest.raises(failures.Unavailable):
        ndelius.person(PEOPLE[0])  # the probe, and among those who failed

    assert ndelius.person(PEOPLE[1]).crn == PEOPLE[1]


def test_what_breakers_keep_is_plain_json_and_names_nobody(
    in_process: StubState, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[str, object]] = []
    real = cache.set

    def set_and_look(key: str, value: object, **kwargs: object) -> None:
        kept.append((key, value))
        real(key, value, **kwargs)

    monkeypatch.setattr(cache, "set", set_and_look)
    in_process.faults.append(Fault(Effect.STATUS, status=500))
    for _ in range(4):
        with pytest.raises(failures.ServerFault):
            ndelius.person(CRN)

    assert len(kept) > 1
    assert json.loads(json.dumps(kept)) == [list(pair) for pair in kept]
    assert CRN not in json.dumps(kept)


@pytest.mark.usefixtures("redis_is_away")
def test_a_cache_that_is_away_stops_nothing(in_process: StubState) -> None:
    in_process.faults.append(Fault(Effect.STATUS, status=503, times=21))
    fail(7)
    assert ndelius.person(CRN).crn == CRN


# --- Headers -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bound_request_id")
def test_the_request_own_id_goes_along(stub: StubState) -> None:
    ndelius.person(CRN)
    oasys.risk(CRN)
    assert [call.headers["x-request-id"] for call in stub.journal] == ["req-7c1f", "req-7c1f"]


@pytest.mark.parametrize(
    "bound",
    [
        pytest.param({}, id="none bound"),
        pytest.param({"request_id": "two\r\nlines"}, id="harmful letters"),
        pytest.param({"request_id": "x" * 200}, id="too long"),
    ],
)
def test_an_id_is_minted(in_process: StubState, bound: dict[str, str]) -> None:
    in_process.faults.append(Fault(Effect.STATUS, status=503, times=1))
    with structlog.contextvars.bound_contextvars(**bound):
        ndelius.person(CRN)
    first, second = (call.headers["x-request-id"] for call in in_process.journal)
    assert first == second
    assert len(first) == 36


def test_the_token_goes_along_and_is_checked(over_http: StubState, settings: Settings) -> None:
    assert ndelius.person(CRN).crn == CRN
    forget_tokens()
    settings.HMPPS_AUTH_CLIENT_SECRET = "another"
    with pytest.raises(failures.AuthFailed):
        ndelius.person(CRN)


@pytest.mark.parametrize("crn", ["", ".", ".."])
def test_a_path_never_becomes_another(in_process: StubState, crn: str) -> None:
    with pytest.raises(ValueError, match="another path"):
        ndelius.person(crn)
    assert in_process.journal == []


def test_path_values_are_escaped(stub: StubState) -> None:
    with pytest.raises(failures.NotFound):
        ndelius.practitioner("../probation-case/X980001/details?")
    assert stub.journal[0].path == "/users/../probation-case/X980001/details?/details"


# --- Log lines -----------------------------------------------------------------------------------


def test_nothing_personal_is_logged(over_http: StubState, caplog: pytest.LogCaptureFixture) -> None:
    over_http.faults += [
        Fault(Effect.STATUS, status=400, body={"message": "Kezia Brackenridge"}, times=1),
        Fault(Effect.RESET, times=1),
        Fault(Effect.NOT_JSON, path_regex="/details", times=2),
    ]
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        for _ in range(4):
            for ask in (
                lambda: ndelius.person(CRN),
                lambda: ndelius.access("P.OKONJO", [CRN]),
                lambda: ndelius.active_sentences(CRN),
                lambda: oasys.risk(CRN),
                lambda: oasys.needs(CRN),
                lambda: oasys.risk("X980031"),
                lambda: custody_of("X980012"),
                lambda: ndelius.record_referral(
                    CRN,
                    "6a1f0a3e-3c5e-4f0e-9a8e-0d6f2a1b7c11",
                    datetime.now(UTC),
                    "ACC",
                    2_500_980_010,
                    "notes on Brackenridge",
                ),
            ):
                try:
                    ask()
                except failures.UpstreamFailure:
                    pass
    logged = json.dumps(lines, default=str) + caplog.text
    for private in (
        CRN,
        "X980031",
        "X980012",
        "A9812ZZ",
        ServiceToken().authorization().removeprefix("Bearer "),
        "Kezia",
        "Brackenridge",
        "OKONJO",
        "Vellacott",
        "Tern Court",
    ):
        assert private not in logged
    calls = [line for line in lines if line["event"] == "upstream_call"]
    assert {"system", "operation", "method", "path", "status", "ms", "attempt", "correlation_id"} <= calls[
        0
    ].keys()
    assert {line["path"] for line in calls} >= {
        "/probation-case/{crn}/details",
        "/risks/crn/{crn}",
        "/prisoner/{prison_number}",
    }


# --- What the environment says -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "proxy"),
    [
        pytest.param({}, "http://proxy.invalid:3128", id="through the proxy"),
        pytest.param({"NO_PROXY": "ndelius.invalid"}, None, id="past it"),
        pytest.param({"no_proxy": ".invalid"}, None, id="past it, by the end of the name"),
    ],
)
def test_a_session_keeps_to_the_proxy_and_certificates_of_its_start(
    monkeypatch: pytest.MonkeyPatch, beside: dict[str, str], proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {
        "HTTPS_PROXY": "http://proxy.invalid:3128", "REQUESTS_CA_BUNDLE": "/ca.pem", **beside
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    session = transport._new_session(None, "https://ndelius.invalid")
    assert (session.proxies.get("https"), session.verify) == (proxy, "/ca.pem")
    assert not session.trust_env, "nothing is looked up for each call"


def test_a_system_at_another_address_gets_another_session(settings: Settings) -> None:
    one = ndelius._ndelius._session("http://one.invalid")
    assert ndelius._ndelius._session("http://one.invalid") is one
    assert ndelius._ndelius._session("http://other.invalid") is not one


def test_a_call_goes_through_the_proxy_of_the_environment(
    in_process: StubState, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
    settings.NDELIUS_URL = "http://ndelius.invalid"
    monkeypatch.setattr(transport, "_adapter", None)
    try:
        with pytest.raises(failures.NotFound):
            ndelius.person(CRN)
    finally:
        server.shutdown()
        server.server_close()
    assert len(asked) == 1
    assert asked[0].startswith("http://ndelius.invalid/")
