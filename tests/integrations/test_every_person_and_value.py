"""Every client method for every person of the stub: as it is answered, and with any one value made wrong (W6)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import partial
from itertools import count
from typing import Any

import pytest

from integrations import failures
from integrations.ndelius import client as ndelius
from integrations.ndelius.types import Sentences
from integrations.oasys import client as oasys
from integrations.oasys.types import Unreachable
from integrations.prison_api import client as prison_api
from integrations.prison_register import client as prison_register
from integrations.prisoner_search import client as prisoner_search
from integrations.wire import replace_unstorable
from tests.integrations.direct import HELD, Answers, answer_directly
from upstream_stub.people.practitioners import USERS
from upstream_stub.places import PRISONS, SECURE_CHILDRENS_HOMES

WRONG = (None, "", 7, ["wrong"], {"wrong": "shape"}, "NO_SUCH_CODE", "2026-11-29T09:30:00", "17")
#: Without one of these an answer is none, or the item of a list that it names.
VITAL = {
    "person": {"crn"},
    "noms_number": {"crn", "nomsId"},
    "responsible_officer": {"communityManager"},
    "active_sentences": {"convictions", "id"},
    "sentence": {"conviction", "id"},
    "access": {"access", "crn", "userExcluded", "userRestricted"},
    "managed_crns": {"managedCases", "crn"},
    "needs": {"section"},
    "prisons": {"prisonId", "prisonName"},
    "secure_childrens_homes": {"agencyId", "description"},
    "custody": {"prisonerNumber"},
    "practitioner": set(),
    "risk": set(),
}
#: What goes with a value by a rule of the field, though it can be read.
TAKES_ALONG = {
    ("risk", "current"): {"text"},  # counts under a yes only
    ("custody", "confirmedReleaseDate"): {
        "release_date",
        "release_date_is_confirmed",
    },  # the expected one stands in
    ("custody", "prisonId"): {"whereabouts"},  # says it too
    ("custody", "inOutStatus"): {"whereabouts"},
    ("needs", "section"): {"status"},  # by the list that the need stood in
    ("needs", "identifiedNeeds"): {"status"},
    ("needs", "notIdentifiedNeeds"): {"status"},
    ("needs", "unansweredNeeds"): {"status"},
}
#: What an answer says of itself, which changes when a part of it is unreadable.
ABOUT_ITSELF = {"unread", "is_partial", "unknown_words", "overall_community_level", "was_mended"}

Path = tuple[str | int, ...]


def questions() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every question that a client can ask of every person, user and list."""
    for crn, held in HELD.items():
        yield "person", lambda crn=crn: ndelius.person(crn)
        yield "noms_number", lambda crn=crn: ndelius.noms_number(crn)
        yield "responsible_officer", lambda crn=crn: ndelius.responsible_officer(crn)
        yield "active_sentences", lambda crn=crn: ndelius.active_sentences(crn)
        for conviction in held.all_sentences:
            yield "sentence", lambda crn=crn, number=conviction["id"]: ndelius.sentence(crn, number)
        yield "access", lambda crn=crn: ndelius.access("P.OKONJO", [crn, "X980001"])
        yield "risk", lambda crn=crn: oasys.risk(crn)
        yield "needs", lambda crn=crn: oasys.needs(crn)
        if held.prison_number:
            yield "custody", lambda number=held.prison_number: prisoner_search.custody(number)
    for username in USERS:
        yield "managed_crns", lambda username=username: ndelius.managed_crns(username)
        yield "practitioner", lambda username=username: ndelius.practitioner(username)
    yield "prisons", prison_register.prisons
    yield "secure_childrens_homes", prison_api.secure_childrens_homes


def outline(value: Any) -> Any:
    """The shape of an answer: two answers of one shape are read by the same rules."""
    if isinstance(value, dict):
        return {key: outline(item) for key, item in value.items()}
    if isinstance(value, list):
        return [outline(item) for item in value[:2]]
    return type(value).__name__


def places(value: Any, here: Path = ()) -> Iterator[Path]:
    """Every place of an answer below the whole; of a long list its first two items."""
    if isinstance(value, dict):
        items: Any = value.items()
    else:
        items = enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in items:
        yield (*here, key)
        yield from places(item, (*here, key))


def at(body: Any, place: Path) -> Any:
    for key in place:
        body = body[key]
    return body


@contextmanager
def made_wrong(body: Any, place: Path, value: Any) -> Iterator[None]:
    """The answer with another value at one place, for a while."""
    holder, right = at(body, place[:-1]), at(body, place)
    holder[place[-1]] = value
    yield
    holder[place[-1]] = right


def facts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Everything that a decoded answer says: the name of a fact, and what it is."""
    if is_dataclass(value):
        for field in fields(value):
            if field.name not in ABOUT_ITSELF:
                yield from facts(getattr(value, field.name), field.name)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from ((f"{name} {key} {of}", said) for of, said in facts(item, ""))
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from facts(item, name)
    elif value is not None:
        yield name, str(value)


def leaves(value: Any) -> set[str]:
    """What stands in a part of an answer."""
    if isinstance(value, dict):
        return set().union(*map(leaves, value.values()))
    if isinstance(value, list):
        return set().union(*map(leaves, value))
    if isinstance(value, str):  # as it is stored
        value, _ = replace_unstorable(value)
    return set() if value is None else {str(value).strip().casefold()}


def is_said_by(lost: tuple[str, str], words: set[str]) -> bool:
    """Whether a lost fact said what stood at the place that was made wrong."""
    fact = " ".join(lost).casefold().replace("_", " ")
    return any(
        word.replace("_", " ") in fact or word.replace("t", " ", 1) in fact or lost[1].casefold() in word
        for word in words
    )


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return answer_directly(monkeypatch)


def answer_to(ask: Callable[[], Any]) -> Any:
    """What was answered, or as what it failed."""
    try:
        return ask()
    except failures.UpstreamFailure as failure:
        return failure


def in_short(answer: Any) -> str:
    """What came of a question, by its kind."""
    match answer:
        case Sentences():
            return f"{len(answer.known)} sentences"
        case dict():
            return f"allowed: {[access.allowed for access in answer.values()]}"
        case str() | None:
            return "a number" if answer else "no number"
    incomplete = [", incomplete"] * (
        getattr(answer, "is_partial", False) or bool(getattr(answer, "unread", ()))
    )
    return "".join([type(answer).__name__, *incomplete])


#: What each method answers of everybody, and of the people for whom it answers something else.
CONTRACT: dict[Callable[[str], Any], tuple[str, dict[str, str]]] = {
    ndelius.person: ("Person", {"X980020": "NotFound"}),
    ndelius.noms_number: (
        "no number",
        dict.fromkeys(["X980002", *(f"X9800{last}" for last in range(12, 17)), "X980115"], "a number"),
    ),
    ndelius.responsible_officer: ("ResponsibleOfficer", {"X980020": "NotFound", "X980023": "NotFound"}),
    ndelius.active_sentences: (
        "1 sentences",
        {"X980020": "NotFound", "X980026": "7 sentences", "X980027": "0 sentences"},
    ),
    lambda crn: ndelius.access("P.OKONJO", [crn]): ("allowed: [True]", {"X980019": "allowed: [False]"}),
    oasys.risk: (
        "Assessed",
        {"X980003": "NoRecord", "X980020": "NoRecord", "X980004": "NotCompleted", "X980018": "NotPermitted"}
        | dict.fromkeys(["X980032", "X980132"], "Assessed, incomplete"),
    ),
    oasys.needs: (
        "NeedsAssessed",
        dict.fromkeys(["X980003", "X980004", "X980020"], "NoRecord") | {"X980018": "NotPermitted"},
    ),
    lambda crn: prisoner_search.custody(HELD[crn].prison_number or "A0000AA"): (
        "NotFound",
        dict.fromkeys(["X980002", *(f"X9800{last}" for last in range(12, 17)), "X980115"], "Custody"),
    ),
}  # fmt: skip


def test_every_method_reads_everybody(answers: Answers) -> None:
    found = {(ask, crn): in_short(answer_to(partial(ask, crn))) for ask in CONTRACT for crn in HELD}
    promised = {
        (ask, crn): others.get(crn, usual) for ask, (usual, others) in CONTRACT.items() for crn in HELD
    }
    assert {of: said for of, said in found.items() if said != promised[of]} == {}
    for crn, held in HELD.items():
        if held.case is not None:
            for conviction in held.all_sentences:
                assert ndelius.sentence(crn, conviction["id"]).unread == frozenset(), crn
    assert {name: ndelius.practitioner(name).username for name in USERS} == {name: name for name in USERS}
    assert set().union(*map(ndelius.managed_crns, USERS)) == {
        c for c, held in HELD.items() if held.managed_by
    }
    assert [len(prison_register.prisons()), len(prison_api.secure_childrens_homes())] == [
        sum(place["active"] for place in places_held) for places_held in (PRISONS, SECURE_CHILDRENS_HOMES)
    ]


def distinct_answers(answers: Answers) -> list[tuple[str, Callable[[], Any], Any]]:
    found: dict[str, tuple[str, Callable[[], Any], Any]] = {}
    for name, ask in questions():
        answers.body, answers.last = None, None
        answer_to(ask)
        if answers.last is not None:
            shape = json.dumps([name, outline(answers.last)], sort_keys=True)
            found.setdefault(shape, (name, ask, answers.last))
    return list(found.values())


def wrong_values(seen: set[Any], name: str, place: Path, body: Any) -> Iterable[Any]:
    """Every wrong value at a place that no answer had before; else each time another, so that a sweep stays short."""
    kind = (name, *("*" if isinstance(key, int) else key for key in place), type(at(body, place)))
    if kind in seen:
        return (WRONG[next(_TURN) % len(WRONG)],)
    seen.add(kind)
    return WRONG


_TURN = count()


@pytest.mark.slow
def test_one_bad_value_of_anybody_costs_that_value(answers: Answers) -> None:
    seen: set[Any] = set()
    wrong: list[str] = []
    for name, ask, body in distinct_answers(answers):
        answers.body = body
        whole = Counter(facts(ask()))
        for place in places(body):
            keys = [key for key in place if isinstance(key, str)]
            is_vital = not VITAL[name].isdisjoint(keys)
            numbers = [depth for depth, key in enumerate(place) if isinstance(key, int)]
            item = place[: numbers[-1] + 1] if numbers else ()
            words = leaves(at(body, item if is_vital else place))
            along = TAKES_ALONG.get((name, keys[-1] if keys else ""), set())
            for value in wrong_values(seen, name, place, body):
                with made_wrong(body, place, value):
                    got = answer_to(ask)
                where = f"{name}: {'.'.join(map(str, place))} is {value!r}: "
                if isinstance(got, failures.Malformed | Unreachable):
                    wrong += [] if is_vital or not whole else [f"{where} nothing is read"]
                    continue
                lost = whole - Counter(facts(got))
                wrong += [
                    f"{where} {fact} is lost"
                    for fact in lost
                    if not is_said_by(fact, words) and fact[0].rpartition(" ")[2] not in along
                ]
    assert not wrong, "\n".join(wrong[:60])
