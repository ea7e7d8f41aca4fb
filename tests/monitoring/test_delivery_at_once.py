"""Twenty posts of one form at the same moment: one draft, one activity, one submission, one request, one pause."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent, OutboxEntry
from interventions.models import Contract
from monitoring.actions import end_referral as ending
from monitoring.actions import write_action_plan as action_plans
from monitoring.actions import write_end_of_service_report as end_of_service
from monitoring.models import (
    ActionPlan,
    DeliverySession,
    EndOfServiceReport,
    Pause,
    PlanActivity,
    PlanChangeRequest,
    ReceivedReferral,
    Stage,
)
from tests.factories.accounts import PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract
from tests.factories.monitoring_delivery import at_stage, outcomes_of
from tests.signing_in import sign_in

POSTS = 20
# SQLite lets one writer in at a time, and its test database in memory is one connection.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def worker(contract: Contract) -> User:
    return caseworker_on(contract)


def _at_once(attempt: Callable[[], object]) -> list[object]:
    """What each of twenty tries answered, all started together, each on a connection of its own."""
    together = Barrier(POSTS)

    def run(_: int) -> object:
        try:
            together.wait()
            return attempt()
        finally:
            connection.close()

    with ThreadPoolExecutor(POSTS) as threads:
        return list(threads.map(run, range(POSTS)))


def _posts(user: User, name: str, case: ReceivedReferral, *args: object, **answers: str) -> set[object]:
    """The statuses that twenty posts of one form were answered with."""
    address = reverse(f"monitoring:{name}", args=[case.pk, *args])
    signed_in = Client()
    sign_in(signed_in, user)
    cookies = {name: morsel.value for name, morsel in signed_in.cookies.items()}

    def post() -> object:
        client = Client()
        client.cookies.load(cookies)
        return client.post(address, answers).status_code

    return set(_at_once(post))


def _draft(case: ReceivedReferral, by: User) -> ActionPlan:
    draft = action_plans.start_plan(received=case, by=by)
    outcome = outcomes_of(case)[0].pk
    action_plans.add_activity(
        received=case, number=draft.number, outcome=outcome, text="Walk", by=by, form_key=uuid4()
    )
    action_plans.set_sessions(received=case, number=draft.number, sessions=3, by=by)
    draft.refresh_from_db()
    return draft


def test_one_draft_is_begun(contract: Contract, worker: User) -> None:
    case = at_stage(Stage.PLAN, contract=contract)

    assert _posts(worker, "start_action_plan", case) == {302}

    assert ActionPlan.objects.unscoped().count() == 1


def test_one_activity_is_added(contract: Contract, worker: User) -> None:
    case = at_stage(Stage.PLAN, contract=contract)
    draft = action_plans.start_plan(received=case, by=worker)
    answers = {"outcome": str(outcomes_of(case)[0].pk), "text": "Walk", "form_key": str(uuid4())}

    assert _posts(worker, "add_activity", case, draft.number, **answers) == {302}

    assert PlanActivity.objects.unscoped().count() == 1


def test_a_plan_is_submitted_once(contract: Contract, worker: User) -> None:
    case = at_stage(Stage.PLAN, contract=contract)
    draft = _draft(case, worker)

    assert _posts(worker, "check_action_plan", case, 1, seen=action_plans.content_of(draft)) == {302}

    assert DeliverySession.objects.unscoped().count() == 3
    assert AuditEvent.objects.filter(action=AuditAction.PLAN_SUBMITTED).count() == 1
    assert OutboxEntry.objects.filter(kind=action_plans.PLAN_SUBMITTED).count() == 1


def test_one_change_is_asked_for(contract: Contract) -> None:
    case, practitioner, key = (
        at_stage(Stage.ARRANGE_SESSION, contract=contract),
        PractitionerFactory(),
        uuid4(),
    )

    _at_once(
        lambda: action_plans.ask_for_plan_change(received=case, text="More", by=practitioner, form_key=key)
    )

    assert PlanChangeRequest.objects.unscoped().count() == 1


def test_one_end_is_asked_for(contract: Contract) -> None:
    case, practitioner = at_stage(Stage.PLAN, contract=contract), PractitionerFactory()

    _at_once(lambda: ending.request_end(received=case, reason="MOV", comments="Moved", by=practitioner))

    assert AuditEvent.objects.filter(action=AuditAction.CASE_CONCLUDED).count() == 1
    assert OutboxEntry.objects.filter(kind=ending.END_REQUESTED).count() == 1


def test_one_report_is_begun_and_submitted_once(contract: Contract, worker: User) -> None:
    case = at_stage(Stage.REPORT, contract=contract)
    assert _posts(worker, "start_end_of_service_report", case) == {302}
    report = EndOfServiceReport.objects.unscoped().get()
    for outcome in outcomes_of(case):
        end_of_service.save_achievement(
            received=case, outcome=outcome.pk, level="ACHIEVED", progress="Well", remaining="", by=worker
        )
    end_of_service.save_further_information(received=case, text="", by=worker)
    report.refresh_from_db()

    seen = end_of_service.content_of(report)
    assert _posts(worker, "check_end_of_service_report", case, seen=seen) == {302}

    assert AuditEvent.objects.filter(action=AuditAction.CASE_CONCLUDED).count() == 1
    assert OutboxEntry.objects.filter(kind=end_of_service.REPORT_SUBMITTED).count() == 1


def test_one_pause_is_set(contract: Contract, worker: User) -> None:
    case, today = at_stage(Stage.PLAN, contract=contract), timezone.localdate()
    answers = {
        "starts_on_day": str(today.day), "starts_on_month": str(today.month), "starts_on_year": str(today.year),
        "reason": "Ill", "form_key": str(uuid4()),
    }  # fmt: skip

    assert _posts(worker, "pause_case", case, **answers) == {302}

    assert Pause.objects.unscoped().count() == 1
