"""The CRNs to try: each is there and shows what is said, and terminal and sign-in page have the same ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from accounts.demo import ACCOUNTS
from accounts.demo_people import TO_TRY
from tests.conftest import Page
from upstream_stub.faults import Effect
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import Persona

Proof = Callable[[Persona], bool]
CRNS = [one.crn for one in TO_TRY]


def _texts(person: Persona) -> list[str]:
    summary = person.assessments[0]["summary"]
    concerns = person.assessments[0]["riskToSelf"].values()
    return [
        text
        for text in (
            *(summary[part] for part in ("whoIsAtRisk", "natureOfRisk", "riskImminence")),
            *(
                concern and concern["currentConcernsText"]
                for concern in concerns
                if isinstance(concern, dict)
            ),
        )
        if text
    ]


def _says(*words: str) -> Proof:
    return lambda person: all(word in " ".join(_texts(person)) for word in words)


def _fails(effect: Effect, system: str = "", path: str = "") -> Proof:
    return lambda person: any(
        (fault.effect, fault.system) == (effect, system or None) and path in (fault.path_regex or "")
        for fault in person.faults
    )


#: What has to hold for the words to be true.
PROOFS: dict[str, Proof] = {
    "X980010": _says("Dorian Vellacott", "Mrs Adeyinka Fosse"),
    "X980001": lambda person: (
        len(_texts(person)) > 6 and bool(person.assessments[0]["summary"]["overallRiskLevel"])
    ),
    "X980003": lambda person: not person.assessments,
    "X980004": lambda person: not _texts(person) and person.assessments[0]["assessedOn"] is None,
    "X980005": lambda person: (
        not _texts(person) and person.assessments[0]["riskToSelf"]["suicide"]["current"] == "DK"
    ),
    "X980007": lambda person: max(map(len, _texts(person))) > 4_000,
    "X980008": lambda person: any("\u0590" < letter < "\u0800" for letter in "".join(_texts(person))),
    "X980009": _says("<script>"),
    "X980012": lambda person: bool(person.prisoner and person.prisoner["releaseDate"]),
    "X980013": lambda person: bool(person.prisoner) and not person.prisoner["releaseDate"],
    "X980017": lambda person: set(person.barred) == {"H.TRELAWNY"},
    "X980018": lambda person: person.open_only_to == {"P.OKONJO"},
    "X980019": lambda person: person.is_left_out_of_access,
    "X980020": lambda person: person.case is None and "X980021" in PEOPLE,
    "X980022": lambda person: person.managed_by == "J.ARKWRIGHT",
    "X980023": lambda person: person.officers is None,
    "X980025": lambda person: person.case["contactDetails"]["noFixedAbode"],
    "X980026": lambda person: len(person.sentences) > 1,
    "X980027": lambda person: not person.sentences,
    "X980129": _fails(Effect.STATUS, path="/details"),
    "X980030": _fails(Effect.DELAY, system="oasys"),
    "X980131": _fails(Effect.HTML, system="oasys"),
    "X980035": _fails(Effect.STATUS, path="/appointments"),
    "X980037": lambda person: len(person.assessments) > 1,
}


@pytest.mark.parametrize("one", [pytest.param(one, id=one.crn) for one in TO_TRY])
def test_each_is_there_and_shows_what_is_said(one) -> None:
    assert PROOFS[one.crn](PEOPLE[one.crn])


def test_each_stands_there_once_and_in_few_words() -> None:
    assert len(set(CRNS)) == len(CRNS)
    assert max(len(one.shows) for one in TO_TRY) <= 60


def test_whoever_is_named_has_an_account_of_that_name() -> None:
    named = [pair for one in TO_TRY for pair in re.findall(r"(\w+ \w+) \(([\w.]+)\)", one.shows)]
    assert named
    assert set(named) <= {(account.name, account.username) for account in ACCOUNTS}


@pytest.mark.slow
def test_the_sign_in_page_lists_them(client: Client, db: None, page: Page) -> None:
    (table,) = page(client, "/sign-in").select("table")
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert rows == [[one.crn, one.shows] for one in TO_TRY]


def test_the_sign_in_page_lists_none_outside_demo_mode(
    client: Client, db: None, page: Page, settings: Settings
) -> None:
    settings.DEMO_MODE = False
    shown = page(client, "/sign-in").get_text()
    assert [crn for crn in CRNS if crn in shown] == []


def welcome() -> str:
    said = StringIO()
    call_command("welcome", "http://127.0.0.1:8123", stdout=said)
    return said.getvalue()


def test_the_terminal_shows_address_accounts_and_crns_in_that_order() -> None:
    said = welcome()
    told = [
        "http://127.0.0.1:8123",
        *(f"  {account.username} " for account in ACCOUNTS),
        *(f"  {one.crn}  {one.shows}\n" for one in TO_TRY),
    ]
    assert sorted(map(said.index, told)) == [said.index(part) for part in told]
    assert max(map(len, said.splitlines())) <= 100


def test_the_terminal_shows_the_address_alone_outside_demo_mode(settings: Settings) -> None:
    settings.DEMO_MODE = False
    said = welcome()
    assert "http://127.0.0.1:8123" in said
    assert [name for name in (*CRNS, "pp", "admin") if name in said.split()] == []
