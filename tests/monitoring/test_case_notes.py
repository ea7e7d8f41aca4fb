"""Case notes on the supplier's side: writing, reading, and that they stay as they were written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Audience, User
from events import outbox
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import Refused
from interventions.models import Contract
from monitoring.actions.write_case_note import write_case_note
from monitoring.models import CaseNote, ReceivedReferral, Stage
from tests.conftest import Page
from tests.factories.accounts import PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import assigned, at_stage
from tests.factories.referrals import a_sent_referral
from tests.signing_in import sign_in
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NOTE = {"subject": "A new number", "body": "Call in the evening.", "tell_other_side": "NO"}


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def worker(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Sam", last_name="Sand")


@pytest.fixture
def client(worker: User) -> Client:
    client = Client()
    sign_in(client, worker)
    return client


def _list(case: ReceivedReferral) -> str:
    return reverse("monitoring:case_notes", args=[case.pk])


def _add(case: ReceivedReferral) -> str:
    return reverse("monitoring:add_case_note", args=[case.pk])


def _write(case: ReceivedReferral, by: User, **changes: Any) -> CaseNote:
    note = {"subject": "Subject", "body": "Body", "tell_other_side": False, "form_key": uuid4()} | changes
    return write_case_note(received=case, by=by, **note)


def _notes() -> list[CaseNote]:
    return [*CaseNote.objects.unscoped()]


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


# --- Writing -------------------------------------------------------------------------------------


def test_a_note_is_written_checked_and_added(
    client: Client, contract: Contract, worker: User, page: Page
) -> None:
    case = received(contract)
    typed = NOTE | {"body": "First line.\r\n\r\n<b>Second</b> {{ line }}"}

    asked = filled_in(page(client, _add(case)))
    check = page.post(client, _add(case), asked | typed, status=200)
    assert "<b>Second</b> {{ line }}" in _text(check)
    assert _notes() == []
    again = page.post(client, _add(case), filled_in(check) | {"do": "change"}, status=200)
    assert (
        again.select_one("textarea").get_text().removeprefix("\n")
        == "First line.\n\n<b>Second</b> {{ line }}"
    )
    check = page.post(client, _add(case), filled_in(again) | {"subject": "Another subject"}, status=200)
    page.post(client, _add(case), filled_in(check) | {"do": "save"})

    (note,) = _notes()
    assert (note.subject, note.body) == ("Another subject", "First line.\n\n<b>Second</b> {{ line }}")
    assert (note.written_by, note.side, note.tell_other_side) == (worker, Audience.SUPPLIER, False)
    said = _text(page(client, _list(case)))
    assert "The case note was added." in said
    assert "Sam Sand (Service provider)" in said
    event = AuditEvent.objects.get(action=AuditAction.CASE_NOTE_WRITTEN)
    assert (event.user, event.referral, event.facts) == (worker, case.pk, {"tells_other_side": False})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        pytest.param({"subject": ""}, "Enter the subject", id="no subject"),
        pytest.param(
            {"subject": "x" * 201}, "Subject must be 200 characters or fewer", id="subject too long"
        ),
        pytest.param({"body": " \n "}, "Enter the case note", id="blank"),
        pytest.param({"body": "x" * 4001}, "Case note must be 4,000 characters or fewer", id="too long"),
        pytest.param({"body": "a\x00b"}, "character that cannot be saved", id="null byte"),
        pytest.param(
            {"tell_other_side": ""},
            "Select yes if you want to email the probation practitioner about this case note",
            id="not said whether to tell",
        ),
        pytest.param({"form_key": "no key"}, "Part of this page was not sent", id="no form key"),
    ],
)
@pytest.mark.parametrize("step", ["check", "save", "change"])
def test_what_is_wrong_is_said_at_the_field(
    client: Client, contract: Contract, page: Page, wrong: dict[str, str], message: str, step: str
) -> None:
    case = received(contract)

    soup = page.post(client, _add(case), NOTE | {"form_key": str(uuid4()), "do": step} | wrong, status=422)

    assert message in soup.select_one(".govuk-error-summary").get_text()
    assert _notes() == []


def test_longest_texts_are_taken(client: Client, contract: Contract, page: Page) -> None:
    case = received(contract)
    longest = {"subject": "é" * 200, "body": "x\r\n" * 2000, "form_key": str(uuid4()), "do": "save"}

    page.post(client, _add(case), NOTE | longest)

    (note,) = _notes()
    assert (len(note.subject), len(note.body)) == (200, 4000)


def test_the_same_form_twice_makes_one_note(client: Client, contract: Contract, page: Page) -> None:
    case = received(contract)
    sent = NOTE | {"form_key": str(uuid4()), "do": "save", "tell_other_side": "YES"}

    for _ in range(2):
        page.post(client, _add(case), sent)

    assert [note.subject for note in _notes()] == ["A new number"]
    assert OutboxEntry.objects.count() == 1


@pytest.mark.parametrize("stage", Stage)
def test_notes_are_taken_at_every_stage(contract: Contract, worker: User, stage: Stage) -> None:
    case = at_stage(stage, contract=contract)

    _write(case, worker)

    assert case.case_notes.count() == 1
    case.refresh_from_db()
    assert case.stage == stage


def test_a_supplier_from_elsewhere_is_refused_by_the_action(contract: Contract) -> None:
    with pytest.raises(Refused, match="not_granted"):
        _write(received(contract), caseworker_on(a_contract()))


# --- Telling the other side ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by_supplier", "has_caseworker", "tells", "kinds"),
    [
        pytest.param(True, True, True, ["email.case_note_to_practitioner"], id="supplier tells"),
        pytest.param(True, True, False, [], id="supplier does not"),
        pytest.param(False, True, True, ["email.case_note_to_caseworker"], id="practitioner tells"),
        pytest.param(False, True, False, [], id="practitioner does not"),
        pytest.param(False, False, True, ["email.case_note_to_caseworker"], id="nobody has it: to the team"),
    ],
)
def test_the_other_side_is_told_when_wanted(
    contract: Contract, worker: User, by_supplier: bool, has_caseworker: bool, tells: bool, kinds: list[str]
) -> None:
    case = received(contract)
    case = assigned(case, to=worker) if has_caseworker else case

    note = _write(case, worker if by_supplier else PractitionerFactory(), tell_other_side=tells)

    entries = [*OutboxEntry.objects.all()]
    assert [entry.kind for entry in entries] == kinds
    assert {(entry.referral, *entry.payload.items()) for entry in entries} <= {
        (case.pk, ("case_note", str(note.pk)))
    }


def test_the_caseworker_gets_a_link_and_no_word_of_the_note(contract: Contract, worker: User) -> None:
    case = assigned(received(contract), to=worker)
    note = _write(case, PractitionerFactory(), subject="Secret", body="Secret", tell_other_side=True)

    assert outbox.deliver_entry(OutboxEntry.objects.get().pk)

    (email,) = mail.outbox
    assert email.to == [worker.email]
    assert reverse("monitoring:case_note", args=[case.pk, note.pk]) in email.body
    assert not [word for word in ("Secret", "Alex", "River", case.crn) if word in email.subject + email.body]


# --- Reading -------------------------------------------------------------------------------------


def test_the_list_is_newest_first_with_the_beginning_of_each_note(
    client: Client, contract: Contract, worker: User, page: Page
) -> None:
    case = received(contract)
    monday = datetime(2026, 6, 1, 9, 5, tzinfo=UTC)
    _write(case, PractitionerFactory(last_name="Pine"), subject="Older", body="x" * 250, at=monday)
    newer = _write(case, worker, subject="Newer", body="y" * 251, at=monday + timedelta(days=1))

    soup = page(client, _list(case))

    assert [one.get_text(strip=True) for one in soup.select("main section h2")] == ["Newer", "Older"]
    said = _text(soup)
    assert "y" * 250 + "…" in said
    assert "y" * 251 not in said
    assert "x" * 250 in said
    assert "Pat Pine (Probation practitioner), Monday 1 June 2026 at 10:05am" in said
    assert "Do not use case notes for urgent matters" in said
    one = page(client, reverse("monitoring:case_note", args=[case.pk, newer.pk]))
    assert "y" * 251 in _text(one)


@pytest.mark.parametrize(("persona", "length"), [("sp.caseworker", 4000), ("pp", 4000), ("pp", 250)])
def test_both_sides_are_led_to_the_whole_note_when_it_is_longer(
    personas: dict[str, User], as_persona: SignIn, page: Page, persona: str, length: int
) -> None:
    referral = a_sent_referral(personas["pp"])
    case = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    body = "y" * (length - 4) + " end"
    _write(case, personas["sp.caseworker"], subject="A visit", body=body)
    client = as_persona(persona)
    address = _list(case) if persona != "pp" else reverse("referrals:case_notes", args=[referral.pk])

    links = [
        link for link in page(client, address).select("main a") if "Read the full note" in link.get_text()
    ]

    assert [link.get_text() for link in links] == (["Read the full note: A visit"] if length > 250 else [])
    for link in links:
        assert body in _text(page(client, link["href"]))


@pytest.mark.slow
def test_twenty_notes_a_page(client: Client, contract: Contract, worker: User, page: Page) -> None:
    case = received(contract)
    assert "There are no case notes yet." in _text(page(client, _list(case)))
    CaseNote.objects.unscoped().bulk_create(
        CaseNote(form_key=uuid4(), received=case, subject=f"Note {number}", body="x", written_by=worker,
                 side=Audience.SUPPLIER, written_at=case.received_at + timedelta(minutes=number))
        for number in range(21)
    )  # fmt: skip

    assert len(page(client, _list(case)).select("main section h2")) == 20
    second = page(client, _list(case) + "?page=2")
    assert [one.get_text(strip=True) for one in second.select("main section h2")] == ["Note 0"]
    assert "Showing 21 to 21 of 21 case notes" in _text(second)


# --- For good ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement", ["UPDATE monitoring_casenote SET body = ''", "DELETE FROM monitoring_casenote"]
)
def test_the_database_keeps_a_note_as_it_is(contract: Contract, worker: User, statement: str) -> None:
    note = _write(received(contract), worker)

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    note.refresh_from_db()
    assert note.body == "Body"


# --- Who gets in ---------------------------------------------------------------------------------

WHO = [
    pytest.param("sp.caseworker", 200, id="on the contract"),
    pytest.param("sp.other", 404, id="another provider"),
    pytest.param("sp.nogrant", 404, id="no contract"),
    pytest.param("pp", 403, id="practitioner"),
    pytest.param("admin", 403, id="administrator"),
    pytest.param("anonymous", 302, id="nobody"),
]


@pytest.mark.parametrize(("persona", "status"), WHO)
def test_notes_open_to_those_on_the_contract(
    as_persona: SignIn, personas: dict[str, User], page: Page, persona: str, status: int
) -> None:
    theirs = Contract.objects.granted_to(personas["sp.caseworker"])
    case = received(theirs.exclude(pk__in=Contract.objects.granted_to(personas["sp.other"])).first())
    note = _write(case, personas["sp.caseworker"], body="Only for them.")
    reader = as_persona(persona)

    for address in (_list(case), _add(case), reverse("monitoring:case_note", args=[case.pk, note.pk])):
        soup = page(reader, address, status=status)
        assert ("Alex River" in str(soup)) == (status == 200)
    sent = NOTE | {"form_key": str(uuid4()), "do": "save"}
    page.post(reader, _add(case), sent, status=302 if status == 200 else status)
    assert len(_notes()) == (2 if status == 200 else 1)


def test_a_note_is_found_only_on_its_own_case(
    client: Client, contract: Contract, worker: User, page: Page
) -> None:
    own, elsewhere = received(contract), received()
    note = _write(elsewhere, PractitionerFactory())

    page(client, reverse("monitoring:case_note", args=[own.pk, note.pk]), status=404)
    page(client, reverse("monitoring:case_note", args=[elsewhere.pk, note.pk]), status=404)
