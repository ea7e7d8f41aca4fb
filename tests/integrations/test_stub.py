"""The stub keeps to the wire shapes, moves with the clock, and breaks on demand."""

import json
import time
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import requests
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from integrations.failures import TimedOut
from integrations.ndelius import client as ndelius
from integrations.oasys import client as oasys
from integrations.oasys.types import Assessed, NotPermitted
from integrations.transport import use_adapter_everywhere
from tests.integrations.conftest import bearer
from upstream_stub import adapter
from upstream_stub.answering import answer
from upstream_stub.chaos import WEATHER, Chaos
from upstream_stub.exchange import Breakage, StubRequest, StubResponse
from upstream_stub.faults import Effect, Fault
from upstream_stub.people.crowd import crn_of, crowd, secret_word
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import Persona, case_details, officers, one_sentence
from upstream_stub.server import StubServer
from upstream_stub.state import StubState

NOW = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)  # already the third of July in London


def ask(
    path: str,
    *,
    method: str = "GET",
    body: Any = None,
    state: StubState | None = None,
    now: datetime = NOW,
    authorization: str | None = "ours",
) -> StubResponse:
    """One question to the pure function."""
    shown = bearer() if authorization == "ours" else authorization
    headers = {} if shown is None else {"authorization": shown}
    sent = b"" if body is None else json.dumps(body).encode()
    return answer(StubRequest(method, path, headers, sent), PEOPLE, state or StubState(), now)


def said(path: str, **options: Any) -> Any:
    """The decoded body of an answer of 200."""
    response = ask(path, **options)
    assert response.status == 200
    return json.loads(response.body)


# --- Wire shapes ---------------------------------------------------------------------------------


def keys_with_null(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            name for key, item in value.items() for name in ([key] if item is None else keys_with_null(item))
        ]
    return [name for item in value for name in keys_with_null(item)] if isinstance(value, list) else []


@pytest.mark.parametrize("crn", sorted(crn for crn in PEOPLE if crn not in {"X980029", "X980129"}))
def test_ndelius_leaves_nulls_out(crn: str) -> None:
    for part in ("details", "identifiers", "responsible-officer", "convictions"):
        response = ask(f"/probation-case/{crn}/{part}")
        assert response.status in (200, 404)
        assert keys_with_null(json.loads(response.body or b"{}")) == []


def test_oasys_writes_nulls() -> None:
    marlon, desta = said("/risks/crn/X980001"), said("/risks/crn/X980004")
    assert set(marlon) == {"riskToSelf", "otherRisks", "summary", "assessedOn"}
    assert marlon["summary"]["overallRiskLevel"] == "VERY_HIGH"
    assert marlon["summary"]["riskInCommunity"] == {
        "LOW": ["Children"],
        "HIGH": ["Public"],
        "VERY_HIGH": ["Staff", "Known Adult"],
    }
    assert marlon["riskToSelf"]["assessedOn"] is None
    assert (desta["assessedOn"], desta["summary"]["riskInCommunity"]) == (None, {})
    assert desta["riskToSelf"]["suicide"] == no_concern()


def no_concern() -> dict[str, None]:
    return dict.fromkeys(["risk", "previous", "current", "previousConcernsText", "currentConcernsText"])


def test_quirks_of_oasys() -> None:
    marlon, silvio, ivy = (said(f"/risks/crn/X9800{number}") for number in ("01", "11", "02"))
    to_self = marlon["riskToSelf"]
    assert to_self["suicide"]["currentConcernsText"] == to_self["selfHarm"]["currentConcernsText"]
    assert (
        to_self["hostelSetting"]["risk"]
        == to_self["vulnerability"]["risk"]
        == to_self["custody"]["risk"]
        == "NA"
    )
    assert silvio["riskToSelf"]["selfHarm"]["currentConcernsText"] is None
    assert ivy["summary"]["overallRiskLevel"] == "VERY_HIGH"  # custody counts


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/probation-case/X989999/details", None, id="nDelius says nothing"),
        pytest.param("/users/LEAVER01/details", None, id="nor of a user"),
        pytest.param(
            "/probation-case/X989999/responsible-officer",
            {"status": 404, "message": "Person with crn of X989999 not found"},
            id="but of an officer",
        ),
        pytest.param(
            "/risks/crn/X980003",
            {
                "status": 404,
                "errorCode": None,
                "userMessage": None,
                "developerMessage": "No assessment data found for CRN: X980003",
                "moreInfo": None,
            },
            id="OASys explains itself",
        ),
        pytest.param(
            "/prisoner/A0000AA",
            {
                "status": 404,
                "errorCode": None,
                "userMessage": None,
                "developerMessage": "Prisoner A0000AA not found",
                "moreInfo": None,
            },
            id="and so does prisoner search",
        ),
    ],
)
def test_not_found(path: str, body: dict[str, Any] | None) -> None:
    response = ask(path)
    assert response.status == 404
    assert (json.loads(response.body) if response.body else None) == body


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param([], 500, id="nobody"),
        pytest.param(["X980001"] * 501, 500, id="too many"),
        pytest.param(None, 400, id="no list"),
        pytest.param(["X980001"], 200, id="one"),
    ],
)
def test_size_of_an_access_question(asked: Any, status: int) -> None:
    assert ask("/users/P.OKONJO/access", method="POST", body=asked).status == status


def test_whom_ndelius_does_not_know_has_no_number() -> None:
    assert said("/probation-case/X980012/identifiers") == {"crn": "X980012", "nomsId": "A9812ZZ"}
    for crn in ("X980001", "X980020", "X989999"):
        assert said(f"/probation-case/{crn}/identifiers") == {"crn": crn}


def test_a_prisoner_as_prisoner_search_writes_one() -> None:
    aaron, effie = said("/prisoner/A9812ZZ"), said("/prisoner/A9815ZZ")
    assert aaron.keys() == effie.keys()
    assert (aaron["prisonerNumber"], aaron["prisonId"], aaron["status"], aaron["inOutStatus"]) == (
        "A9812ZZ",
        "MDI",
        "ACTIVE IN",
        "IN",
    )
    assert (aaron["confirmedReleaseDate"], aaron["releaseDate"]) == ("2026-08-17", "2026-08-19")
    assert {value for key, value in effie.items() if key != "prisonerNumber"} == {None}


@pytest.mark.parametrize(
    ("path", "query", "codes"),
    [
        pytest.param("/prisons/names", "active=true", {"MDI": True, "KVI": False}, id="open prisons"),
        pytest.param("/prisons/names", "", {"MDI": True, "KVI": True}, id="all prisons"),
        pytest.param("/api/agencies/type/SCH", "", {"SC9801": True, "SC9803": False}, id="open homes"),
        pytest.param(
            "/api/agencies/type/SCH", "activeOnly=false", {"SC9801": True, "SC9803": True}, id="all homes"
        ),
        pytest.param("/api/agencies/type/INST", "", {"MDI": False, "SC9801": False}, id="another type"),
    ],
)
def test_which_establishments_are_listed(path: str, query: str, codes: dict[str, bool]) -> None:
    request = StubRequest("GET", path, {"authorization": bearer()}, query=query)
    listed = json.loads(answer(request, PEOPLE, StubState(), NOW).body)
    found = {entry.get("prisonId") or entry.get("agencyId") for entry in listed}
    assert {code: code in found for code in codes} == codes


def test_the_register_says_no_more_than_it_promises() -> None:
    for prison in said("/prisons/names"):
        assert set(prison) == {"prisonId", "prisonName", "prisonNameInWelsh"}


@pytest.mark.parametrize("authorization", [None, "Bearer y", "Basic x", "x"])
@pytest.mark.parametrize(
    "path",
    ["/probation-case/X980001/details", "/risks/crn/X980001", "/api/agencies/type/SCH", "/prisoner/A9812ZZ"],
)
def test_without_the_token(path: str, authorization: str | None) -> None:
    response = ask(path, authorization=authorization)
    assert (response.status, response.body) == (401, b"")


def test_the_register_asks_for_no_token() -> None:
    assert ask("/prisons/names", authorization=None).status == 200


@pytest.mark.parametrize(
    ("path", "system"),
    [
        pytest.param("/probation-case/X980012/identifiers", "ndelius", id="nDelius"),
        pytest.param("/needs/crn/X980012", "oasys", id="OASys"),
        pytest.param("/prisons/names", "prison_register", id="register"),
        pytest.param("/api/agencies/type/SCH", "prison_api", id="Prison API"),
        pytest.param("/prisoner/A9812ZZ", "prisoner_search", id="prisoner search"),
    ],
)
def test_a_system_that_is_down_leaves_the_others(path: str, system: str) -> None:
    for down in ("ndelius", "oasys", "prison_register", "prison_api", "prisoner_search"):
        state = StubState(faults=[Fault(Effect.STATUS, system=down, status=503)])
        assert (ask(path, state=state).status == 503) is (down == system)


# --- The clock -----------------------------------------------------------------------------------


def test_dates_move_with_the_clock() -> None:
    assert said("/risks/crn/X980001")["assessedOn"] == "2026-05-04T16:57:25"
    later = datetime(2031, 7, 2, 23, 30, tzinfo=UTC)
    assert said("/risks/crn/X980001", now=later)["assessedOn"] == "2031-05-04T16:57:25"
    assert said("/probation-case/X980001/details", now=later)["dateOfBirth"] == "1988-04-12"


# --- Faults --------------------------------------------------------------------------------------


def test_a_fault_counts_down_and_a_persons_own_comes_last() -> None:
    state = StubState(faults=[Fault(Effect.STATUS, status=503, path_regex="/details$", times=1)])
    statuses = [ask("/probation-case/X980029/details", state=state).status for _ in range(5)]
    assert statuses == [503, 500, 500, 200, 200]
    state.reset()
    assert ask("/probation-case/X980029/details", state=state).status == 500


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        pytest.param({}, True, id="none"),
        pytest.param({"system": "ndelius"}, True, id="system"),
        pytest.param({"system": "oasys"}, False, id="another system"),
        pytest.param({"method": "POST"}, True, id="method"),
        pytest.param({"method": "PUT"}, False, id="another method"),
        pytest.param({"path_regex": "/access$"}, True, id="path"),
        pytest.param({"path_regex": "^/access"}, False, id="another path"),
        pytest.param({"crn": "X980010"}, True, id="a person in the body"),
        pytest.param({"crn": "X980011"}, False, id="another person"),
    ],
)
def test_conditions_of_a_fault(condition: dict[str, Any], is_met: bool) -> None:
    state = StubState(faults=[Fault(Effect.STATUS, status=418, **condition)])
    response = ask("/users/P.OKONJO/access", method="POST", body=["X980001", "X980010"], state=state)
    assert (response.status == 418) is is_met


def test_what_is_carried_out_before_it_goes_wrong() -> None:
    put = {
        "referralId": "6a1f0a3e",
        "startedAt": "2026-07-02T10:00:00Z",
        "contractType": "ACC",
        "sentenceId": 2_500_980_001,
        "notes": "",
    }
    for effect, is_done in ((Effect.DELAY, True), (Effect.HANG, False), (Effect.RESET, False)):
        state = StubState(faults=[Fault(effect)])
        ask("/probation-case/X980001/referrals", method="PUT", body=put, state=state)
        assert bool(state.referrals) is is_done


def test_an_effect_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="explode"):
        Fault("explode")
    assert ask("/", state=StubState(faults=[Fault("hang")])).breakage is Breakage.HANG


# --- In process ----------------------------------------------------------------------------------


def test_journal_and_reset(in_process: StubState) -> None:
    ndelius.access("P.OKONJO", ["X980001"])
    (call,) = in_process.calls("ndelius", "/access")
    assert (call.method, call.path, call.body, call.status) == (
        "POST",
        "/users/P.OKONJO/access",
        ["X980001"],
        200,
    )
    assert "authorization" not in call.headers
    adapter.reset()
    assert adapter.state().calls() == []


def test_another_person_is_easily_added(in_process: StubState) -> None:
    """What the persona module promises: only the case is needed."""
    crn = "X980199"
    added = Persona(
        crn=crn,
        shows="how to add one",
        case=case_details(crn, "Ada", "Newcome", "1990-01-01", "Female"),
        officers=officers(),
        sentences=one_sentence(crn),
        open_only_to=frozenset({"P.OKONJO"}),
        restriction_message="Ask the panel.",
        assessments=[said("/risks/crn/X980001")],
    )
    use_adapter_everywhere(adapter.StubAdapter(people={crn: added}))
    try:
        assert ndelius.person(crn).name == "Ada Newcome"
        assert ndelius.access("J.ARKWRIGHT", [crn])[crn].message == "Ask the panel."
        assert oasys.risk(crn) == NotPermitted()
    finally:
        adapter.mount()
    assert isinstance(oasys.risk("X980001"), Assessed)


def test_everybody_of_a_crowd_has_words_of_their_own(in_process: StubState) -> None:
    people = crowd(8)
    use_adapter_everywhere(adapter.StubAdapter(people=people))
    try:
        told = {crn: oasys.risk(crn) for crn in people}
        names = {ndelius.person(crn).name for crn in people}
    finally:
        adapter.mount()
    assert len(names) == len(people)
    for number in range(1, 9):
        said_of_them = repr(told[crn_of(number)])
        assert secret_word(number, "nature") in said_of_them
        assert secret_word(number % 8 + 1, "nature") not in said_of_them
    assert sum(person.prisoner is not None for person in people.values()) == 2


def test_a_hanging_call_without_a_limit_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "SECONDS_WITHOUT_LIMIT", 0.01)
    session = requests.Session()
    session.mount("http://", adapter.StubAdapter(StubState(faults=[Fault(Effect.HANG)])))
    with pytest.raises(requests.ReadTimeout):
        session.get("http://stub/risks/crn/X980001")


# --- What goes wrong -----------------------------------------------------------------------------


def test_an_answer_that_drips_is_read_when_it_ends_in_time(stub: StubState) -> None:
    stub.faults.append(Fault(Effect.DRIP, seconds=0.05, times=1))
    assert ndelius.person("X980001").name == "Marlon Ashgrove"
    assert [(call.fault, call.status) for call in stub.calls("ndelius")] == [("drip", 200)]


@pytest.mark.slow
def test_an_answer_that_drips_is_cut_off_at_the_deadline(stub: StubState, settings: Settings) -> None:
    settings.UPSTREAM_DEADLINE = 0.3
    stub.faults.append(Fault(Effect.DRIP, seconds=6))
    began = time.monotonic()
    with pytest.raises(TimedOut):
        ndelius.person("X980001")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("fields", "is_missing"),
    [
        pytest.param(("surname", "postcode"), {"surname", "postcode"}, id="those that are named"),
        pytest.param((), None, id="some, when none is named"),
    ],
)
def test_fields_are_missing_at_any_depth(fields: tuple[str, ...], is_missing: set[str] | None) -> None:
    path = "/probation-case/X980001/details"
    whole = names_in(said(path))
    missing = whole - names_in(said(path, state=StubState(faults=[Fault(Effect.DROP_FIELDS, fields=fields)])))
    assert missing == is_missing if is_missing else 0 < len(missing) < len(whole)
    again = StubState(faults=[Fault(Effect.DROP_FIELDS, fields=fields)])
    assert names_in(said(path, state=again)) == whole - missing, "the same ones each time"


def names_in(value: Any) -> set[str]:
    """The names of all fields, at any depth."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return set(value).union(*map(names_in, value.values())) if isinstance(value, dict) else set()


QUESTIONS = [(f"request-{number}", "GET", "/needs/crn/X980001") for number in range(1000)]


def test_chaos_follows_from_its_seed_and_not_from_the_order_of_calls() -> None:
    def met(seed: int, questions: list[tuple[str, str, str]]) -> dict[str, Any]:
        chaos = Chaos(seed)
        return {question[0]: vars(fault) for question in questions if (fault := chaos.fault(*question))}

    forwards = met(1, QUESTIONS)
    assert forwards == met(1, QUESTIONS[::-1])
    assert forwards != met(2, QUESTIONS)
    assert 150 < len(forwards) < 250, "a fifth"
    assert {fault["effect"] for fault in forwards.values()} == {kind["effect"] for _, kind in WEATHER}


def test_chaos_draws_again_when_a_request_repeats_its_question() -> None:
    chaos = Chaos(1)
    again = [chaos.fault("request-1", "PUT", f"/users/{uuid4()}/access") is None for _ in range(200)]
    assert 0 < again.count(False) < 100, "ids in a path make no new question"


def test_chaos_spares_the_pages_of_browsers() -> None:
    assert Chaos(1, share=1).fault("", "GET", "/auth/oauth/token")
    assert not Chaos(1, share=1).fault("", "GET", "/auth/oauth/authorize")


def test_the_journal_forgets_its_older_half_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upstream_stub.state.LONGEST_JOURNAL", 4)
    state = StubState()
    for number in range(5):
        ask(f"/needs/crn/X98000{number}", state=state)
    assert [call.path[-1] for call in state.journal] == ["2", "3", "4"]


# --- Over HTTP -----------------------------------------------------------------------------------


def test_controls_of_the_server(over_http: StubState, stub_server: StubServer) -> None:
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = bearer()
    control = f"{stub_server.url}/__stub__"
    details = f"{stub_server.url}/probation-case/X980001/details"

    fault = {"effect": "status", "status": 503, "crn": "X980001", "times": 1}
    assert session.post(f"{control}/faults", json=fault, timeout=20).status_code == 204
    assert [session.get(details, timeout=20).status_code for _ in range(2)] == [503, 200]
    journal = session.get(f"{control}/journal", timeout=20).json()
    assert [(call["path"], call["status"]) for call in journal] == [
        ("/probation-case/X980001/details", 503),
        ("/probation-case/X980001/details", 200),
    ]
    assert session.post(f"{control}/reset", timeout=20).status_code == 204
    assert session.get(f"{control}/journal", timeout=20).json() == []

    for wrong in ({"effect": "explode"}, {"effekt": "hang"}, ["hang"]):
        assert session.post(f"{control}/faults", json=wrong, timeout=20).status_code == 400
    assert session.get(f"{control}/nothing", timeout=20).status_code == 404


def test_each_namespace_of_the_server_is_a_stub_of_its_own(
    over_http: StubState, stub_server: StubServer
) -> None:
    def session(namespace: str) -> requests.Session:
        made = requests.Session()
        made.trust_env = False
        made.headers.update({"Authorization": bearer(), "X-Request-Id": f"of-{namespace}"})
        made.headers.update({"X-Stub-Namespace": namespace} if namespace else {})
        return made

    details = f"{stub_server.url}/probation-case/X980001/details"
    control = f"{stub_server.url}/__stub__"
    mine, yours, everybodys = session("mine"), session("yours"), session("")
    mine.post(f"{control}/faults", json={"effect": "status", "status": 500}, timeout=20)
    yours.post(f"{control}/chaos", json={"seed": 1, "share": 0}, timeout=20)
    assert [each.get(details, timeout=20).status_code for each in (mine, yours, everybodys)] == [500, 200, 200]
    mine.post(f"{control}/reset", timeout=20)
    assert mine.get(f"{control}/journal", timeout=20).json() == []
    assert len(yours.get(f"{control}/journal?request=of-yours", timeout=20).json()) == 1
    assert yours.get(f"{control}/journal?request=of-mine", timeout=20).json() == []
    kept = yours.get(f"{control}/kept", timeout=20).json()
    assert kept == {"referrals": {}, "appointments": {}, "emails": {}, "met": {"": 1}}
    assert len(over_http.calls("ndelius")) == 1


def test_an_answer_without_a_body_has_none_whatever_goes_wrong(over_http: StubState) -> None:
    """A byte too many would be read as the beginning of the next answer."""
    over_http.faults += [Fault(effect, method="PUT", times=1) for effect in (Effect.NOT_JSON, Effect.TRUNCATE)]
    for _ in range(2):
        ndelius.record_referral("X980001", uuid4(), NOW, "ACC", 2_500_980_001, "notes")
        assert ndelius.person("X980001").name == "Marlon Ashgrove"


def test_both_forms_say_the_same(over_http: StubState, stub_server: StubServer) -> None:
    headers = {"Authorization": bearer()}
    remote, local = requests.Session(), requests.Session()
    remote.trust_env = False
    local.mount("http://", adapter.StubAdapter())
    for path in (
        "/risks/crn/X980008",
        "/probation-case/X980025/details",
        "/probation-case/X980012/identifiers",
        "/needs/crn/X980003",
        "/prisons/names?active=true",
        "/prisons/names",
        "/api/agencies/type/SCH?activeOnly=false",
        "/prisoner/A9812ZZ",
        "/prisoner/A0000AA",
        "/nothing",
    ):
        one = remote.get(stub_server.url + path, headers=headers, timeout=20)
        other = local.get("http://stub" + path, headers=headers, timeout=20)
        assert (one.status_code, one.content, one.headers["content-type"]) == (
            other.status_code,
            other.content,
            other.headers["content-type"],
        )


def test_the_server_is_refused_outside_demo_settings(settings: Settings) -> None:
    settings.DEMO_MODE = False
    with pytest.raises(CommandError, match="demo settings"):
        call_command("run_stub", stdout=StringIO())
