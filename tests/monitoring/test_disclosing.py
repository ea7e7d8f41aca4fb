"""What the disclosure record holds of a case: that it was shared, and that it was opened. Names of parts, no text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.disclosures.verifying import verify
from events.models import AuditEvent, DisclosureEvent
from interventions.models import Contract
from monitoring.access.database_rights import supplier_rights, with_own_rights
from monitoring.actions.open_share import open_share
from monitoring.actions.receive_referral import receive
from monitoring.handover.contents import Handover, SharedRiskSection
from monitoring.models import ReceivedReferral, ShareOpening
from monitoring.rules.shared_parts import NO_PART, PARTS, Parts, label_of, parts_of
from tests.factories.accounts import MembershipFactory, PractitionerFactory, ProviderFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, a_handover, a_person, a_risk, sent_to
from tests.factories.monitoring import received_by_the_action as received
from tests.signing_in import sign_in

ROOT = Path(__file__).resolve().parents[2]
NIGHT = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # half past eleven in the UK


# --- Which parts ---------------------------------------------------------------------------------


def _leaves(value: Any, name: str = "") -> Iterator[str]:
    for field in fields(value):
        inner, path = getattr(value, field.name), f"{name}{field.name}"
        yield from _leaves(inner, f"{path}.") if is_dataclass(inner) else [path]


def test_every_field_of_the_handover_is_of_one_part_or_of_none() -> None:
    """A field that is added to the handover tomorrow fails here until somebody says which part it is of."""
    named = [field for part in PARTS.values() for field in part.fields] + [*NO_PART]
    within = {
        leaf: [one for one in named if leaf == one or leaf.startswith(f"{one}.")]
        for leaf in _leaves(a_handover())
    }

    assert {leaf: of for leaf, of in within.items() if len(of) != 1} == {}


EVERYTHING_BUT_CUSTODY = {
    name for name in PARTS if name not in ("main_contact", "risk.additional_information")
}


@pytest.mark.parametrize(
    ("handover", "shared", "withheld"),
    [
        pytest.param(
            a_handover(), EVERYTHING_BUT_CUSTODY, {"risk.additional_information"}, id="as it is sent"
        ),
        pytest.param(
            a_handover(person=a_person(telephone="", withheld=("telephone",))),
            EVERYTHING_BUT_CUSTODY - {"person.telephone"},
            {"risk.additional_information", "person.telephone"},
            id="a number that was kept back",
        ),
        pytest.param(
            a_handover(person=a_person(telephone="")),
            EVERYTHING_BUT_CUSTODY - {"person.telephone"},
            {"risk.additional_information"},
            id="a number that nobody knows",
        ),
        pytest.param(
            a_handover(person=a_person(address_lines=(), no_fixed_abode=True)),
            EVERYTHING_BUT_CUSTODY,
            {"risk.additional_information"},
            id="no fixed abode is an address",
        ),
        pytest.param(
            a_handover(person=a_person(address_lines=())),
            EVERYTHING_BUT_CUSTODY - {"person.address"},
            {"risk.additional_information"},
            id="no address",
        ),
        pytest.param(
            a_handover(needs=replace(a_handover().needs, needs_interpreter=False, interpreter_language="")),
            EVERYTHING_BUT_CUSTODY,
            {"risk.additional_information"},
            id="No is an answer",
        ),
        pytest.param(
            a_handover(needs=replace(a_handover().needs, criminogenic=())),
            EVERYTHING_BUT_CUSTODY - {"criminogenic_needs"},
            {"risk.additional_information"},
            id="no criminogenic need",
        ),
        pytest.param(
            a_handover(risk=a_risk(suicide=SharedRiskSection(), vulnerability=SharedRiskSection())),
            EVERYTHING_BUT_CUSTODY - {"risk.suicide", "risk.vulnerability"},
            {"risk.additional_information", "risk.suicide", "risk.vulnerability"},
            id="two sections that were removed",
        ),
    ],
)
def test_parts_are_shared_or_withheld(handover: Handover, shared: set[str], withheld: set[str]) -> None:
    parts = parts_of(handover)

    assert (set(parts.shared), set(parts.withheld)) == (shared, withheld)
    assert [*parts.shared] == [name for name in PARTS if name in parts.shared], "in the order of the page"


def test_labels_are_those_of_the_page() -> None:
    assert label_of("risk.suicide") == "Risk information: Concerns in relation to suicide"
    assert label_of("person.email") == "Email address"
    assert label_of("of an older release") == "of an older release"
    assert len({part.label for part in PARTS.values()}) == len(PARTS)


# --- Shared --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_receiving_records_who_shared_what_with_whom() -> None:
    contract = a_contract(prime=ProviderFactory(name="Harbour Trust"))
    contract.subcontractors.set([ProviderFactory(name="Lantern"), ProviderFactory(name="Kestrel")])
    by = PractitionerFactory(first_name="Pat", last_name="Lee")
    handover = sent_to(contract, person=a_person(email="", withheld=("email",)))

    case = receive(handover, sent_by_user=by, at=NIGHT)
    receive(handover, sent_by_user=by, at=NIGHT + timedelta(days=1))  # again, which changes nothing

    (entry,) = DisclosureEvent.objects.filter(referral=case.pk)
    assert (entry.number, entry.kind, entry.at, entry.crn) == (1, "SHARED", NIGHT, "X980010")
    assert (entry.by, entry.by_name, entry.reason) == (by, "Pat Lee", "Referral sent")
    assert (entry.recipient, entry.recipient_name) == (contract.prime, "Harbour Trust")
    assert entry.subcontractors == ["Kestrel", "Lantern"]
    assert (entry.share_version, entry.wording_version, entry.content_hash) == (1, "2026-01", "c" * 64)
    parts = parts_of(handover)
    assert Parts(tuple(entry.shared), tuple(entry.withheld)) == parts
    assert "person.email" in parts.withheld


@pytest.mark.django_db
def test_what_was_not_received_was_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaks:
        @staticmethod
        def record(*_: object, **facts: object) -> None:
            assert DisclosureEvent.objects.exists(), "not yet recorded"
            raise RuntimeError

    monkeypatch.setattr("monitoring.actions.receive_referral.audit", Breaks)
    with pytest.raises(RuntimeError):
        received()

    assert not DisclosureEvent.objects.exists()


@pytest.mark.django_db
def test_the_record_holds_no_text_of_the_referral() -> None:
    handover = sent_to(a_contract())
    case = receive(handover)
    user = caseworker_on(case.contract)
    open_share(case.current_share(), shown=case.as_handover(), by=user)

    texts = {text.lower() for text in _texts(handover) if len(text) > 3}
    meant = {handover.crn, handover.sent_by, handover.declaration.wording_version, "c" * 64}
    texts -= {text.lower() for text in meant}
    assert len(texts) > 40
    for entry in DisclosureEvent.objects.filter(referral=case.pk):
        assert [text for text in texts if f'"{text}"' in entry.canonical.lower()] == []
        assert [text for text in texts if " " in text and text in entry.canonical.lower()] == []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


# --- Opened --------------------------------------------------------------------------------------


@pytest.fixture
def contract(db: None) -> Contract:
    return a_contract()


@pytest.fixture
def case(contract: Contract) -> ReceivedReferral:
    return received(contract)


@pytest.fixture
def caseworker(contract: Contract) -> User:
    return caseworker_on(contract)


@pytest.fixture
def client(caseworker: User) -> Client:
    client = Client()
    sign_in(client, caseworker)
    return client


def _openings(case: ReceivedReferral) -> list[DisclosureEvent]:
    return [*DisclosureEvent.objects.filter(referral=case.pk, kind="OPENED").order_by("number")]


def _details(case: ReceivedReferral) -> str:
    return reverse("monitoring:referral_details", args=[case.pk])


def test_opening_the_page_is_recorded_once_a_day(
    client: Client, case: ReceivedReferral, caseworker: User
) -> None:
    for _ in range(3):
        assert client.get(_details(case)).status_code == 200

    (entry,) = _openings(case)
    assert (entry.number, entry.share_version, entry.reason, entry.subcontractors) == (2, 1, "", [])
    assert (entry.by, entry.by_name) == (caseworker, caseworker.display_name)
    assert entry.recipient == case.contract.prime
    assert entry.shared == [*parts_of(case.as_handover()).shared]
    assert verify().faults == []


def test_somebody_elses_page_records_nothing(case: ReceivedReferral) -> None:
    other = Client()
    other.force_login(caseworker_on(a_contract()), backend="django.contrib.auth.backends.ModelBackend")

    assert other.get(_details(case)).status_code == 404
    assert _openings(case) == []


def test_each_person_and_each_day_in_the_uk_counts(case: ReceivedReferral, caseworker: User) -> None:
    share, shown, manager = case.current_share(), case.as_handover(), caseworker_on(case.contract)
    for by, at in (
        (caseworker, NIGHT),
        (caseworker, NIGHT + timedelta(minutes=20)),
        (manager, NIGHT + timedelta(minutes=25)),
        (caseworker, NIGHT + timedelta(minutes=30)),  # midnight
    ):
        open_share(share, shown=shown, by=by, at=at)

    assert [(one.by, one.at) for one in _openings(case)] == [
        (caseworker, NIGHT),
        (manager, NIGHT + timedelta(minutes=25)),
        (caseworker, NIGHT + timedelta(minutes=30)),
    ]


def test_a_subcontractors_opening_names_the_subcontractor(case: ReceivedReferral, caseworker: User) -> None:
    lantern = ProviderFactory(name="Lantern")
    case.contract.subcontractors.add(lantern)
    caseworker.memberships.all().delete()
    MembershipFactory(user=caseworker, provider=ProviderFactory(name="Of another contract"))
    MembershipFactory(user=caseworker, provider=lantern)

    open_share(case.current_share(), shown=case.as_handover(), by=caseworker)

    assert [one.recipient_name for one in _openings(case)] == ["Lantern"]


def test_what_was_recalled_is_recorded_as_not_shown(case: ReceivedReferral, caseworker: User) -> None:
    case.shares.update(recalled_at=NIGHT)
    share = case.current_share()

    open_share(share, shown=case.as_handover(share), by=caseworker)

    (entry,) = _openings(case)
    assert [name for name in entry.shared if name.startswith("risk.")] == []


@pytest.mark.parametrize("part", ["the record", "the page"])
def test_the_page_and_its_entry_are_there_together_or_not_at_all(
    client: Client, case: ReceivedReferral, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise LookupError

    where = {
        "the record": "monitoring.actions.record_disclosure.record",
        "the page": "monitoring.views.cases.received_referral.present",
    }
    monkeypatch.setattr(where[part], breaks)
    client.raise_request_exception = False
    before = AuditEvent.objects.count()

    assert client.get(_details(case)).status_code == 500

    assert _openings(case) == []
    assert not ShareOpening.objects.unscoped().exists()
    assert AuditEvent.objects.count() == before


# --- With the service's own rights -----------------------------------------------------------------


@pytest.mark.django_db
def test_it_runs_after_the_rights_were_given_back_and_before_the_end_of_the_transaction() -> None:
    seen: list[str] = []

    def look() -> None:
        seen.append(
            f"{DisclosureEvent.objects.count()} entries, in a transaction: {connection.in_atomic_block}"
        )

    with supplier_rights(None):
        with_own_rights(look)
        assert seen == []
    assert seen == ["0 entries, in a transaction: True"]

    with_own_rights(look)
    assert len(seen) == 2, "at once where no rights were taken"


@pytest.mark.django_db
def test_it_does_not_run_when_the_request_failed() -> None:
    ran: list[int] = []

    def fail() -> None:
        with supplier_rights(None):
            with_own_rights(lambda: ran.append(1))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with supplier_rights(None):
        pass
    assert ran == []


def test_nothing_but_the_disclosure_record_is_written_so() -> None:
    callers = {
        str(path.relative_to(ROOT))
        for app in ("accounts", "events", "interventions", "monitoring")
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name) and node.id == "with_own_rights" and isinstance(node.ctx, ast.Load)
    }

    assert callers == {"monitoring/actions/record_disclosure.py"}
