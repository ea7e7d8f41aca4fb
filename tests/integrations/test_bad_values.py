"""One bad value from outside costs that value (decision W6): every value of every answer, made wrong in every way.

Each answer below holds words, dates and numbers that stand nowhere else, so that what is lost can be told: made wrong
at one place, the answer must still be read, and say everything that it said of all other places.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from integrations import failures
from integrations.ndelius import client as ndelius
from integrations.oasys import client as oasys
from integrations.oasys.types import Assessed, Level, NeedsAssessed, NotCompleted
from integrations.prison_api import client as prison_api
from integrations.prison_register import client as prison_register
from integrations.prisoner_search import client as prisoner_search
from tests.integrations.direct import Answers, answer_directly

CRN = "X980001"
PRISON_NUMBER = "A9801ZZ"
WRONG = (None, "", " \u200b", "NO_SUCH_CODE", -1, 10**30, 1.5, True, [], {}, ["wrong"], {"wrong": "shape"})

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Answer:
    """One answer in wire shape, and whom to ask. ``vital``: without it the answer, or the item of a list, is none."""

    ask: Callable[[], Any]
    body: Any
    vital: tuple[str, ...] = ()
    takes_along: dict[str, str] = field(default_factory=dict)  # by the rules, not by being unreadable


def concern(word: str) -> dict[str, str]:
    """A concern that OASys answers with yes."""
    return {"risk": "YES", "previous": "YES", "current": "YES", "currentConcernsText": f"{word} concern"}


def manager(word: str) -> dict[str, Any]:
    """Somebody who manages a case."""
    return {
        "name": {"forename": f"{word}fore", "surname": f"{word}sur"},
        "username": f"{word}.user",
        "email": f"{word}@ndelius.example",
        "telephoneNumber": f"{word} telephone",
        "responsibleOfficer": True,
        "pdu": {"code": f"{word}pducode", "description": f"{word} pdu"},
        "team": {
            "description": f"{word} team",
            "email": f"{word}team@ndelius.example",
            "telephoneNumber": f"{word} teamphone",
        },
        "unallocated": False,
    }


def conviction(number: int, word: str) -> dict[str, Any]:
    """One sentence."""
    return {
        "id": number,
        "date": f"2021-01-{number}",
        "sentence": {"description": f"{word} order", "expectedEndDate": f"2031-02-{number}"},
        "mainOffence": {"category": f"{word} category", "subCategory": f"{word} subcategory"},
        "active": True,
    }


def need(word: str, score: int) -> dict[str, Any]:
    """One criminogenic need."""
    return {
        "section": f"{word}_SECTION",
        "name": f"{word} name",
        "riskOfHarm": True,
        "riskOfReoffending": True,
        "score": score,
        "oasysThreshold": {"standard": score + 1},
    }


ANSWERS = {
    "person": Answer(
        lambda: ndelius.person(CRN),
        {
            "crn": CRN,
            "name": {"forename": "Marlon", "surname": "Ashgrove"},
            "dateOfBirth": "1988-04-12",
            "gender": "Male",
            "profile": {
                "primaryLanguage": "Welsh",
                "ethnicity": "Roma",
                "religion": "Quaker",
                "disabilities": [{"type": "Mobility"}, {"type": "Hearing"}],
            },
            "contactDetails": {
                "noFixedAbode": False,
                "mainAddress": {
                    "buildingName": "Tern House",
                    "buildingNumber": "47",
                    "streetName": "Quarry Hill",
                    "district": "Northgate",
                    "town": "Harrowgate",
                    "county": "Durham",
                    "postcode": "ZZ99 1ZZ",
                },
                "emailAddress": "marlon@post.example",
                "telephoneNumber": "01632 960111",
                "mobileNumber": "07700 900222",
            },
        },
        vital=("crn",),
    ),
    "prison number": Answer(
        lambda: ndelius.noms_number(CRN), {"crn": CRN, "nomsId": PRISON_NUMBER}, vital=("crn", "nomsId")
    ),
    "officer": Answer(
        lambda: ndelius.responsible_officer(CRN),
        {"communityManager": manager("Comm"), "prisonManager": manager("Pris")},
        vital=("communityManager",),
    ),
    "sentences": Answer(
        lambda: ndelius.active_sentences(CRN),
        {"convictions": [conviction(17, "first"), conviction(19, "second")]},
        vital=("convictions", "id"),
    ),
    "sentence": Answer(
        lambda: ndelius.sentence(CRN, 17), {"conviction": conviction(17, "only")}, vital=("conviction", "id")
    ),
    "managed cases": Answer(
        lambda: ndelius.managed_crns("P.OKONJO"),
        {"managedCases": [{"crn": "X980002"}, {"crn": "X980003"}]},
        vital=("managedCases", "crn"),
    ),
    "practitioner": Answer(
        lambda: ndelius.practitioner("P.OKONJO"),
        {
            "username": "P.OKONJO",
            "name": {"forename": "Patience", "surname": "Okonjo"},
            "email": "p@ndelius.example",
        },
    ),
    "risk": Answer(
        lambda: oasys.risk(CRN),
        {
            "riskToSelf": {
                kind: concern(kind) for kind in ("suicide", "selfHarm", "hostelSetting", "vulnerability")
            },
            "otherRisks": {"escapeOrAbscond": "NO"},
            "summary": {
                "whoIsAtRisk": "Who text",
                "natureOfRisk": "Nature text",
                "riskImminence": "Imminence text",
                "riskInCommunity": {"HIGH": ["Public"], "LOW": ["Staff", "Zebras"]},
                "riskInCustody": {"MEDIUM": ["Prisoners"]},
            },
            "assessedOn": "2026-03-02T16:57:25",
        },
        takes_along={"current": "currentConcernsText"},  # text counts under a yes only
    ),
    "needs": Answer(
        lambda: oasys.needs(CRN),
        {
            "identifiedNeeds": [need("Drug", 61), need("Alcohol", 63)],
            "notIdentifiedNeeds": [need("Attitude", 65)],
            "unansweredNeeds": [need("Work", 67)],
            "assessmentVersion": "OASYS",
            "assessedOn": "2026-07-02T10:00:00",
        },
        vital=("section",),
    ),
    "prisons": Answer(
        prison_register.prisons,
        [{"prisonId": "AAI", "prisonName": "Albany"}, {"prisonId": "BBI", "prisonName": "Bure"}],
        vital=("prisonId", "prisonName"),
    ),
    "secure children's homes": Answer(
        prison_api.secure_childrens_homes,
        [{"agencyId": "SCH1", "description": "Alder"}, {"agencyId": "SCH2", "description": "Beech"}],
        vital=("agencyId", "description"),
    ),
    "prisoner": Answer(
        lambda: prisoner_search.custody(PRISON_NUMBER),
        {
            "prisonerNumber": PRISON_NUMBER,
            "prisonId": "MDI",
            "inOutStatus": "IN",
            "legalStatus": "SENTENCED",
            "releaseDate": "2027-05-01",
            "confirmedReleaseDate": "2027-05-02",
        },
        vital=("prisonerNumber",),
    ),
}


def places(value: Any, here: Path = ()) -> Iterator[Path]:
    """Every place of an answer below the whole."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from places(item, (*here, key))


def at(body: Any, place: Path) -> Any:
    for key in place:
        body = body[key]
    return body


def made_wrong(body: Any, place: Path, value: Any) -> Any:
    changed = copy.deepcopy(body)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def told(answer: Answer, lost: Path) -> set[str]:
    """What the answer says at all places but ``lost``: texts, dates and numbers, each told apart by itself."""
    return {
        str(value)
        for place in places(answer.body)
        if place[: len(lost)] != lost and not isinstance(value := at(answer.body, place), dict | list | bool)
    }


def lost_with(answer: Answer, place: Path) -> Path:
    """What may go when this place is wrong: the value; with a vital one, the item that it names."""
    if place[-1] in answer.vital:
        numbers = [depth for depth, key in enumerate(place) if isinstance(key, int)]
        return place[: numbers[-1] + 1] if numbers else ()
    return place


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return answer_directly(monkeypatch)


def read(answers: Answers, answer: Answer, body: Any) -> Any:
    answers.body = body
    return answer.ask()


def words_of(value: Any) -> str:
    """All that a value says, plainly."""
    plain = re.sub(r"datetime\.date\((\d+), (\d+), (\d+)\)", _iso, repr(value))
    return re.sub(r"datetime\.datetime\((\d+), (\d+), (\d+)[^)]*\)", _iso, plain).casefold()


def _iso(found: re.Match[str]) -> str:
    return f"{int(found[1])}-{int(found[2]):02}-{int(found[3]):02}"


@pytest.mark.parametrize("name", ANSWERS)
def test_one_bad_value_costs_that_value(answers: Answers, name: str) -> None:
    answer = ANSWERS[name]
    whole = words_of(read(answers, answer, answer.body))
    for place in places(answer.body):
        lost = lost_with(answer, place)
        for value in WRONG:
            where = f"{place} is {value!r}"
            try:
                found = read(answers, answer, made_wrong(answer.body, place, value))
            except failures.Malformed:
                assert place[-1] in answer.vital or place[0] in answer.vital, where
                continue
            said = words_of(found)
            kept = {word for word in told(answer, lost) if word.casefold() in whole}
            along = answer.takes_along.get(str(place[-1]))
            if along:
                kept.discard(at(answer.body, (*place[:-1], along)))
            missing = {word for word in kept if word.casefold() not in said}
            assert not missing or _is_a_rule(name, place), (where, missing)


def test_what_cannot_be_read_is_named(answers: Answers) -> None:
    """Absence and bad data are two things: what could not be read is never taken for what is not there."""
    named = {"person", "officer", "sentences", "sentence", "risk", "needs", "prisoner"}
    unnamed = []
    for name in named:
        answer = ANSWERS[name]
        for place in places(answer.body):
            if isinstance(at(answer.body, place), dict | list) or place[:1] == ("otherRisks",):
                continue
            try:
                found = read(answers, answer, made_wrong(answer.body, place, ["wrong"]))
            except failures.Malformed:
                continue
            found = found.prison_manager if "prisonManager" in place else found
            whole = found.known[int(place[1])] if name == "sentences" and not found.is_partial else found
            if not (getattr(whole, "unread", ()) or getattr(found, "is_partial", False)):
                unnamed.append((name, place))
    assert unnamed == []


def _is_a_rule(name: str, place: Path) -> bool:
    """Where two values make one word: the expected release date stands in for a confirmed one that is not known."""
    return name == "prisoner" and place == ("confirmedReleaseDate",)


@pytest.mark.parametrize("name", ["risk", "needs"])
def test_an_assessment_with_a_bad_value_is_never_read_as_whole_or_as_none(
    answers: Answers, name: str
) -> None:
    """A gap must not be read as "no risk": what could not be read makes the answer incomplete."""
    answer = ANSWERS[name]
    for place in places(answer.body):
        for value in (["wrong"], {"wrong": "shape"}):
            found = read(answers, answer, made_wrong(answer.body, place, value))
            assert isinstance(found, Assessed | NeedsAssessed), (place, value)
            could_be_right = isinstance(at(answer.body, place), dict | list)
            assert found.is_partial or could_be_right or place[1] == "otherRisks", (place, value)


@pytest.mark.parametrize(
    ("community", "levels", "overall", "is_partial"),
    [
        pytest.param(
            {"HIGH": ["Public"], "LOW": None}, {"Public": Level.HIGH}, Level.HIGH, False, id="nobody at low"
        ),
        pytest.param(
            {"HIGH": ["Public", None], "LOW": [""]},
            {"Public": Level.HIGH},
            Level.HIGH,
            False,
            id="nobody named",
        ),
        pytest.param(
            {"HIGH": 7, "LOW": ["Staff"]},
            {"Staff": Level.LOW},
            Level.UNKNOWN,
            True,
            id="low is not the highest",
        ),
        pytest.param(
            {"HIGH": [["Public"]], "VERY_HIGH": ["Staff"]},
            {"Staff": Level.VERY_HIGH},
            Level.VERY_HIGH,
            True,
            id="nothing is above very high",
        ),
        pytest.param(["HIGH"], {}, Level.UNKNOWN, True, id="no levels at all"),
    ],
)
def test_levels_that_cannot_be_read(
    answers: Answers, community: Any, levels: dict[str, Level], overall: Level, is_partial: bool
) -> None:
    body = made_wrong(ANSWERS["risk"].body, ("summary", "riskInCommunity"), community)
    found = read(answers, ANSWERS["risk"], body)
    assert found.levels_in_community == levels
    assert (found.overall_community_level, found.is_partial) == (overall, is_partial)


def test_an_assessment_date_that_cannot_be_read_is_an_assessment(answers: Answers) -> None:
    empty = {"summary": {}, "assessedOn": "last week"}
    assert read(answers, ANSWERS["risk"], empty) != NotCompleted()
    assert read(answers, ANSWERS["risk"], {"summary": {}}) == NotCompleted()


@pytest.mark.parametrize(
    ("flag", "is_allowed"),
    [
        pytest.param(False, True, id="no"),
        *(
            pytest.param(value, False, id=f"not a yes or no: {value!r}")
            for value in (None, "", "no", "false", 0, [], {})
        ),
    ],
)
def test_only_a_plain_no_lets_somebody_in(answers: Answers, flag: Any, is_allowed: bool) -> None:
    entries = [
        {"crn": CRN, "userExcluded": flag, "userRestricted": False},
        {"crn": "X980002", "userExcluded": False, "userRestricted": False},
        None,
        {"crn": []},
    ]
    answers.body = {"access": entries}
    access = ndelius.access("P.OKONJO", [CRN, "X980002"])
    assert [access[CRN].allowed, access[CRN].was_answered, access["X980002"].allowed] == [
        is_allowed,
        is_allowed,
        True,
    ]


@pytest.mark.parametrize("value", [0, 5, "5", "1988", "12/04/1988", "19880412", 572832000, True])
def test_a_number_is_no_date(answers: Answers, value: Any) -> None:
    body = made_wrong(ANSWERS["person"].body, ("dateOfBirth",), value)
    assert read(answers, ANSWERS["person"], body).date_of_birth is None
