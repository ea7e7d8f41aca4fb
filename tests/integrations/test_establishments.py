"""Prisons and secure children's homes as one list: what is in it, how long it is kept, what a silent system costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import time_machine
from pytest_django.fixtures import Settings

import integrations.establishments
from integrations import failures
from integrations.establishments import Establishment, establishments
from integrations.hmpps_auth.tokens import ServiceToken, forget_tokens
from integrations.prison_api import client as prison_api
from integrations.prison_register import client as prison_register
from integrations.transport import use_adapter_everywhere
from tests.integrations.conftest import LONG
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

REGISTER, HOMES = "the prison register", "the list of secure children’s homes"
MINUTE, HOUR = 60, 60 * 60


def says(stub: StubState, system: str, body: Any) -> None:
    """The next call of this system is answered 200 with ``body``."""
    stub.faults.append(Fault(Effect.STATUS, system=system, status=200, body=body, times=1))


def silent(stub: StubState, *systems: str) -> None:
    """From now on these systems do not answer."""
    stub.faults += [Fault(Effect.STATUS, system=system, status=503) for system in systems]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved."""
    with time_machine.travel("2026-07-02T09:00:00+00:00", tick=False) as clock:
        yield clock


# --- Each system ---------------------------------------------------------------------------------


def test_prisons(stub: StubState) -> None:
    prisons = prison_register.prisons()
    assert len(prisons) == 20
    assert Establishment("MDI", "Moorland (HMP & YOI)") in prisons
    assert Establishment("CFI", "Cardiff (HMP & YOI)") in prisons
    assert "KVI" not in [prison.id for prison in prisons]  # closed


def test_secure_childrens_homes(stub: StubState) -> None:
    assert prison_api.secure_childrens_homes() == (
        Establishment("SC9801", "Larkfield Secure Children's Home"),
        Establishment("SC9802", "Tern Bank Secure Children's Home"),
    )


def test_the_register_is_public_and_prison_api_is_not(over_http: StubState, settings: Settings) -> None:
    forget_tokens()
    settings.HMPPS_AUTH_CLIENT_SECRET = "another"
    assert prison_register.prisons()
    with pytest.raises(failures.AuthFailed):
        prison_api.secure_childrens_homes()


class _Listening(adapter.StubAdapter):
    """Remembers with which token each system was asked."""

    def __init__(self, state: StubState) -> None:
        super().__init__(state)
        self.tokens: dict[str, str | None] = {}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.tokens[request.path_url.split("/")[1]] = request.headers.get("Authorization")
        return super().send(request, *args, **kwargs)


def test_a_public_system_is_not_sent_our_token(
    in_process: StubState, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    listening = _Listening(in_process)
    use_adapter_everywhere(listening)
    try:
        establishments()
    finally:
        adapter.mount()
    assert listening.tokens == {"prisons": None, "api": ServiceToken().authorization()}


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        pytest.param(
            [{"prisonId": "MDI", "prisonName": "Moorland"}], [("MDI", "Moorland")], id="code and name"
        ),
        pytest.param(
            [{"prisonId": " MDI ", "prisonName": " Moorland\r\n"}], [("MDI", "Moorland")], id="space around"
        ),
        pytest.param(
            [{"prisonId": "CFI", "prisonName": None, "prisonNameInWelsh": "Carchar Caerdydd"}],
            [("CFI", "Carchar Caerdydd")],
            id="a name in Welsh only",
        ),
        pytest.param(
            [
                {"prisonId": "CFI", "prisonName": "Cardiff", "prisonNameInWelsh": "Carchar Caerdydd"},
                {"prisonId": None, "prisonName": "Nowhere"},
                {"prisonId": "XXI"},
                {"prisonId": "", "prisonName": ""},
                {},
            ],
            [("CFI", "Cardiff")],
            id="what has no code or no name is left out",
        ),
        pytest.param(
            [{"prisonId": "X1", "prisonName": "<script>alert('x')</script> & {{7*7}}", "x": 1}],
            [("X1", "<script>alert('x')</script> & {{7*7}}")],
            id="markup stays text",
        ),
        pytest.param(
            [{"prisonId": "X\x001", "prisonName": "half\ud83d"}], [("X\ufffd1", "half\ufffd")], id="mended"
        ),
        pytest.param([{"prisonId": 7, "prisonName": 8}], [("7", "8")], id="numbers"),
    ],
)
def test_what_the_register_says(in_process: StubState, told: Any, listed: list[tuple[str, str]]) -> None:
    says(in_process, "prison_register", told)
    assert [(prison.id, prison.name) for prison in prison_register.prisons()] == listed


@pytest.mark.parametrize(
    "told",
    [
        pytest.param([], id="no prison at all"),
        pytest.param([{"prisonId": "MDI"}, {}], id="none with a name"),
        pytest.param({"prisons": []}, id="an object"),
        pytest.param({}, id="an empty object"),
        pytest.param([None], id="a null in the list"),
        pytest.param(["MDI"], id="codes alone"),
        pytest.param([{"prisonId": ["MDI"], "prisonName": "Moorland"}], id="a list for a code"),
        pytest.param("MDI", id="a word"),
    ],
)
def test_a_register_that_breaks_its_contract(in_process: StubState, told: Any) -> None:
    says(in_process, "prison_register", told)
    with pytest.raises(failures.Malformed):
        prison_register.prisons()


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        pytest.param([], [], id="none"),
        pytest.param([{"agencyId": "SC1", "description": "One"}], [("SC1", "One")], id="one"),
        pytest.param(
            [{"agencyId": "SC1"}, {"description": "Two"}, {"agencyId": "SC3", "description": "Three"}],
            [("SC3", "Three")],
            id="what has no code or no name is left out",
        ),
    ],
)
def test_what_prison_api_says(in_process: StubState, told: Any, listed: list[tuple[str, str]]) -> None:
    says(in_process, "prison_api", told)
    assert [(home.id, home.name) for home in prison_api.secure_childrens_homes()] == listed


def test_homes_that_break_their_contract(in_process: StubState) -> None:
    says(in_process, "prison_api", {"agencies": []})
    with pytest.raises(failures.Malformed):
        prison_api.secure_childrens_homes()


# --- The one list --------------------------------------------------------------------------------


def test_both_lists_are_one_sorted_by_name(stub: StubState) -> None:
    found = establishments()
    names = [place.name for place in found.known]
    assert found.not_answering == ()
    assert len(names) == 22
    assert names == sorted(names)
    assert names[10:12] == ["Larkfield Secure Children's Home", "Leeds (HMP)"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        pytest.param("MDI", "Moorland (HMP & YOI)", id="a prison"),
        pytest.param("SC9802", "Tern Bank Secure Children's Home", id="a home"),
        pytest.param("OUT", None, id="no establishment"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="none"),
    ],
)
def test_name_of(in_process: StubState, code: str | None, name: str | None) -> None:
    assert establishments().name_of(code) == name


def test_small_and_capital_letters_are_sorted_alike_and_a_code_is_listed_once(in_process: StubState) -> None:
    prisons = [
        {"prisonId": "B", "prisonName": "b"},
        {"prisonId": "C", "prisonName": "C"},
        {"prisonId": "A", "prisonName": "A"},
    ]
    says(in_process, "prison_register", prisons)
    says(in_process, "prison_api", [{"agencyId": "B", "description": "again"}])
    assert [(place.id, place.name) for place in establishments().known] == [
        ("A", "A"),
        ("B", "b"),
        ("C", "C"),
    ]


# --- How long it is kept -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "calls"),
    [
        pytest.param(0, 2, id="at once"),
        pytest.param(59 * MINUTE, 2, id="within the hour"),
        pytest.param(61 * MINUTE, 4, id="after it"),
        pytest.param(30 * HOUR, 4, id="the day after"),
    ],
)
def test_each_list_is_asked_for_once_an_hour(
    in_process: StubState, clock: time_machine.Traveller, seconds: int, calls: int
) -> None:
    first = establishments()
    clock.shift(seconds)
    assert establishments() == first
    assert len([call for call in in_process.journal if call.system != "hmpps_auth"]) == calls


def test_a_list_asked_for_anew_is_new(in_process: StubState, clock: time_machine.Traveller) -> None:
    establishments()
    clock.shift(2 * HOUR)
    says(in_process, "prison_register", [{"prisonId": "NEW", "prisonName": "A new one"}])
    assert establishments().name_of("NEW") == "A new one"
    assert establishments().name_of("MDI") is None
    clock.shift(59 * MINUTE)
    assert establishments().name_of("NEW") == "A new one"


@pytest.mark.parametrize(
    ("seconds", "known", "not_answering"),
    [
        pytest.param(59 * MINUTE, 22, (), id="new enough: not even asked"),
        pytest.param(2 * HOUR, 22, (), id="old, and used"),
        pytest.param(23 * HOUR, 22, (), id="used for a day"),
        pytest.param(25 * HOUR, 0, (REGISTER, HOMES), id="too old"),
    ],
)
def test_both_are_silent(
    in_process: StubState,
    clock: time_machine.Traveller,
    seconds: int,
    known: int,
    not_answering: tuple[str, ...],
) -> None:
    establishments()
    silent(in_process, "prison_register", "prison_api")
    clock.shift(seconds)
    found = establishments()
    assert (len(found.known), found.not_answering) == (known, not_answering)


def test_an_old_list_is_not_made_new_by_being_used(
    in_process: StubState, clock: time_machine.Traveller
) -> None:
    establishments()
    clock.shift(20 * HOUR)
    silent(in_process, "prison_register", "prison_api")
    assert establishments().not_answering == ()
    in_process.faults.clear()
    asked = len(in_process.journal)
    establishments()
    assert len(in_process.journal) == asked + 2


# --- What a silent system costs ------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(Effect.STATUS, status=401), id="401"),
        pytest.param(Fault(Effect.STATUS, status=403), id="403"),
        pytest.param(Fault(Effect.STATUS, status=404), id="404"),
        pytest.param(Fault(Effect.STATUS, status=409), id="409"),
        pytest.param(Fault(Effect.STATUS, status=429), id="429"),
        pytest.param(Fault(Effect.STATUS, status=429, retry_after="60"), id="429 for a minute"),
        pytest.param(Fault(Effect.STATUS, status=500), id="500"),
        pytest.param(Fault(Effect.STATUS, status=503), id="503"),
        pytest.param(Fault(Effect.STATUS, status=302), id="a redirect"),
        pytest.param(Fault(Effect.STATUS, status=204), id="nothing"),
        pytest.param(Fault(Effect.RESET), id="dropped"),
        pytest.param(Fault(Effect.TRUNCATE), id="half an answer"),
        pytest.param(Fault(Effect.NOT_JSON), id="not JSON"),
        pytest.param(Fault(Effect.HTML, status=200), id="HTML"),
    ],
)
@pytest.mark.parametrize(
    ("system", "missing", "left"),
    [
        pytest.param("prison_register", REGISTER, 2, id="register"),
        pytest.param("prison_api", HOMES, 20, id="homes"),
    ],
)
def test_one_is_silent_and_the_other_is_given(
    stub: StubState, fault: Fault, system: str, missing: str, left: int
) -> None:
    stub.faults.append(Fault(**(vars(fault) | {"system": system})))
    found = establishments()
    assert (len(found.known), found.not_answering) == (left, (missing,))
    stub.faults.clear()
    assert establishments().not_answering == ()  # a failure is not kept


@pytest.mark.usefixtures("impatient")
@pytest.mark.slow
def test_no_answer_in_time(stub: StubState) -> None:
    stub.faults.append(Fault(Effect.HANG))
    assert establishments().not_answering == (REGISTER, HOMES)


def test_a_page_waits_for_each_list_for_a_while_only(
    stub: StubState, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRISON_REGISTER_TIMEOUTS = LONG
    monkeypatch.setattr(integrations.establishments, "SECONDS_TO_WAIT", 0.1)
    stub.faults.append(Fault(Effect.HANG, system="prison_register"))
    started = time.monotonic()
    assert establishments().not_answering[0] == REGISTER
    assert time.monotonic() - started < 10


def test_nobody_waits_for_a_system_that_is_given_up(in_process: StubState) -> None:
    silent(in_process, "prison_register")
    for _ in range(5):
        establishments()
    asked = len(in_process.calls("prison_register"))
    assert establishments().not_answering == (REGISTER,)
    assert len(in_process.calls("prison_register")) == asked == 15


@pytest.mark.usefixtures("redis_is_away")
def test_a_cache_that_is_away_costs_no_list(in_process: StubState) -> None:
    assert len(establishments().known) == 22
    silent(in_process, "prison_api")
    assert establishments().not_answering == (HOMES,)
