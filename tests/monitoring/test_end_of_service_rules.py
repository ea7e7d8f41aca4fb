"""The end of service report: complete before it is submitted, submitted once, and locked afterwards (Q24)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from events.refusals import Gone, OutOfDate, Refused
from interventions.models import Contract
from monitoring.actions import write_end_of_service_report as end_of_service
from monitoring.models import EndOfServiceReport, OutcomeAchievement, ReceivedReferral, Stage
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract
from tests.factories.monitoring_delivery import at_stage, outcomes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def worker(contract: Contract) -> User:
    return caseworker_on(contract)


@pytest.fixture
def case(contract: Contract) -> ReceivedReferral:
    """Delivered, and waiting for its report."""
    return at_stage(Stage.REPORT, contract=contract)


def _answer(case: ReceivedReferral, worker: User, place: int, level: str = "ACHIEVED") -> None:
    end_of_service.save_achievement(
        received=case,
        outcome=outcomes_of(case)[place - 1].pk,
        level=level,
        progress="Well",
        remaining="",
        by=worker,
    )


def test_starting_twice_gives_one_report(case: ReceivedReferral, worker: User) -> None:
    first, second = (end_of_service.start_report(received=case, by=worker) for _ in range(2))

    assert first == second


def test_an_earlier_answer_is_replaced(case: ReceivedReferral, worker: User) -> None:
    end_of_service.start_report(received=case, by=worker)
    _answer(case, worker, 1, "ACHIEVED")
    _answer(case, worker, 1, "NOT_ACHIEVED")

    assert OutcomeAchievement.objects.unscoped().get().level == "NOT_ACHIEVED"


@pytest.mark.parametrize(
    ("places", "information", "says"),
    [
        pytest.param((), None, "outcome 1", id="nothing"),
        pytest.param((1,), "", "outcome 2", id="one outcome missing"),
        pytest.param((2,), "", "outcome 1", id="the other missing"),
        pytest.param((1, 2), None, "further information", id="last question not asked"),
    ],
)
def test_a_report_is_complete_before_it_is_submitted(
    case: ReceivedReferral, worker: User, places: tuple[int, ...], information: str | None, says: str
) -> None:
    end_of_service.start_report(received=case, by=worker)
    for place in places:
        _answer(case, worker, place)
    if information is not None:
        end_of_service.save_further_information(received=case, text=information, by=worker)

    with pytest.raises(Refused) as refusal:
        end_of_service.submit_report(received=case, by=worker)

    assert says in refusal.value.reason
    assert EndOfServiceReport.objects.unscoped().get().submitted_at is None


def test_an_outcome_of_another_case_is_refused(
    case: ReceivedReferral, worker: User, contract: Contract
) -> None:
    other = outcomes_of(at_stage(Stage.REPORT, contract=contract))[0]
    end_of_service.start_report(received=case, by=worker)

    with pytest.raises(OutOfDate):
        end_of_service.save_achievement(
            received=case, outcome=other.pk, level="ACHIEVED", progress="x", remaining="", by=worker
        )


@pytest.mark.parametrize(
    "stage", [stage for stage in Stage if stage not in (Stage.REPORT, Stage.COMPLETED, Stage.ENDED_EARLY)]
)
def test_a_report_that_is_not_due_is_not_begun(contract: Contract, worker: User, stage: Stage) -> None:
    with pytest.raises(Refused, match="stage"):
        end_of_service.start_report(received=at_stage(stage, contract=contract), by=worker)


def test_no_action_changes_a_submitted_report(contract: Contract, worker: User) -> None:
    case = at_stage(Stage.COMPLETED, contract=contract)

    with pytest.raises(Gone):
        _answer(case, worker, 1, "NOT_ACHIEVED")
    with pytest.raises(Gone):
        end_of_service.save_further_information(received=case, text="Late", by=worker)


Change = Callable[[EndOfServiceReport], object]
CHANGES = [
    pytest.param(lambda report: _rows(report).update(further_information="Late"), id="further information"),
    pytest.param(lambda report: _rows(report).update(submitted_at=None), id="take back"),
    pytest.param(lambda report: _rows(report).update(submitted_at=timezone.now()), id="another date"),
    pytest.param(lambda report: _rows(report)._raw_delete("default"), id="delete"),
    pytest.param(lambda report: report.achievements.update(level="NOT_ACHIEVED"), id="a level"),
    pytest.param(lambda report: report.achievements.all().delete(), id="remove an answer"),
    pytest.param(
        lambda report: OutcomeAchievement.objects.unscoped().create(
            pk=uuid4(),
            report=report,
            outcome=report.achievements.first().outcome,
            level="ACHIEVED",
            progress="x",
        ),
        id="add an answer",
    ),
]


def _rows(report: EndOfServiceReport):  # type: ignore[no-untyped-def]
    return EndOfServiceReport.objects.unscoped().filter(pk=report.pk)


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_a_submitted_report(contract: Contract, change: Change) -> None:
    case = at_stage(Stage.COMPLETED, contract=contract)
    report = EndOfServiceReport.objects.unscoped().get(received=case)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        change(report)

    assert report.achievements.filter(level="ACHIEVED").count() == len(outcomes_of(case))
