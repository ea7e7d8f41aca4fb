"""Lists say the same numbers whether cases were counted in the night or are counted now."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract, ProviderTerm
from interventions.models.contracts import granted_contracts
from monitoring.access.database_rights import supplier_rights
from monitoring.actions.keep_counts import keep_counts
from monitoring.lists.case_lists import LISTS
from monitoring.lists.counts import count_at, counts_for, figures_for, received_by_month
from monitoring.models import EndedCount, ReceivedCount, ReceivedReferral, Stage
from monitoring.models.kept_counts import EARLIER
from monitoring.rules.months import last_months
from monitoring.rules.stages import OPEN
from tests.factories.interventions import ContractGrantFactory, caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import assigned, with_end_requested

pytestmark = pytest.mark.django_db
NOW = timezone.localtime().replace(hour=12)
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
A_DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
#: Stage and end of each case; the count of the night reaches to the beginning of yesterday.
CASES = (
    (Stage.ASSIGN, None),
    (Stage.REPORT, None),
    (Stage.COMPLETED, NOW - 90 * A_DAY),
    (Stage.COMPLETED, MIDNIGHT - A_DAY - A_SECOND),
    (Stage.COMPLETED, MIDNIGHT - A_DAY),
    (Stage.ENDED_EARLY, NOW - 10 * A_DAY),
    (Stage.ENDED_EARLY, NOW),
    (Stage.CANCELLED, NOW - 30 * A_DAY),
)


def _case(contract: Contract, stage: Stage, ended: datetime | None, worker: User | None = None) -> None:
    case = received(contract, at=NOW - 120 * A_DAY)
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(
        stage=stage, concluded_at=ended, conclusion=stage.value if ended else "", caseworker=worker
    )


@pytest.fixture
def people() -> dict[str, User]:
    first, rival = a_contract(), a_contract()
    second, joined = a_contract(prime=first.prime), a_contract(prime=first.prime)
    ProviderTerm.objects.create(
        contract=joined, provider=first.prime, is_prime=True, began_at=NOW - 20 * A_DAY
    )
    one, several, came_later = caseworker_on(first), caseworker_on(first), caseworker_on(joined)
    for contract in (second, joined):
        ContractGrantFactory(user=several, contract=contract)
    for contract in (first, second, joined, rival):
        for stage, ended in CASES:
            _case(contract, stage, ended, one if contract == first else None)
    return {"one": one, "several": several, "came later": came_later, "elsewhere": caseworker_on(rival)}


def _counts(user: User) -> dict[str, int]:
    with supplier_rights(user):
        return {**counts_for(user, granted_contracts(user), today=NOW.date()).of}


def _counted_one_by_one(user: User) -> dict[str, int]:
    return {one.slug: len(one.cases(user, granted_contracts(user))) for one in LISTS}


def test_counts_are_those_of_the_lists_before_and_after_the_night(people: dict[str, User]) -> None:
    expected = {who: _counted_one_by_one(user) for who, user in people.items()}
    assert expected["several"]["completed"] == 2 * 5 + 4, "of the contract that came later, not what ended before"
    assert {who: _counts(user) for who, user in people.items()} == expected, "nothing was counted yet"

    keep_counts(now=NOW)
    kept = EndedCount.objects.unscoped()
    assert {*kept.values_list("stage", "cases")} == {("COMPLETED", 2), ("ENDED_EARLY", 1), ("CANCELLED", 1)}
    assert [one.cases for one in ReceivedCount.objects.unscoped()] == [8] * 4
    assert {who: _counts(user) for who, user in people.items()} == expected

    keep_counts(now=NOW)
    assert kept.count() == 4 * 3, "as before"
    keep_counts(now=NOW + 3 * A_DAY)
    assert {who: _counts(user) for who, user in people.items()} == expected
    assert {one.before for one in kept} == {MIDNIGHT + 2 * A_DAY}


def test_open_cases_at_a_stage_are_those_of_the_list(people: dict[str, User]) -> None:
    for who, count in (("one", 1), ("several", 3)):
        with supplier_rights(people[who]):
            contracts = granted_contracts(people[who])
            counts = [count_at(stage, contracts) for stage in (Stage.ASSIGN, Stage.REPORT, Stage.PLAN)]
        assert counts == [count, count, 0]


RECEIVED_DAYS_AGO = (0, 0, 1, 2, 3, 40, 100, 300, 700, 2000)


def test_months_are_those_of_the_cases_before_and_after_the_night(people: dict[str, User]) -> None:
    for number, case in enumerate(ReceivedReferral.objects.unscoped().order_by("contract", "pk")):
        at = NOW - RECEIVED_DAYS_AGO[number % len(RECEIVED_DAYS_AGO)] * A_DAY
        ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(received_at=at)
    months = last_months(NOW.date())

    def expected(user: User) -> dict[date, int]:
        cases = ReceivedReferral.objects.on_contracts(granted_contracts(user))
        by_month = Counter(timezone.localdate(case.received_at).replace(day=1) for case in cases)
        return {month: count for month, count in by_month.items() if month in months}

    def found(user: User) -> dict[date, int]:
        with supplier_rights(user):
            return received_by_month(granted_contracts(user), months)

    by_the_cases = {who: expected(user) for who, user in people.items()}
    assert len(by_the_cases["several"]) > 2
    assert {who: found(user) for who, user in people.items()} == by_the_cases, "nothing was counted yet"

    keep_counts(now=NOW)

    assert ReceivedCount.objects.unscoped().filter(month=EARLIER).exists()
    assert {who: found(user) for who, user in people.items()} == by_the_cases
    assert {who: _counts(user) for who, user in people.items()} == {
        who: _counted_one_by_one(user) for who, user in people.items()
    }
    keep_counts(now=NOW + 3 * A_DAY)
    assert {who: found(user) for who, user in people.items()} == by_the_cases


def test_a_month_goes_to_what_came_earlier_when_a_new_one_begins(people: dict[str, User]) -> None:
    """None is counted twice, in its month and among what came earlier."""
    keep_counts(now=NOW)
    assert not ReceivedCount.objects.unscoped().filter(month=EARLIER).exists()

    keep_counts(now=NOW + 400 * A_DAY)

    assert {*ReceivedCount.objects.unscoped().values_list("month", "cases")} == {(EARLIER, 8)}


def test_figures_are_those_of_the_cases_before_and_after_the_night(people: dict[str, User]) -> None:
    cases = ReceivedReferral.objects.unscoped()
    cases.exclude(concluded_at=None).update(due_on=None)
    cases.filter(stage=Stage.REPORT).update(due_on=NOW.date())

    def expected(user: User) -> tuple[dict[int, int], dict[str, int], int]:
        cases = [*ReceivedReferral.objects.on_contracts(granted_contracts(user))]
        still_open = Counter(case.stage for case in cases if case.concluded_at is None)
        overdue = [case for case in cases if case.due_on is not None and case.due_on < NOW.date()]
        return {**Counter(case.contract_id for case in cases)}, {**still_open}, len(overdue)

    def found(user: User) -> tuple[dict[int, int], dict[str, int], int]:
        with supplier_rights(user):
            figures = figures_for(granted_contracts(user), today=NOW.date())
        return {**figures.on}, {stage.value: figures.at[stage] for stage in OPEN if figures.at[stage]}, figures.overdue

    by_the_cases = {who: expected(user) for who, user in people.items()}
    assert [*by_the_cases["several"][0].values()] == [8, 8, 6]
    assert by_the_cases["several"][2] == 3
    assert {who: found(user) for who, user in people.items()} == by_the_cases

    keep_counts(now=NOW)

    assert {who: found(user) for who, user in people.items()} == by_the_cases


def test_a_case_that_ends_after_the_night_is_counted_at_once(people: dict[str, User]) -> None:
    keep_counts(now=NOW)
    user = people["one"]
    case = assigned(received(granted_contracts(user)[0]), to=user)
    before = _counts(user)

    with_end_requested(case)

    assert _counts(user) == {**before, **{"mine": before["mine"] - 1, "open": before["open"] - 1}} | {
        "cancelled": before["cancelled"] + 1
    }
    assert _counts(user) == _counted_one_by_one(user)


def test_a_contract_of_which_nothing_had_ended_is_counted_too(people: dict[str, User]) -> None:
    keep_counts(now=NOW)
    new = a_contract()
    user = caseworker_on(new)
    _case(new, Stage.COMPLETED, NOW)

    assert _counts(user) == {"mine": 0, "unassigned": 0, "open": 0, "completed": 1, "cancelled": 0}


def test_nobody_counts_without_a_contract(people: dict[str, User]) -> None:
    keep_counts(now=NOW)
    counts = counts_for(people["one"], [], today=NOW.date())
    assert counts.of == dict.fromkeys((one.slug for one in LISTS), 0)


def test_check_says_which_count_differs(people: dict[str, User]) -> None:
    said = StringIO()
    call_command("check_kept_counts", stdout=said)
    assert said.getvalue() == "0 counts different.\n", "nothing was counted yet"
    keep_counts(now=NOW)
    ReceivedCount.objects.unscoped().filter(contract=people["one"].contract_grants.get().contract).update(cases=9)
    wrong, gone = EndedCount.objects.unscoped().filter(stage=Stage.COMPLETED).order_by("pk")[:2]
    EndedCount.objects.unscoped().filter(pk=wrong.pk).update(cases=7)
    EndedCount.objects.unscoped().filter(pk=gone.pk).delete()

    with pytest.raises(CommandError, match="differ"):
        call_command("check_kept_counts", stdout=said)
    assert f"contract {wrong.contract_id}, COMPLETED: kept 7, by the cases 2\n" in said.getvalue()
    assert f"contract {gone.contract_id}, COMPLETED: kept 0, by the cases 2\n" in said.getvalue()
    assert f"-{NOW - 120 * A_DAY:%m}-01: kept 9, by the cases 8\n" in said.getvalue()

    call_command("check_kept_counts", "--repair", stdout=said)
    call_command("check_kept_counts", stdout=said)
    assert said.getvalue().endswith("3 counts different.\n0 counts different.\n")
