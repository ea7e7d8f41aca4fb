"""Where somebody is held: by CRN, by prison number, and what becomes of each answer and each failure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations import failures
from integrations.custody import custody_of
from integrations.ndelius import client as ndelius
from integrations.prisoner_search import client as prisoner_search
from integrations.prisoner_search.types import LEGAL_STATUSES, Custody, Whereabouts
from tests.integrations.conftest import arrived
from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

CRN, NUMBER = "X980012", "A9812ZZ"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def says(stub: StubState, body: Any, *, system: str = "prisoner_search") -> None:
    """The next call of this system is answered 200 with ``body``, whoever it is about."""
    stub.faults.append(Fault(Effect.STATUS, system=system, status=200, body=body, times=1))


# --- The people of the stub ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crn", "number", "establishment", "whereabouts", "release", "is_confirmed", "legal_status"),
    [
        pytest.param("X980002", "A9802ZZ", "LEI", Whereabouts.IN, 160, False, "SENTENCED", id="Leeds"),
        pytest.param("X980012", "A9812ZZ", "MDI", Whereabouts.IN, 45, True, "SENTENCED", id="confirmed"),
        pytest.param(
            "X980013", "A9813ZZ", "EWI", Whereabouts.IN, None, False, "INDETERMINATE_SENTENCE", id="no date"
        ),
        pytest.param("X980014", "A9814ZZ", None, Whereabouts.OUT, -21, True, "SENTENCED", id="released"),
        pytest.param("X980015", "A9815ZZ", None, Whereabouts.UNKNOWN, None, False, None, id="nothing said"),
        pytest.param(
            "X980115", "A9815ZY", None, Whereabouts.TRANSFER, 90, False, "SENTENCED", id="on the way"
        ),
        pytest.param(
            "X980016", "A9816ZZ", "SC9801", Whereabouts.IN, 130, False, "SENTENCED", id="children's home"
        ),
    ],
)
def test_who_is_held_where(
    stub: StubState,
    crn: str,
    number: str,
    establishment: str | None,
    whereabouts: Whereabouts,
    release: int | None,
    is_confirmed: bool,
    legal_status: str | None,
) -> None:
    assert ndelius.noms_number(crn) == number
    expected = Custody(
        prison_number=number,
        establishment_id=establishment,
        whereabouts=whereabouts,
        release_date=None if release is None else in_days(release),
        release_date_is_confirmed=is_confirmed,
        legal_status=legal_status,
    )
    assert custody_of(crn) == expected
    assert prisoner_search.custody(number) == expected


@pytest.mark.parametrize(
    "crn",
    [
        pytest.param("X980001", id="no prison number"),
        pytest.param("X980020", id="merged away"),
        pytest.param("X989999", id="unknown to nDelius"),
    ],
)
def test_nobody_to_look_for(stub: StubState, crn: str) -> None:
    assert ndelius.noms_number(crn) is None
    assert custody_of(crn) is None
    assert stub.calls("prisoner_search") == []


def test_a_number_that_prisoner_search_does_not_know(stub: StubState) -> None:
    says(stub, {"crn": CRN, "nomsId": "A0000AA"}, system="ndelius")
    assert custody_of(CRN) is None
    assert [call.status for call in stub.calls("prisoner_search", "A0000AA")] == [404]
    with pytest.raises(failures.NotFound):
        prisoner_search.custody("A0000AA")


# --- Reading the prison number -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "number"),
    [
        pytest.param({"nomsId": "A1234BC"}, "A1234BC", id="a number"),
        pytest.param({"nomsId": " a1234bc\n"}, "A1234BC", id="small letters and space around"),
        pytest.param({}, None, id="absent"),
        pytest.param({"nomsId": None}, None, id="null"),
        pytest.param({"nomsId": ""}, None, id="empty"),
        pytest.param({"nomsId": "A1234BC", "pncNumber": "2010/1", "x": [1]}, "A1234BC", id="more keys"),
    ],
)
def test_prison_number(in_process: StubState, told: dict[str, Any], number: str | None) -> None:
    says(in_process, {"crn": CRN.lower()} | told, system="ndelius")
    assert ndelius.noms_number(CRN) == number


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no CRN"),
        pytest.param({"crn": "X980013", "nomsId": "A9813ZZ"}, id="somebody else's"),
        pytest.param([], id="a list"),
        pytest.param({"crn": CRN, "nomsId": ["A1234BC"]}, id="a list of numbers"),
        # What can be no number is not the same as none.
        pytest.param({"crn": CRN, "nomsId": "TBC"}, id="a word"),
        pytest.param({"crn": CRN, "nomsId": 9812}, id="digits"),
        pytest.param({"crn": CRN, "nomsId": ".."}, id="another path"),
        pytest.param({"crn": CRN, "nomsId": "A1234BC/../../risks"}, id="a path after it"),
        pytest.param({"crn": CRN, "nomsId": "A١٢٣٤BC"}, id="digits of another script"),
        pytest.param({"crn": CRN, "nomsId": "A1234\x00BC"}, id="a null byte"),
    ],
)
def test_identifiers_that_break_their_contract(in_process: StubState, body: Any) -> None:
    says(in_process, body, system="ndelius")
    with pytest.raises(failures.Malformed):
        custody_of(CRN)
    assert in_process.calls("prisoner_search") == []


# --- Reading custody -----------------------------------------------------------------------------


def read(stub: StubState, **told: Any) -> Custody:
    """What the client makes of a document with these keys and the number."""
    says(stub, {"prisonerNumber": NUMBER} | told)
    return prisoner_search.custody(NUMBER)


def test_all_but_the_number_may_be_missing(in_process: StubState) -> None:
    nothing = Custody(NUMBER, None, Whereabouts.UNKNOWN, None, False, None)
    assert read(in_process) == nothing
    nulls = dict.fromkeys(["prisonId", "inOutStatus", "legalStatus", "releaseDate", "confirmedReleaseDate"])
    assert read(in_process, **nulls, aNewKey={"with": ["anything"]}) == nothing


@pytest.mark.parametrize(
    ("place", "status", "establishment", "whereabouts"),
    [
        pytest.param("MDI", "IN", "MDI", Whereabouts.IN, id="held"),
        pytest.param("MDI", "OUT", "MDI", Whereabouts.OUT, id="away for a time: at court"),
        pytest.param("OUT", "OUT", None, Whereabouts.OUT, id="released"),
        pytest.param("TRN", "TRN", None, Whereabouts.TRANSFER, id="in transfer"),
        pytest.param(None, "IN", None, Whereabouts.IN, id="held, and not said where"),
        pytest.param("", "IN", None, Whereabouts.IN, id="an empty code"),
        pytest.param("  ", None, None, Whereabouts.UNKNOWN, id="a blank code"),
        pytest.param(" mdi ", " in ", "MDI", Whereabouts.IN, id="small letters and space around"),
        pytest.param("out", None, None, Whereabouts.OUT, id="the place says that they are out"),
        pytest.param("TRN", "", None, Whereabouts.TRANSFER, id="the place says that they are on the way"),
        pytest.param("MDI", None, "MDI", Whereabouts.UNKNOWN, id="a place, and no word"),
        pytest.param("MDI", "TRANSFER", "MDI", Whereabouts.UNKNOWN, id="our word is not theirs"),
        pytest.param("MDI", "ESCAPED", "MDI", Whereabouts.UNKNOWN, id="a word that we do not know"),
        pytest.param("OUT", "ESCAPED", None, Whereabouts.UNKNOWN, id="nor is it read from the place then"),
        pytest.param("ZZGHI", "IN", "ZZGHI", Whereabouts.IN, id="a place that no list has"),
        pytest.param("<b>", "<script>", None, Whereabouts.UNKNOWN, id="markup"),
        pytest.param("M" * 13, "IN", None, Whereabouts.IN, id="longer than any code"),
        pytest.param(7, "IN", "7", Whereabouts.IN, id="a number"),
    ],
)
def test_where(
    in_process: StubState,
    place: str | int | None,
    status: str | None,
    establishment: str | None,
    whereabouts: Whereabouts,
) -> None:
    found = read(in_process, prisonId=place, inOutStatus=status)
    assert (found.establishment_id, found.whereabouts) == (establishment, whereabouts)


@pytest.mark.parametrize(
    ("confirmed", "expected", "release", "is_confirmed"),
    [
        pytest.param("2027-01-06", "2027-01-08", date(2027, 1, 6), True, id="the confirmed one counts"),
        pytest.param("2027-01-08", "2027-01-06", date(2027, 1, 8), True, id="also when it is later"),
        pytest.param("2027-01-06", None, date(2027, 1, 6), True, id="only the confirmed one"),
        pytest.param(None, "2027-01-08", date(2027, 1, 8), False, id="only the expected one"),
        pytest.param(None, None, None, False, id="none"),
        pytest.param(None, "2019-02-28", date(2019, 2, 28), False, id="past"),
    ],
)
def test_release(
    in_process: StubState,
    confirmed: str | None,
    expected: str | None,
    release: date | None,
    is_confirmed: bool,
) -> None:
    others = dict.fromkeys(["conditionalReleaseDate", "nonDtoReleaseDate", "dischargeDate"], "2031-12-24")
    found = read(in_process, confirmedReleaseDate=confirmed, releaseDate=expected, **others)
    assert (found.release_date, found.release_date_is_confirmed) == (release, is_confirmed)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        *(pytest.param(word, word, id=word) for word in sorted(LEGAL_STATUSES)),
        pytest.param(None, None, id="null"),
        pytest.param(" ", None, id="blank"),
        pytest.param("ON_PAROLE", "UNKNOWN", id="a word that we do not know"),
        pytest.param("<script>alert(1)</script>", "UNKNOWN", id="markup"),
        pytest.param("x" * 5_000, "UNKNOWN", id="very long"),
    ],
)
def test_legal_status(in_process: StubState, told: str | None, status: str | None) -> None:
    assert read(in_process, legalStatus=told).legal_status == status


def test_text_that_must_be_mended(in_process: StubState) -> None:
    found = read(in_process, prisonId="M\x00DI", lastName="half\ud83d")
    assert (found.establishment_id, found.was_mended) == (None, True)
    assert not read(in_process, prisonId="MDI").was_mended


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"prisonId": "MDI"}, id="no number"),
        pytest.param({"prisonerNumber": "A9813ZZ"}, id="another prisoner"),
        pytest.param([{"prisonerNumber": NUMBER}], id="a list"),
    ],
)
def test_a_document_that_breaks_its_contract(in_process: StubState, body: Any) -> None:
    says(in_process, body)
    with pytest.raises(failures.Malformed):
        prisoner_search.custody(NUMBER)


# --- Failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["ndelius", "prisoner_search"])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Fault(Effect.STATUS, status=401), failures.AuthFailed, id="401"),
        pytest.param(Fault(Effect.STATUS, status=403), failures.Forbidden, id="403"),
        pytest.param(Fault(Effect.STATUS, status=429), failures.RateLimited, id="429"),
        pytest.param(Fault(Effect.STATUS, status=500), failures.ServerFault, id="500"),
        pytest.param(Fault(Effect.STATUS, status=503), failures.Unavailable, id="503"),
        pytest.param(Fault(Effect.RESET), failures.Unavailable, id="dropped"),
        pytest.param(Fault(Effect.TRUNCATE), failures.Unavailable, id="half an answer"),
        pytest.param(Fault(Effect.NOT_JSON), failures.Malformed, id="not JSON"),
        pytest.param(Fault(Effect.HTML, status=200), failures.Malformed, id="HTML"),
    ],
)
def test_one_of_the_two_fails(
    stub: StubState, system: str, fault: Fault, expected: type[failures.UpstreamFailure]
) -> None:
    stub.faults.append(Fault(**(vars(fault) | {"system": system})))
    with pytest.raises(failures.UpstreamFailure) as caught:
        custody_of(CRN)
    assert (type(caught.value), caught.value.system) == (expected, system)


@pytest.mark.usefixtures("impatient")
def test_no_answer_in_time(stub: StubState) -> None:
    stub.faults.append(Fault(Effect.HANG))
    with pytest.raises(failures.TimedOut) as caught:
        prisoner_search.custody(NUMBER)
    assert caught.value.attempts == arrived(stub, 3) == 3


def test_a_failure_that_passes(stub: StubState) -> None:
    stub.faults.append(Fault(Effect.STATUS, system="prisoner_search", status=503, times=2))
    found = custody_of(CRN)
    assert found is not None
    assert found.establishment_id == "MDI"


def test_a_fault_of_one_person(stub: StubState) -> None:
    """A call that names somebody by prison number is about them as much as one with their CRN."""
    stub.faults.append(Fault(Effect.STATUS, system="prisoner_search", status=403, crn=CRN))
    with pytest.raises(failures.Forbidden):
        custody_of(CRN)
    assert custody_of("X980013") is not None


@pytest.mark.parametrize("number", ["", ".", ".."])
def test_a_path_never_becomes_another(in_process: StubState, number: str) -> None:
    with pytest.raises(ValueError, match="another path"):
        prisoner_search.custody(number)
    assert in_process.journal == []
