"""What the clients make of synthetic people. Every method against everybody: test_every_person_and_value."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations import failures
from integrations.ndelius import client as ndelius
from integrations.oasys import client as oasys
from integrations.oasys.types import (
    SECTIONS,
    Answer,
    Assessed,
    Level,
    NeedsAssessed,
    NeedStatus,
    NoRecord,
    Trouble,
    Unreachable,
)
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.state import StubState

PERSONAS_OF_PART_SIX = {
    *(f"X9800{number:02d}" for number in [*range(1, 20), *range(21, 28), *range(29, 33), 35, 37]),
    "X980115",
    "X980129",
    "X980131",
    "X980231",
    "X980132",
}

MERGED_AWAY = "X980020"


def today() -> date:
    return timezone.localdate()


def outcome(ask: Callable[[], Any]) -> Any:
    """The answer, or the type of failure that was raised."""
    try:
        return ask()
    except failures.UpstreamFailure as failure:
        return type(failure)


def test_all_of_part_six_is_there() -> None:
    assert PEOPLE.keys() >= PERSONAS_OF_PART_SIX | {MERGED_AWAY}
    assert all(person.shows for person in PEOPLE.values())


#: One as most are, and those for whom something goes wrong on the way.
ON_THE_WAY = sorted({"X980001"} | {crn for crn, person in PEOPLE.items() if person.faults})


@pytest.mark.parametrize("crn", ON_THE_WAY)
def test_each_person_decodes_or_fails_as_said(stub: StubState, crn: str) -> None:
    person = outcome(lambda: ndelius.person(crn))
    if crn == "X980129":
        assert person is failures.ServerFault
    else:
        assert (person.crn, person.was_mended) == (crn, False)
        assert person.first_name
        assert person.last_name
        assert "undefined" not in " ".join(person.address_lines)

    assert ndelius.responsible_officer(crn).name == "Patience Okonjo"

    sentences = ndelius.active_sentences(crn).known
    assert len(sentences) == 1
    assert [ndelius.sentence(crn, found.id) for found in sentences] == list(sentences)

    timeout = 0.1 if crn == "X980030" else None
    risk = oasys.risk(crn, timeout=timeout)
    assert isinstance(
        risk,
        {
            "X980030": Unreachable,
            "X980031": Unreachable,
            "X980131": Unreachable,
        }.get(crn, Assessed),
    )
    if isinstance(risk, Assessed):
        assert tuple(risk.sections) == SECTIONS
        assert not risk.was_mended
        assert not risk.is_partial

    needs = oasys.needs(crn, timeout=timeout)
    assert isinstance(
        needs,
        {
            "X980030": Unreachable,
            "X980131": Unreachable,
        }.get(crn, NeedsAssessed),
    )


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(lambda: ndelius.person("X989999"), failures.NotFound, id="details"),
        pytest.param(lambda: ndelius.responsible_officer("X989999"), failures.NotFound, id="officer"),
        pytest.param(lambda: ndelius.active_sentences("X989999"), failures.NotFound, id="sentences"),
        pytest.param(lambda: ndelius.sentence("X980001", 1), failures.NotFound, id="another's sentence"),
        pytest.param(lambda: ndelius.practitioner("LEAVER01"), failures.NotFound, id="somebody who left"),
        pytest.param(lambda: ndelius.managed_crns("LEAVER01"), frozenset(), id="cases of somebody who left"),
        pytest.param(lambda: ndelius.person(MERGED_AWAY), failures.NotFound, id="details of one merged away"),
        pytest.param(lambda: ndelius.responsible_officer(MERGED_AWAY), failures.NotFound, id="their officer"),
        pytest.param(lambda: ndelius.active_sentences(MERGED_AWAY), failures.NotFound, id="their sentences"),
        pytest.param(lambda: oasys.risk(MERGED_AWAY), NoRecord(), id="their risk"),
        pytest.param(lambda: oasys.needs(MERGED_AWAY), NoRecord(), id="their needs"),
        pytest.param(lambda: oasys.risk("X989999"), NoRecord(), id="risk"),
        pytest.param(lambda: oasys.needs("X989999"), NoRecord(), id="needs"),
    ],
)
def test_nobody_there(stub: StubState, ask: Callable[[], Any], expected: Any) -> None:
    assert outcome(ask) == expected


# --- Who may see whom ----------------------------------------------------------------------------

LIMITED = ["X980001", "X980017", "X980018", "X980019", "X989999"]


@pytest.mark.parametrize(
    ("username", "allowed"),
    [
        pytest.param("P.OKONJO", [True, True, True, False, True], id="on the list, not excluded"),
        pytest.param("J.ARKWRIGHT", [True, True, False, False, True], id="not on the list"),
        pytest.param("H.TRELAWNY", [True, False, False, False, True], id="excluded"),
        pytest.param("NOBODY", [True, False, False, False, True], id="unknown to nDelius: any limit counts"),
    ],
)
def test_access(stub: StubState, username: str, allowed: list[bool]) -> None:
    access = ndelius.access(username, LIMITED)
    assert [access[crn].allowed for crn in LIMITED] == allowed


def test_messages_of_a_refusal(stub: StubState) -> None:
    access = ndelius.access("H.TRELAWNY", LIMITED)
    assert (
        access["X980017"].message
        == "You are excluded from viewing this person’s record. Speak to your manager."
    )
    assert (access["X980018"].restricted, access["X980018"].message) == (True, None)
    assert (access["X980019"].was_answered, access["X980019"].is_limited) == (False, False)


def test_managed_cases(stub: StubState) -> None:
    assert ndelius.managed_crns("J.ARKWRIGHT") == {"X980022"}
    assert ndelius.managed_crns("H.TRELAWNY") == frozenset()
    assert {"X980001", "X980017", "X980018"} <= ndelius.managed_crns("P.OKONJO")
    assert "X980022" not in ndelius.managed_crns("P.OKONJO")


def test_practitioners(stub: StubState) -> None:
    found = ndelius.practitioner("H.TRELAWNY")
    assert (found.name, found.email) == ("Harriet Trelawny", "harriet.trelawny@example.com")


# --- What single people show in nDelius ----------------------------------------------------------


def test_full_details(stub: StubState) -> None:
    marlon = ndelius.person("X980001")
    assert (marlon.name, marlon.date_of_birth, marlon.sex) == ("Marlon Ashgrove", date(1988, 4, 12), "Male")
    assert marlon.disabilities == ("Dyslexia",)  # and nothing of its notes
    assert marlon.address_lines == ("4 Quarry Hill", "Northgate", "Harrowgate", "North Vale", "ZZ99 1ZZ")
    assert (marlon.telephone, marlon.mobile) == ("01632 960001", "07700 900001")
    assert marlon.email == "marlon.ashgrove@example.com"


@pytest.mark.parametrize(
    ("crn", "prison_manager"),
    [("X980002", "Desmond Achebe-Ward"), ("X980012", "Rosalind Farquhar"), ("X980013", "Imelda Quayle")],
)
def test_prison_manager_is_responsible(stub: StubState, crn: str, prison_manager: str) -> None:
    officer = ndelius.responsible_officer(crn)
    assert (officer.name, officer.is_responsible_officer) == ("Patience Okonjo", False)
    assert officer.to_notify.name == prison_manager


def test_not_allocated(stub: StubState) -> None:
    officer = ndelius.responsible_officer("X980024")
    assert officer.unallocated
    assert (officer.username, officer.email, officer.phone) == (None, None, None)
    assert officer.team_email == "harrowgate.team1@example.com"


def test_nobody_flagged_responsible(stub: StubState) -> None:
    officer = ndelius.responsible_officer("X980022")
    assert (officer.is_responsible_officer, officer.email, officer.prison_manager) == (False, None, None)
    assert officer.to_notify is officer


def test_holes_in_details(stub: StubState) -> None:
    noor = ndelius.person("X980006")
    assert (noor.ethnicity, noor.preferred_language, noor.religion_or_belief, noor.disabilities) == (
        None,
        None,
        None,
        (),
    )
    assert noor.address_lines == ("ZZ99 6ZZ",)


def test_long_details(stub: StubState) -> None:
    assert len(ndelius.person("X980007").disabilities) == 12


@pytest.mark.parametrize(
    ("crn", "first_name", "last_name"),
    [
        pytest.param("X980008", "Lowri", "ap Gethin-Prydderch", id="mixed case is left alone"),
        pytest.param("X980009", '"Robert"', "O'Malley-&-Sons", id="odd letters are left alone"),
        pytest.param("X980011", "Silvio", "Marchetti-Rowe", id="capitals are not shouted"),
    ],
)
def test_names(stub: StubState, crn: str, first_name: str, last_name: str) -> None:
    person = ndelius.person(crn)
    assert (person.first_name, person.last_name) == (first_name, last_name)


def test_markup_in_a_team(stub: StubState) -> None:
    assert ndelius.responsible_officer("X980009").team == "Harrowgate <b>North</b> & District Team"


def test_no_contact_details(stub: StubState) -> None:
    sol = ndelius.person("X980025")
    assert sol.no_fixed_abode
    assert (sol.sex, sol.address_lines, sol.telephone, sol.mobile, sol.email) == (None, (), None, None, None)


def test_many_sentences(stub: StubState) -> None:
    sentences = ndelius.active_sentences("X980026").known
    assert len({found.id for found in sentences}) == 7
    assert [found.ends_on for found in sentences].count(None) == 1
    assert [found.started_on for found in sentences].count(None) == 1
    assert max(found.ends_on for found in sentences if found.ends_on) >= today() + timedelta(days=3_650)
    offences = [(found.offence_category, found.offence_subcategory) for found in sentences]
    assert len(offences) - len(set(offences)) == 1


def test_ended_sentence_is_found_but_not_offered(stub: StubState) -> None:
    ended = ndelius.sentence("X980026", 2_500_982_699)
    assert not ended.is_active
    assert ended.id not in [found.id for found in ndelius.active_sentences("X980026").known]


def test_details_break_twice_and_then_come(stub: StubState) -> None:
    assert ndelius.person("X980029").name == "Perpetua Nwosu-Lang"
    assert [call.status for call in stub.calls("ndelius", "/details")] == [500, 500, 200]


# --- What single people show in OASys ------------------------------------------------------------


def assessed(crn: str) -> Assessed:
    found = oasys.risk(crn)
    assert isinstance(found, Assessed)
    return found


def test_full_assessment(stub: StubState) -> None:
    risk = assessed("X980001")
    assert (
        risk.sections["who_is_at_risk"].text == "Former partners; housing staff who challenge him about rent."
    )
    assert risk.sections["nature_of_risk"].text == (
        "Sudden assault with whatever is to hand, usually after drinking."
    )
    assert risk.sections["risk_imminence"].text == "Evenings, and in the week benefits are paid."
    assert all(risk.sections[name].answer is Answer.YES for name in SECTIONS[3:])
    assert all(risk.sections[name].text for name in SECTIONS)
    assert list(risk.levels_in_community.items()) == [
        ("Children", Level.LOW),
        ("Public", Level.HIGH),
        ("Known adult", Level.VERY_HIGH),
        ("Staff", Level.VERY_HIGH),
    ]
    assert risk.overall_community_level is Level.VERY_HIGH
    assert risk.assessed_at is not None
    assert timezone.localtime(risk.assessed_at).date() == today() - timedelta(days=60)


def test_custody_does_not_raise_the_community_level(stub: StubState) -> None:
    risk = assessed("X980002")
    assert risk.overall_community_level is Level.LOW
    assert risk.levels_in_custody == {"Staff": Level.VERY_HIGH, "Prisoners": Level.VERY_HIGH}


def test_nobody_knew(stub: StubState) -> None:
    risk = assessed("X980005")
    assert [risk.sections[name].answer for name in SECTIONS] == [None] * 3 + [Answer.DONT_KNOW] * 4
    assert all(answer.text is None for answer in risk.sections.values())
    assert set(risk.levels_in_community.values()) == {Level.MEDIUM}


def test_holes_in_an_assessment(stub: StubState) -> None:
    risk = assessed("X980006")
    assert (risk.sections["suicide"].answer, risk.sections["self_harm"].answer) == (None, None)
    assert (risk.sections["hostel_setting"].answer, risk.sections["hostel_setting"].text) == (
        Answer.YES,
        None,
    )
    assert risk.sections["vulnerability"].answer is Answer.NO
    assert (risk.levels_in_community, risk.assessed_at) == ({"Public": Level.MEDIUM}, None)


def test_long_text(stub: StubState) -> None:
    sections = assessed("X980007").sections
    imminence = sections["risk_imminence"].text or ""
    assert len(sections["who_is_at_risk"].text or "") == 4_000
    assert len(sections["nature_of_risk"].text or "") == 4_001
    assert (len(imminence), imminence.count("\n")) == (12_000, 200)
    assert max(map(len, (sections["vulnerability"].text or "").rstrip(".").split())) >= 600


def test_every_script(stub: StubState) -> None:
    text = assessed("X980008").sections["risk_imminence"].text or ""
    assert text.startswith("Mae'r risg fwyaf gartref yn Llanfihangel-y-traethau; ŵ ŷ â ê.")
    assert all(mark in text for mark in ("\U0001f600", "\u00e9", "\u0645", "\u00a0", "\u200b"))


def test_text_that_looks_like_code(stub: StubState) -> None:
    sections = assessed("X980009").sections
    assert sections["who_is_at_risk"].text == (
        "<script>alert('x')</script> <img src=x onerror=1> and \"quotes\" & 5 < 6"
    )
    assert sections["nature_of_risk"].text == '{{7*7}} {% raw %} ${x} =HYPERLINK("z")'


def test_other_people_in_the_text(stub: StubState) -> None:
    sections = assessed("X980010").sections
    assert sections["who_is_at_risk"].text == (
        "Her ex-partner Dorian Vellacott and their son Milo, who live at 4 Tern Court; "
        "neighbour Mrs Adeyinka Fosse."
    )
    assert "4 Tern Court" in (sections["suicide"].text or "")
    assert "Vellacott" in (sections["hostel_setting"].text or "")


def test_shared_text_stands_under_the_yes_only(stub: StubState) -> None:
    sections = assessed("X980011").sections
    assert (sections["suicide"].answer, sections["self_harm"].answer) == (Answer.YES, Answer.NO)
    assert sections["suicide"].text
    assert sections["self_harm"].text is None


@pytest.mark.parametrize(
    ("crn", "timeout", "reason"),
    [
        pytest.param("X980030", 0.1, Trouble.SLOW, id="hangs"),
        pytest.param("X980031", None, Trouble.MALFORMED, id="not JSON"),
        pytest.param("X980131", None, Trouble.UNREACHABLE, id="HTML and 502"),
    ],
)
def test_no_answer(stub: StubState, crn: str, timeout: float | None, reason: Trouble) -> None:
    assert oasys.risk(crn, timeout=timeout) == Unreachable(reason)


def test_level_that_nobody_knows(stub: StubState) -> None:
    risk = assessed("X980231")
    assert risk.levels_in_community["Public"] is Level.UNKNOWN
    assert risk.overall_community_level is Level.UNKNOWN
    assert risk.unknown_words == ("EXTREME",)


def test_partly_answered(stub: StubState) -> None:
    kite, other_kite = assessed("X980032"), assessed("X980132")
    assert kite.is_partial
    assert kite.sections["suicide"].answer is Answer.YES
    assert other_kite.is_partial
    assert (other_kite.levels_in_community, other_kite.overall_community_level) == ({}, Level.UNKNOWN)
    assert other_kite.sections["who_is_at_risk"].text


def test_assessment_changes_after_the_first_read(stub: StubState) -> None:
    first, second, third = assessed("X980037"), assessed("X980037"), assessed("X980037")
    assert first.sections != second.sections
    assert second == third
    assert second.assessed_at is not None
    assert timezone.localtime(second.assessed_at).date() == today() - timedelta(days=1)


def test_needs(stub: StubState) -> None:
    kezia = oasys.needs("X980010")
    assert isinstance(kezia, NeedsAssessed)
    assert kezia.version == "OASYS"
    by_section = {need.section: need for need in kezia.needs}
    relationships = by_section["RELATIONSHIPS"]
    assert (relationships.status, relationships.score, relationships.threshold) == (
        NeedStatus.IDENTIFIED,
        6,
        2,
    )
    assert relationships.risk_of_harm
    assert by_section["DRUG_MISUSE"].status is NeedStatus.NOT_IDENTIFIED
    assert (by_section["ATTITUDE"].status, by_section["ATTITUDE"].score) == (NeedStatus.UNANSWERED, None)


def test_needs_of_the_newer_form(stub: StubState) -> None:
    lowri = oasys.needs("X980008")
    assert isinstance(lowri, NeedsAssessed)
    assert lowri.version == "SAN"
    assert "THINKING_ATTITUDES_AND_BEHAVIOUR" in [need.section for need in lowri.needs]
