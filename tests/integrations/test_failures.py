"""Each way a call can fail is told apart, in process and over HTTP, and none of them carries what was said."""

import pickle
import traceback
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from integrations import failures
from integrations.ndelius import client as ndelius
from integrations.oasys import client as oasys
from integrations.oasys.types import NoRecord, NotPermitted, Risk, Trouble, Unreachable
from tests.integrations.conftest import ShortAtFirst, arrived
from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

SECRET = "Dorian Vellacott of 4 Tern Court"
REFERRAL = UUID("6a1f0a3e-3c5e-4f0e-9a8e-0d6f2a1b7c11")


def record(**changes: Any) -> None:
    """Write the referral of an ordinary person."""
    told = {
        "crn": "X980001",
        "referral_id": REFERRAL,
        "started_at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "contract_type": "ACC",
        "sentence_id": 2_500_980_001,
        "notes": "Referral AB1234AC",
    }
    ndelius.record_referral(**(told | changes))


READS = [
    pytest.param(Fault(Effect.STATUS, status=401), failures.AuthFailed, 1, id="401"),
    pytest.param(Fault(Effect.STATUS, status=403), failures.Forbidden, 1, id="403"),
    pytest.param(Fault(Effect.STATUS, status=404), failures.NotFound, 1, id="404"),
    pytest.param(Fault(Effect.STATUS, status=409, body={"of": SECRET}), failures.Conflict, 1, id="409"),
    pytest.param(Fault(Effect.STATUS, status=400, body={"message": SECRET}), failures.Rejected, 1, id="400"),
    pytest.param(Fault(Effect.STATUS, status=422), failures.Rejected, 1, id="422"),
    pytest.param(Fault(Effect.STATUS, status=405), failures.Rejected, 1, id="405"),
    pytest.param(Fault(Effect.STATUS, status=429), failures.RateLimited, 3, id="429"),
    pytest.param(Fault(Effect.STATUS, status=500, body={"m": SECRET}), failures.ServerFault, 3, id="500"),
    pytest.param(Fault(Effect.STATUS, status=502), failures.Unavailable, 3, id="502"),
    pytest.param(Fault(Effect.STATUS, status=503), failures.Unavailable, 3, id="503"),
    pytest.param(Fault(Effect.STATUS, status=504), failures.Unavailable, 3, id="504"),
    pytest.param(Fault(Effect.STATUS, status=302), failures.Malformed, 1, id="a redirect"),
    pytest.param(Fault(Effect.STATUS, status=200, body=[SECRET]), failures.Malformed, 1, id="another shape"),
    pytest.param(Fault(Effect.STATUS, status=200), failures.Malformed, 1, id="nothing at all"),
    pytest.param(Fault(Effect.NOT_JSON), failures.Malformed, 1, id="not JSON"),
    pytest.param(Fault(Effect.HTML, status=200), failures.Malformed, 1, id="HTML, and 200"),
    pytest.param(Fault(Effect.HTML, status=502), failures.Unavailable, 3, id="HTML, and 502"),
    pytest.param(Fault(Effect.TRUNCATE), failures.Unavailable, 3, id="half an answer"),
    pytest.param(Fault(Effect.RESET), failures.Unavailable, 3, id="connection dropped"),
    pytest.param(Fault(Effect.HANG), failures.TimedOut, 3, id="no answer"),
    pytest.param(Fault(Effect.DELAY, seconds=30), failures.TimedOut, 3, id="an answer too late"),
]


def fresh(fault: Fault, **changes: Any) -> Fault:
    """The fault of a table's row, for one test: ``times`` counts down in the fault itself."""
    return Fault(**(vars(fault) | changes))


@pytest.fixture(autouse=True)
def _impatient_where_nothing_comes(request: pytest.FixtureRequest) -> None:
    """Tests whose row is a fault that keeps the caller waiting do not wait long."""
    fault = getattr(request.node, "callspec", None) and request.node.callspec.params.get("fault")
    if fault and fault.effect in (Effect.HANG, Effect.DELAY):
        request.getfixturevalue("impatient")


@pytest.mark.parametrize(("fault", "expected", "attempts"), READS)
def test_a_read_fails(
    stub: StubState, fault: Fault, expected: type[failures.UpstreamFailure], attempts: int
) -> None:
    stub.faults.append(fresh(fault))
    with pytest.raises(failures.UpstreamFailure) as caught:
        ndelius.person("X980001")
    assert type(caught.value) is expected
    assert (caught.value.system, caught.value.operation) == ("ndelius", "person")
    arrived(stub, attempts)
    assert caught.value.attempts == len(stub.calls("ndelius")) == attempts


@pytest.mark.parametrize(("fault", "expected", "attempts"), READS)
def test_nothing_that_was_said_is_in_a_failure(
    in_process: StubState, fault: Fault, expected: type[failures.UpstreamFailure], attempts: int
) -> None:
    in_process.faults.append(fresh(fault))
    with pytest.raises(expected) as caught:
        ndelius.person("X980001")
    printed = "".join(traceback.format_exception(caught.value)) + str(caught.value) + repr(caught.value)
    assert SECRET not in printed
    assert "/X980001" not in printed  # the address that was called; the test's own line names the CRN too
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_what_a_page_needs_stands_in_an_attribute(in_process: StubState) -> None:
    in_process.faults += [
        Fault(Effect.STATUS, status=400, body={"userMessage": "Wrong", "developerMessage": "E1"}, times=1),
        Fault(Effect.STATUS, status=409, body={"existing": 7}, times=1),
        Fault(Effect.STATUS, status=429, retry_after="120", times=1),
    ]
    with pytest.raises(failures.Rejected) as rejected:
        ndelius.person("X980001")
    with pytest.raises(failures.Conflict) as conflict:
        ndelius.person("X980001")
    with pytest.raises(failures.RateLimited) as limited:
        ndelius.person("X980001")
    assert (rejected.value.message, rejected.value.status) == ("Wrong", 400)
    assert conflict.value.body == {"existing": 7}
    assert limited.value.retry_after == 120


def test_a_failure_survives_the_way_between_processes() -> None:
    """Celery's worker hands exceptions to its parent pickled."""
    sent = failures.Conflict("oasys", "risk", status=409, attempts=2, request_id="abc")
    sent.body = {"existing": 7}
    received = pickle.loads(pickle.dumps(sent))
    assert (type(received), received.status, received.body) == (failures.Conflict, 409, {"existing": 7})
    assert str(received) == "oasys risk: conflict (status 409)"


def test_nobody_listens(over_http: StubState, settings: Settings) -> None:
    settings.NDELIUS_URL = settings.OASYS_URL = "http://127.0.0.1:9"  # the discard port
    with pytest.raises(failures.Unavailable):
        ndelius.person("X980001")
    assert oasys.risk("X980001") == Unreachable(Trouble.UNREACHABLE)
    with pytest.raises(failures.Unavailable):  # nothing was sent, so the outcome is known
        record()


# --- Risk: an outcome for each -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Fault(Effect.STATUS, status=401), Unreachable(Trouble.SIGNED_OUT), id="401"),
        pytest.param(Fault(Effect.STATUS, status=403), NotPermitted(), id="403"),
        pytest.param(Fault(Effect.STATUS, status=404), NoRecord(), id="404"),
        pytest.param(Fault(Effect.STATUS, status=409), Unreachable(Trouble.CONFLICT), id="409"),
        pytest.param(Fault(Effect.STATUS, status=400), Unreachable(Trouble.REJECTED), id="400"),
        pytest.param(Fault(Effect.STATUS, status=429), Unreachable(Trouble.BUSY), id="429"),
        pytest.param(Fault(Effect.STATUS, status=500), Unreachable(Trouble.FAULT), id="500"),
        pytest.param(Fault(Effect.STATUS, status=503), Unreachable(Trouble.UNREACHABLE), id="503"),
        pytest.param(Fault(Effect.RESET), Unreachable(Trouble.UNREACHABLE), id="dropped"),
        pytest.param(Fault(Effect.HANG), Unreachable(Trouble.SLOW), id="no answer"),
        pytest.param(Fault(Effect.NOT_JSON), Unreachable(Trouble.MALFORMED), id="not JSON"),
        pytest.param(
            Fault(Effect.STATUS, status=200, body={}),
            Unreachable(Trouble.MALFORMED),
            id="an empty object is not an empty assessment",
        ),
    ],
)
@pytest.mark.slow
def test_outcome_of_reading_oasys(stub: StubState, fault: Fault, expected: Risk) -> None:
    stub.faults.append(fresh(fault, system="oasys"))
    assert oasys.risk("X980001") == expected
    assert oasys.needs("X980001") == expected


# --- Writes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "expected", "attempts"),
    [
        pytest.param(Fault(Effect.STATUS, status=404), failures.NotFound, 1, id="404"),
        pytest.param(Fault(Effect.STATUS, status=500), failures.ServerFault, 1, id="500 is not repeated"),
        pytest.param(Fault(Effect.STATUS, status=503), failures.Unavailable, 3, id="503"),
        pytest.param(Fault(Effect.STATUS, status=504), failures.OutcomeUnknown, 3, id="a gateway gave up"),
        pytest.param(Fault(Effect.HANG), failures.OutcomeUnknown, 3, id="no answer"),
        pytest.param(Fault(Effect.DELAY, seconds=30), failures.OutcomeUnknown, 3, id="too late"),
        pytest.param(Fault(Effect.RESET), failures.OutcomeUnknown, 3, id="dropped"),
        pytest.param(Fault(Effect.HTML, status=200), failures.Malformed, 1, id="a web page, and 200"),
    ],
)
def test_a_write_fails(
    stub: StubState, fault: Fault, expected: type[failures.UpstreamFailure], attempts: int
) -> None:
    stub.faults.append(fresh(fault))
    with pytest.raises(failures.UpstreamFailure) as caught:
        record()
    assert type(caught.value) is expected
    assert caught.value.attempts == arrived(stub, attempts) == attempts


@pytest.mark.usefixtures("impatient")
def test_a_doubt_is_kept_when_a_repeat_is_refused_for_now(in_process: StubState) -> None:
    in_process.faults += [Fault(Effect.HANG, times=1), Fault(Effect.STATUS, status=503)]
    with pytest.raises(failures.OutcomeUnknown):
        record()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"crn": "X989999"}, failures.NotFound, id="unknown person"),
        pytest.param({"sentence_id": 1}, failures.NotFound, id="unknown sentence"),
        pytest.param({"contract_type": "XYZ"}, failures.ServerFault, id="contract type without a code"),
        pytest.param({"started_at": datetime(2026, 3, 2)}, ValueError, id="no time zone"),
    ],
)
def test_ndelius_refuses_a_referral(
    stub: StubState, changes: dict[str, Any], expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        record(**changes)
    assert stub.referrals == {}


def test_a_referral_is_recorded_once(stub: StubState) -> None:
    record()
    record(notes="said again")
    assert list(stub.referrals) == [str(REFERRAL)]
    assert stub.referrals[str(REFERRAL)] == {
        "crn": "X980001",
        "referralId": str(REFERRAL),
        "startedAt": "2026-03-02T09:30:00+00:00",
        "contractType": "ACC",
        "sentenceId": 2_500_980_001,
        "notes": "Referral AB1234AC",
    }


def test_a_write_whose_answer_was_lost_is_repeated_and_done_once(stub: StubState, settings: Settings) -> None:
    settings.NDELIUS_TIMEOUTS = ShortAtFirst(stub)
    stub.faults.append(Fault(Effect.DELAY, seconds=30, times=1))
    record()
    assert len(stub.referrals) == 1
    assert [call.method for call in stub.journal] == ["PUT", "PUT"]
