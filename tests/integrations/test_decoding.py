"""How wire shapes become values: names, addresses, levels, gaps, times and text that must be mended."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from integrations import failures, wire
from integrations.ndelius import client as ndelius
from integrations.ndelius import decoding as ndelius_decoding
from integrations.ndelius.name_case import in_name_case
from integrations.ndelius.types import Access
from integrations.oasys import client as oasys
from integrations.oasys import decoding as oasys_decoding
from integrations.oasys.types import SECTIONS, Answer, Assessed, Level, NeedsAssessed, NotCompleted
from integrations.wire import read_json, replace_unstorable
from upstream_stub.faults import Effect, Fault
from upstream_stub.people import assessments
from upstream_stub.state import StubState

CRN = "X980001"


def says(stub: StubState, body: Any) -> None:
    """The next call is answered 200 with ``body``, whoever it is about."""
    stub.faults.append(Fault(Effect.STATUS, status=200, body=body, times=1))


# --- Names and addresses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("MARLON", "Marlon", id="capitals"),
        pytest.param("marlon", "Marlon", id="small letters"),
        pytest.param("O'MALLEY-SHAW", "O'Malley-Shaw", id="apostrophe and hyphen"),
        pytest.param("o’malley", "O’Malley", id="curly apostrophe"),
        pytest.param("ANNE'S", "Anne's", id="an s after an apostrophe is no name"),
        pytest.param("MARY ANN", "Mary Ann", id="two names"),
        pytest.param("ŴYN ÊDO", "Ŵyn Êdo", id="accents"),
        pytest.param("ap Gethin-Prydderch", "ap Gethin-Prydderch", id="mixed case stays"),
        pytest.param("McDonald", "McDonald", id="inner capital stays"),
        pytest.param("محمد", "محمد", id="a script without case"),
        pytest.param("  KITE ", "Kite", id="spaces around"),
        pytest.param("SIA\u0302N", "Siân", id="an accent by itself"),
        pytest.param("GARCI\u0301A-S\u030cIMON", "García-Šimon", id="accents by themselves, hyphen"),
        pytest.param("X\u0302A", "X\u0302a", id="an accent that no letter has"),
        pytest.param("İBRAHİM", "İbrahim", id="Turkish, with dots"),
        pytest.param("I\u0307BRAHI\u0307M", "İbrahim", id="Turkish, with dots by themselves"),
        pytest.param("MCDONALD", "McDonald", id="Mc"),
        pytest.param("mcdonald-smith", "McDonald-Smith", id="Mc, small, hyphen"),
        pytest.param("MACEY", "Macey", id="Mac is not Mc"),
        pytest.param("MACDONALD", "Macdonald", id="Mac, one capital"),
        pytest.param("MCA", "Mca", id="too short for Mc"),
        pytest.param("O'NEILL", "O'Neill", id="O'Neill"),
        pytest.param("O’NEILL", "O’Neill", id="O’Neill"),
        pytest.param("O‘NEILL", "O‘Neill", id="O‘Neill, the opening sign"),
        pytest.param("OʼNEILL", "OʼNeill", id="OʼNeill, the letter"),
        pytest.param("ΣΩΚΡΆΤΗΣ", "Σωκράτης", id="Greek, the sigma at the end"),
        pytest.param("ŁUKASZ ŻÓŁĆ", "Łukasz Żółć", id="Polish"),
        pytest.param("\u01c4ENAN", "\u01c5enan", id="two letters in one"),
        pytest.param("MCDONALD III", "McDonald III", id="Mc and the third"),
        pytest.param("VAN DER BERG-O'NEILL", "van der Berg-O'Neill", id="particles, hyphen and apostrophe"),
        pytest.param("O'MCDONALD", "O'McDonald", id="both"),
        pytest.param("D'ARCY", "D'Arcy", id="D'Arcy"),
        pytest.param("d'Arcy", "d'Arcy", id="d'Arcy stays"),
        pytest.param("DE'ATH", "De'Ath", id="De'Ath"),
        pytest.param("RA'ED", "Ra'ed", id="an apostrophe inside a name"),
        pytest.param("'", "'", id="an apostrophe alone"),
        pytest.param("VAN DER BERG", "van der Berg", id="particles"),
        pytest.param("DE LA MARE", "de la Mare", id="particle and article"),
        pytest.param("LE BON", "Le Bon", id="an article alone"),
        pytest.param("MARY DEL CARMEN", "Mary del Carmen", id="particle inside"),
        pytest.param("SMITH-VAN DER BERG", "Smith-Van der Berg", id="particle behind a hyphen"),
        pytest.param("DE", "De", id="a particle with nothing behind it"),
        pytest.param("AP RHYS", "ap Rhys", id="Welsh"),
        pytest.param("SMITH III", "Smith III", id="the third"),
        pytest.param("smith iv", "Smith IV", id="the fourth, small"),
        pytest.param("III", "III", id="a numeral alone"),
        pytest.param("VI", "Vi", id="Vi is a name"),
        pytest.param("J.R. SMITH (JACK)", "J.R. Smith (Jack)", id="other signs"),
        pytest.param("", "", id="empty"),
    ],
)
def test_name_case(typed: str, shown: str) -> None:
    assert in_name_case(typed) == shown


def test_a_first_name_does_not_begin_small(in_process: StubState) -> None:
    says(in_process, {"crn": CRN, "name": {"forename": "VAN DER\u200b", "surname": "VAN DER BERG\u00a0"}})
    person = ndelius.person(CRN)
    assert (person.first_name, person.last_name) == ("Van Der", "van der Berg")


def test_a_first_name_is_no_numeral() -> None:
    assert in_name_case("THU VI", is_forename=True) == "Thu Vi"
    assert in_name_case("SMITH VI") == "Smith VI"


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        pytest.param(None, (), id="none"),
        pytest.param({}, (), id="empty"),
        pytest.param({"postcode": "ZZ99 1ZZ"}, ("ZZ99 1ZZ",), id="postcode only"),
        pytest.param({"buildingNumber": "4", "town": "Harrowgate"}, ("4", "Harrowgate"), id="no street"),
        pytest.param(
            {"streetName": "Quarry Hill", "town": " "}, ("Quarry Hill",), id="no number, blank town"
        ),
        pytest.param(
            {
                "buildingName": "Tern House",
                "buildingNumber": 4,
                "streetName": "Quarry Hill",
                "district": "Northgate",
                "town": "Harrowgate",
                "county": None,
                "postcode": "ZZ99 1ZZ",
            },
            ("Tern House", "4 Quarry Hill", "Northgate", "Harrowgate", "ZZ99 1ZZ"),
            id="number as a number, county null",
        ),
    ],
)
def test_address(in_process: StubState, address: Any, lines: tuple[str, ...]) -> None:
    says(in_process, {"crn": CRN, "contactDetails": {"mainAddress": address}})
    assert ndelius.person(CRN).address_lines == lines


# --- Tolerance, and its end ----------------------------------------------------------------------


def test_all_but_the_crn_may_be_missing(in_process: StubState) -> None:
    says(in_process, {"crn": CRN, "aNewKey": {"with": ["anything"]}, "profile": None, "dateOfBirth": None})
    person = ndelius.person(CRN)
    assert (person.name, person.date_of_birth, person.disabilities) == ("", None, ())


def test_details_of_somebody_else_are_refused(in_process: StubState) -> None:
    says(in_process, {"crn": "X980002", "name": {"forename": "Ivy", "surname": "Penhallow"}})
    with pytest.raises(failures.Malformed):
        ndelius.person(CRN)


def test_a_manager_name_in_one_piece(in_process: StubState) -> None:
    says(in_process, {"communityManager": {"name": "Patience Okonjo", "pdu": None, "team": {}}})
    officer = ndelius.responsible_officer(CRN)
    assert (officer.name, officer.pdu, officer.team, officer.unallocated) == (
        "Patience Okonjo",
        None,
        None,
        False,
    )


def test_an_unallocated_manager(in_process: StubState) -> None:
    says(
        in_process, {"communityManager": {"code": "N98PROU", "unallocated": True, "responsibleOfficer": True}}
    )
    officer = ndelius.responsible_officer(CRN)
    assert (officer.unallocated, officer.name, officer.email) == (True, "", None)


def test_a_sentence_without_offence_or_dates(in_process: StubState) -> None:
    says(in_process, {"convictions": [{"id": 7, "mainOffence": None, "sentence": {"description": "Order"}}]})
    (found,) = ndelius.active_sentences(CRN).known
    assert (found.id, found.offence_category, found.started_on, found.ends_on) == (7, None, None, None)
    assert found.sentence_description == "Order"


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: ndelius.person(CRN), id="details without a CRN"),
        pytest.param(lambda: ndelius.responsible_officer(CRN), id="officer without a manager"),
        pytest.param(lambda: ndelius.active_sentences(CRN), id="no list is not an empty list of sentences"),
        pytest.param(lambda: ndelius.sentence(CRN, 1), id="no sentence"),
        pytest.param(lambda: ndelius.access("P.OKONJO", [CRN]), id="no list of access"),
        pytest.param(lambda: ndelius.managed_crns("P.OKONJO"), id="no list of cases"),
    ],
)
def test_an_empty_object_breaks_the_contract(in_process: StubState, ask: Any) -> None:
    says(in_process, {})
    with pytest.raises(failures.Malformed):
        ask()


@pytest.mark.parametrize(
    ("entry", "expected", "is_allowed"),
    [
        pytest.param(
            {"userExcluded": False, "userRestricted": False}, Access(False, False), True, id="neither"
        ),
        pytest.param(
            {"userExcluded": True, "userRestricted": False}, Access(True, False), False, id="no message"
        ),
        pytest.param(
            {"userExcluded": False, "userRestricted": False, "exclusionMessage": "Not you"},
            Access(False, False),
            True,
            id="a message without its flag says nothing",
        ),
        pytest.param(
            {
                "userExcluded": True,
                "userRestricted": True,
                "exclusionMessage": "Not you",
                "restrictionMessage": "Only them",
            },
            Access(True, True, "Not you\nOnly them"),
            False,
            id="both",
        ),
        pytest.param(
            {"userExcluded": False},
            Access(False, False, was_answered=False, is_readable=False),
            False,
            id="a flag is missing",
        ),
        pytest.param({"userExcluded": True}, Access(True, False), False, id="the other flag bars"),
        pytest.param(
            {"userExcluded": None, "userRestricted": False},
            Access(False, False, was_answered=False, is_readable=False),
            False,
            id="a flag is null",
        ),
    ],
)
def test_access_entries(
    in_process: StubState, entry: dict[str, Any], expected: Access, is_allowed: bool
) -> None:
    says(in_process, {"access": [{"crn": CRN} | entry]})
    access = ndelius.access("P.OKONJO", [CRN])
    assert access == {CRN: expected}
    assert access[CRN].allowed is is_allowed


@pytest.mark.parametrize(
    ("asked", "calls"),
    [
        pytest.param(0, 0, id="nobody"),
        pytest.param(1, 1, id="one"),
        pytest.param(500, 1, id="as many as nDelius takes"),
        pytest.param(501, 2, id="one more"),
    ],
)
def test_access_is_asked_in_parts(in_process: StubState, asked: int, calls: int) -> None:
    crns = [f"Y{number:06d}" for number in range(asked)]
    assert list(ndelius.access("P.OKONJO", crns + crns)) == crns
    assert len(in_process.journal) == calls


# --- Risk ----------------------------------------------------------------------------------------


def risk_of(stub: StubState, **changes: Any) -> Any:
    """What the client makes of an assessment in wire shape."""
    body = assessments.risk(**({"assessed": None} | changes))
    says(stub, body | ({"assessedOn": changes["assessed"]} if "assessed" in changes else {}))
    return oasys.risk(CRN)


@pytest.mark.parametrize(
    ("community", "groups", "overall", "unknown"),
    [
        pytest.param({}, {}, Level.UNKNOWN, (), id="none"),
        pytest.param(
            {"VERY_HIGH": [], "LOW": ["Public"]}, {"Public": Level.LOW}, Level.LOW, (), id="empty list"
        ),
        pytest.param(
            {"LOW": ["KNOWN ADULT", "children"]},
            {"Children": Level.LOW, "Known adult": Level.LOW},
            Level.LOW,
            (),
            id="groups in other capitals, in our order",
        ),
        pytest.param(
            {"HIGH": ["Partners", "Staff"]},
            {"Staff": Level.HIGH, "Partners": Level.HIGH},
            Level.HIGH,
            (),
            id="another group comes last, as given",
        ),
        pytest.param(
            {"Very High": ["Staff"]},
            {"Staff": Level.VERY_HIGH},
            Level.VERY_HIGH,
            (),
            id="level as OASys writes it",
        ),
        pytest.param(
            {"LOW": ["Public"], "HIGH": ["Public"]},
            {"Public": Level.HIGH},
            Level.HIGH,
            (),
            id="a group twice",
        ),
        pytest.param(
            {"EXTREME": ["Public"], "LOW": ["Staff"]},
            {"Public": Level.UNKNOWN, "Staff": Level.LOW},
            Level.UNKNOWN,
            ("EXTREME",),
            id="an unknown level and a low are not low",
        ),
        pytest.param(
            {"EXTREME": ["Public"], "VERY_HIGH": ["Staff"]},
            {"Public": Level.UNKNOWN, "Staff": Level.VERY_HIGH},
            Level.VERY_HIGH,
            ("EXTREME",),
            id="nothing is above very high",
        ),
    ],
)
def test_levels(
    in_process: StubState,
    community: dict[str, list[str]],
    groups: dict[str, Level],
    overall: Level,
    unknown: tuple[str, ...],
) -> None:
    risk = risk_of(in_process, community=community)
    assert list(risk.levels_in_community.items()) == list(groups.items())
    assert risk.overall_community_level is overall
    assert risk.unknown_words == unknown


@pytest.mark.parametrize(
    ("current", "answer", "has_text"),
    [
        pytest.param("YES", Answer.YES, True, id="yes"),
        pytest.param("NO", Answer.NO, False, id="no"),
        pytest.param("DK", Answer.DONT_KNOW, False, id="don't know"),
        pytest.param("NA", Answer.NOT_APPLICABLE, False, id="not applicable"),
        pytest.param(None, None, False, id="null"),
        pytest.param("MAYBE", None, False, id="a word that we do not know"),
    ],
)
def test_text_of_a_concern_counts_under_a_yes_only(
    in_process: StubState, current: str | None, answer: Answer | None, has_text: bool
) -> None:
    body = assessments.risk(who="Somebody.", assessed=None)
    body["riskToSelf"]["vulnerability"] |= {"current": current, "currentConcernsText": "Lends his bank card."}
    says(in_process, body)
    risk = oasys.risk(CRN)
    assert isinstance(risk, Assessed)
    vulnerability = risk.sections["vulnerability"]
    assert vulnerability.answer is answer
    assert vulnerability.text == ("Lends his bank card." if has_text else None)
    assert risk.unknown_words == (("MAYBE",) if current == "MAYBE" else ())


UNANSWERED: dict[str, Any] = {
    "suicide": None,
    "self_harm": None,
    "custody": None,
    "hostel": None,
    "vulnerability": None,
}
WHOLE: dict[str, Any] = {"who": "Somebody.", "community": {"LOW": ["Public"]}}


@pytest.mark.parametrize(
    ("changes", "is_partial"),
    [
        pytest.param(WHOLE, False, id="whole"),
        pytest.param(WHOLE | {"who": None}, False, id="no text, but every concern answered"),
        pytest.param(WHOLE | {"is_screened": False}, True, id="screening down"),
        pytest.param(WHOLE | {"community": {}}, True, id="levels missing under texts"),
        pytest.param(WHOLE | UNANSWERED, False, id="texts and levels, concerns not filled in"),
        pytest.param(WHOLE | UNANSWERED | {"who": None}, True, id="levels, and nothing else"),
        pytest.param(
            WHOLE | {"community": {}, "custody_levels": {"HIGH": ["Prisoners"]}},
            False,
            id="levels in custody only",
        ),
        pytest.param(UNANSWERED | {"assessed": "2026-03-02T16:57:25"}, True, id="a date, and nothing else"),
    ],
)
def test_partial(in_process: StubState, changes: dict[str, Any], is_partial: bool) -> None:
    assert risk_of(in_process, **changes).is_partial is is_partial


def test_analysis_down(in_process: StubState) -> None:
    body = assessments.risk(**WHOLE, assessed=None)
    for concern in ("suicide", "selfHarm", "custody", "hostelSetting", "vulnerability"):
        body["riskToSelf"][concern] |= {"current": None, "previous": None}
    says(in_process, body)
    risk = oasys.risk(CRN)
    assert isinstance(risk, Assessed)
    assert risk.is_partial


def test_nothing_and_no_date_is_no_assessment(in_process: StubState) -> None:
    says(in_process, assessments.not_completed())
    assert oasys.risk(CRN) == NotCompleted()
    says(in_process, {"identifiedNeeds": [], "notIdentifiedNeeds": [], "unansweredNeeds": []})
    assert oasys.needs(CRN) == NotCompleted()


@pytest.mark.parametrize(
    ("written", "offset"),
    [
        pytest.param("2026-01-02T16:57:25", timedelta(0), id="winter, no zone: London"),
        pytest.param("2026-07-02T16:57:25", timedelta(hours=1), id="summer, no zone: London"),
        pytest.param("2026-07-02T16:57:25Z", timedelta(0), id="zone given"),
        pytest.param("2026-07-02T16:57:25.123+02:00", timedelta(hours=2), id="another zone given"),
    ],
)
def test_times(in_process: StubState, written: str, offset: timedelta) -> None:
    at = risk_of(in_process, **WHOLE, assessed=written).assessed_at
    assert at.utcoffset() == offset
    assert at.replace(tzinfo=None, microsecond=0).isoformat() == written[:19]


def test_a_need_without_words(in_process: StubState) -> None:
    need = {"section": "DRUG_MISUSE", "name": None, "score": None, "oasysThreshold": None}
    says(
        in_process,
        {
            "identifiedNeeds": [],
            "notIdentifiedNeeds": [],
            "unansweredNeeds": [need],
            "assessedOn": "2026-07-02T10:00:00",
        },
    )
    needs = oasys.needs(CRN)
    assert isinstance(needs, NeedsAssessed)
    assert (needs.needs[0].name, needs.needs[0].threshold) == ("Drug misuse", None)
    assert needs.assessed_at == datetime(2026, 7, 2, 9, tzinfo=UTC)


# --- Text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mended", "was_mended"),
    [
        pytest.param("ŵ ŷ 😀 \u200f\u0645", "ŵ ŷ 😀 \u200f\u0645", False, id="any script is fine"),
        pytest.param("one\r\ntwo\rthree\n", "one\ntwo\nthree\n", False, id="newlines, not a mending"),
        pytest.param("Sia\u0302n", "Siân", False, id="composed, not a mending"),
        pytest.param("nu\x00ll", "nu\ufffdll", True, id="null byte"),
        pytest.param("half\ud83d", "half\ufffd", True, id="first half of a pair"),
        pytest.param("\ude00half", "\ufffdhalf", True, id="second half of a pair"),
        pytest.param("  spaces kept \t", "  spaces kept \t", False, id="spaces"),
    ],
)
def test_text(in_process: StubState, text: str, mended: str, was_mended: bool) -> None:
    assert replace_unstorable(text) == (mended, was_mended)
    assert replace_unstorable({"in": [text]}) == ({"in": [mended]}, was_mended)
    risk = risk_of(in_process, who=text, community={"LOW": ["Public"]})
    assert (risk.sections["who_is_at_risk"].text, risk.was_mended) == (mended, was_mended)
    mended.encode()  # can be stored


def test_details_say_that_they_were_mended(in_process: StubState) -> None:
    says(in_process, {"crn": CRN, "name": {"forename": "Mar\x00lon", "surname": "Ashgrove"}})
    person = ndelius.person(CRN)
    assert (person.first_name, person.was_mended) == ("Mar\ufffdlon", True)


@pytest.mark.parametrize("text", ["", "  ", "\r\n"])
def test_blank_text_is_no_text(in_process: StubState, text: str) -> None:
    risk = risk_of(in_process, who=text, community={"LOW": ["Public"]})
    assert risk.sections["who_is_at_risk"].text is None
    assert set(risk.sections) == set(SECTIONS)


@pytest.mark.parametrize(
    ("body", "value", "was_mended"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, False, id="byte order mark"),
        pytest.param(b'{"a": "\xff"}', {"a": "\ufffd"}, True, id="bytes that are no UTF-8"),
        pytest.param(b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}, False, id="a whole pair"),
    ],
)
def test_json(body: bytes, value: Any, was_mended: bool) -> None:
    assert read_json(body) == (value, was_mended)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"secret": ', id="cut"),
        pytest.param(b'{"secret": NaN}', id="not a number"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b"1" * 10_000, id="a number without end"),
    ],
)
def test_not_json(body: bytes) -> None:
    with pytest.raises(ValueError, match="^not JSON$") as caught:
        read_json(body)
    assert caught.value.__cause__ is None


def test_a_wrong_shape_is_named_without_its_values() -> None:
    with pytest.raises(ValueError, match="not the promised shape") as caught:
        wire.decode(ndelius_decoding.CaseDetail, {"crn": ["Dorian Vellacott"]})
    assert "Vellacott" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_dates_and_zones_are_left_as_told() -> None:
    aware = datetime(2026, 7, 2, 16, 57, tzinfo=timezone(timedelta(hours=2)))
    assert oasys_decoding.in_london(aware) is aware
    assert oasys_decoding.in_london(None) is None
    assert ndelius_decoding.CaseDetail(crn=CRN, date_of_birth=date(1988, 4, 12)).date_of_birth == date(
        1988, 4, 12
    )
