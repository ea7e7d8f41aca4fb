"""Filling a database for measuring: consistent cases at every stage, the same every time, in demo mode only."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from file_storage.models import StoredFile
from interventions.models import Contract, ContractGrant
from measurements.many_referrals.cases import Cases
from measurements.many_referrals.catalogue import Offer, Service, manager_of_the_largest
from measurements.many_referrals.loading import Size, load
from measurements.many_referrals.pages import pages_for
from monitoring.models import (
    ActionPlan,
    Appointment,
    Assignment,
    Feedback,
    Question,
    ReceivedReferral,
    ServiceLevel,
    Stage,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
SMALL = Size(referrals=300, appointments=1_500, contracts=6, providers=3)


def _loaded(size: Size = SMALL) -> Counter[str]:
    return load(size, today=TODAY)


@pytest.mark.slow
def test_cases_stand_where_their_facts_say_at_every_stage() -> None:
    made = _loaded()

    assert made["ReceivedReferral"] == ReceivedReferral.objects.unscoped().count() == 300
    assert 0.95 < made["Appointment"] / 1_500 < 1.05
    assert made["Appointment"] == Appointment.objects.unscoped().count()
    stages = set(ReceivedReferral.objects.unscoped().values_list("stage", flat=True))
    assert {Stage.ASSIGN, Stage.HOLD_SESSION, Stage.COMPLETED, Stage.ENDED_EARLY, Stage.CANCELLED} <= stages
    said = StringIO()
    call_command("check_stages", "--sample", "300", stdout=said)
    assert said.getvalue() == "300 cases checked, 0 different.\n"


def test_a_sample_is_of_that_size() -> None:
    _loaded(Size(referrals=20, appointments=100, contracts=2, providers=2))
    said = StringIO()

    call_command("check_stages", sample=7, stdout=said)

    assert said.getvalue() == "7 cases checked, 0 different.\n"


@pytest.mark.slow
def test_cases_are_what_the_actions_would_have_made_of_them() -> None:
    _loaded()
    rows = ReceivedReferral.objects.unscoped()
    end_of_today = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)

    for case in rows.exclude(caseworker=None):
        current = Assignment.objects.unscoped().get(received=case, superseded_at=None)
        assert current.caseworker_id == case.caseworker_id
    may_see = set(ContractGrant.objects.effective().values_list("user", "contract"))
    assert {(case.caseworker_id, case.contract_id) for case in rows.exclude(caseworker=None)} <= may_see
    assert not Feedback.objects.unscoped().filter(submitted_at__gt=end_of_today).exists()
    assert not ActionPlan.objects.unscoped().filter(submitted_at__gt=end_of_today).exists()
    assert not Question.objects.unscoped().filter(answered_at=None).exists()
    assert not rows.filter(stage=Stage.COMPLETED, end_of_service_report__submitted_at=None).exists()
    for case in rows:
        assert case.shares.filter(superseded_at=None).count() == 1
        assert case.services.exists()


def test_the_same_seed_and_day_tell_the_same_cases() -> None:
    service = Service(1, "Accommodation", ((1, "LOW", "Low", "Little help"),), ((1, "A home"), (2, "A job")))
    offer = Offer(1, "Accommodation", "AC", "Accommodation in Kent", (service,), (5, 6), 1.0)

    def told(seed: int) -> dict[str, list[object]]:
        cases = Cases([offer], [9], rng=Random(seed), today=TODAY, levels=ServiceLevel.objects.holding_on)
        for number in range(30):
            cases.tell(number, sessions=5)
        return {model.__name__: [*rows] for model, rows in cases.rows.items()}

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_one_provider_can_be_made_large() -> None:
    _loaded(Size(referrals=2, appointments=10, contracts=9, providers=3, of_the_first=6))

    theirs = Contract.objects.granted_to(manager_of_the_largest())
    assert theirs.count() >= 6
    assert Contract.objects.filter(reference__startswith="MANY_").values("prime").distinct().count() == 3


def test_each_of_the_others_keeps_a_contract() -> None:
    with pytest.raises(CommandError, match="other providers"):
        _loaded(Size(referrals=2, appointments=10, contracts=9, providers=3, of_the_first=8))


def test_a_database_is_filled_only_once() -> None:
    _loaded(Size(referrals=2, appointments=10, contracts=2, providers=2))

    with pytest.raises(CommandError, match="filled before"):
        _loaded()


def test_only_in_demo_mode(settings) -> None:
    settings.DEMO_MODE = False

    with pytest.raises(CommandError, match="demo mode"):
        call_command("load_data", "--referrals", "2")
    with pytest.raises(CommandError, match="demo mode"):
        call_command("measure_supplier_lists")
    assert not User.objects.filter(username__startswith="sp.many").exists()


def test_an_empty_database_cannot_be_measured() -> None:
    with pytest.raises(CommandError, match="load_data"):
        call_command("measure_supplier_lists", stdout=StringIO())


@pytest.mark.thorough
def test_lists_and_report_of_the_largest_provider_are_measured(monkeypatch) -> None:
    _loaded(Size(referrals=120, appointments=600, contracts=3, providers=2))
    user = manager_of_the_largest()
    every = pages_for(user)
    # One of each kind: the others differ in what they sort by.
    some = [page for page in every if page.terms or "own order" in page.name or ":" not in page.name]
    monkeypatch.setattr("measurements.management.commands.measure_supplier_lists.pages_for", lambda _: some)
    said = StringIO()

    # How long it takes depends on what else runs here, so it may be too much; how many statements does not.
    with suppress(CommandError):
        call_command("measure_supplier_lists", "--times", "1", stdout=said)

    lines = [line for line in said.getvalue().splitlines() if line.startswith("| ")]
    statements = [int(line.split("|")[2]) for line in lines[2:]]
    assert len(statements) == len(some)
    assert max(statements) <= 12, said.getvalue()
    theirs = ReceivedReferral.objects.open_to(user).count()
    assert theirs > Contract.objects.granted_to(user).count()
    assert f"Performance report of all time: {theirs} rows" in said.getvalue()
    assert not StoredFile.objects.exists()


@pytest.mark.thorough
def test_the_desk_and_lists_of_a_practitioner_are_measured() -> None:
    _loaded(Size(referrals=60, appointments=200, contracts=3, providers=2))
    said = StringIO()

    with suppress(CommandError):  # as above
        call_command(
            "measure_practitioner_lists", "--each", "30", "--times", "1", stdout=said, stderr=StringIO()
        )

    pages = [line.split("|") for line in said.getvalue().splitlines() if line.startswith("| ")][2:]
    assert {"Practitioner’s home", "Open cases: by own order"} <= {cells[1].strip() for cells in pages}
    assert max(int(cells[2]) for cells in pages) <= 12
