"""The action plan: what can be written when, what submitting it does, and that nothing changes it afterwards."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import Gone, OutOfDate, Refused
from interventions.models import Contract
from monitoring.actions import write_action_plan as action_plans
from monitoring.models import (
    ActionPlan,
    DeliverySession,
    PlanActivity,
    PlanChangeRequest,
    ReceivedReferral,
    Stage,
)
from tests.factories.accounts import PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import (
    assessed,
    assigned,
    outcomes_of,
    with_change_asked,
    with_end_requested,
    with_plan,
    with_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def worker(contract: Contract) -> User:
    return caseworker_on(contract)


@pytest.fixture
def case(contract: Contract, worker: User) -> ReceivedReferral:
    """Assessed, and waiting for its action plan."""
    return assessed(assigned(received(contract), to=worker))


def a_draft(case: ReceivedReferral, by: User, *, sessions: int | None = 2, activities: int = 1) -> ActionPlan:
    """A draft with what is told."""
    draft = action_plans.start_plan(received=case, by=by)
    outcome = outcomes_of(case)[0].pk
    for count in range(activities):
        action_plans.add_activity(
            received=case, number=draft.number, outcome=outcome, text=f"Step {count}", by=by, form_key=uuid4()
        )
    if sessions is not None:
        action_plans.set_sessions(received=case, number=draft.number, sessions=sessions, by=by)
    return draft


def _fresh(case: ReceivedReferral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.pk)


def _texts(plan: ActionPlan) -> list[str]:
    return [*plan.activities.order_by("position").values_list("text", flat=True)]


# --- Submitting -----------------------------------------------------------------------------------


def test_submitting_approves_at_once_and_makes_the_sessions(case: ReceivedReferral, worker: User) -> None:
    a_draft(case, worker, sessions=3)

    plan = action_plans.submit_plan(received=case, number=1, by=worker)

    assert (plan.submitted_by, plan.superseded_at) == (worker, None)
    assert [session.number for session in case.sessions.order_by("number")] == [1, 2, 3]
    assert _fresh(case).stage == Stage.ARRANGE_SESSION
    assert AuditEvent.objects.filter(action=AuditAction.PLAN_SUBMITTED).get().facts["sessions"] == 3
    assert OutboxEntry.objects.filter(kind=action_plans.PLAN_SUBMITTED).count() == 1


def test_submitting_twice_submits_once(case: ReceivedReferral, worker: User) -> None:
    a_draft(case, worker)

    first = action_plans.submit_plan(received=case, number=1, by=worker)
    second = action_plans.submit_plan(received=case, number=1, by=worker)

    assert first == second
    assert OutboxEntry.objects.filter(kind=action_plans.PLAN_SUBMITTED).count() == 1


@pytest.mark.parametrize(
    ("sessions", "activities", "says"),
    [
        pytest.param(2, 0, "Add at least one activity", id="no activity"),
        pytest.param(None, 1, "Enter how many delivery sessions", id="no number of sessions"),
    ],
)
def test_a_plan_is_complete_before_it_is_submitted(
    case: ReceivedReferral, worker: User, sessions: int | None, activities: int, says: str
) -> None:
    a_draft(case, worker, sessions=sessions, activities=activities)

    with pytest.raises(Refused) as refusal:
        action_plans.submit_plan(received=case, number=1, by=worker)

    assert says in refusal.value.reason
    assert _fresh(case).stage == Stage.PLAN


@pytest.mark.parametrize(
    ("happened", "attended"),
    [
        pytest.param(False, True, id="they came, it did not happen (Q21)"),
        pytest.param(False, False, id="missed"),
    ],
)
def test_a_plan_waits_for_an_assessment_that_was_held(
    contract: Contract, worker: User, happened: bool, attended: bool
) -> None:
    case = assessed(assigned(received(contract), to=worker), happened=happened, attended=attended)
    a_draft(case, worker)  # writing is allowed

    with pytest.raises(Refused, match="stage") as refusal:
        action_plans.submit_plan(received=case, number=1, by=worker)

    assert "after you give feedback on the supplier assessment" in refusal.value.reason


def test_what_was_checked_is_what_is_submitted(case: ReceivedReferral, worker: User) -> None:
    draft = a_draft(case, worker)
    seen = action_plans.content_of(draft)
    action_plans.set_sessions(received=case, number=1, sessions=5, by=worker)

    with pytest.raises(OutOfDate):
        action_plans.submit_plan(received=case, number=1, by=worker, seen=seen)


# --- Number of sessions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sessions", "is_taken"),
    [
        pytest.param(2, False, id="below the plan in force"),
        pytest.param(3, True, id="as many as in force"),
        pytest.param(4, True, id="more"),
        pytest.param(99, True, id="the most"),
        pytest.param(100, False, id="above the most"),
        pytest.param(0, False, id="none"),
        pytest.param(-1, False, id="negative"),
    ],
)
def test_sessions_only_grow(case: ReceivedReferral, worker: User, sessions: int, is_taken: bool) -> None:
    case = with_session(with_plan(case, sessions=3), 1)
    draft = action_plans.start_plan(received=case, by=worker)

    if is_taken:
        action_plans.set_sessions(received=case, number=draft.number, sessions=sessions, by=worker)
    else:
        with pytest.raises(Refused):
            action_plans.set_sessions(received=case, number=draft.number, sessions=sessions, by=worker)

    draft.refresh_from_db()
    assert draft.sessions == (sessions if is_taken else 3)


# --- Versions -------------------------------------------------------------------------------------


def test_a_new_version_starts_as_a_copy_and_takes_over_when_submitted(
    case: ReceivedReferral, worker: User
) -> None:
    case = with_change_asked(with_plan(case, sessions=2))
    old = case.action_plans.get()

    draft = action_plans.start_plan(received=case, by=worker)
    assert (draft.number, draft.sessions, _texts(draft)) == (2, 2, _texts(old))
    action_plans.add_activity(
        received=case, number=2, outcome=outcomes_of(case)[1].pk, text="Budget", by=worker, form_key=uuid4()
    )
    action_plans.set_sessions(received=case, number=2, sessions=4, by=worker)
    old.refresh_from_db()
    assert old.superseded_at is None, "The current version applies until you submit the new one"
    assert _fresh(case).stage == Stage.CHANGE_PLAN

    action_plans.submit_plan(received=case, number=2, by=worker)

    old.refresh_from_db()
    assert old.superseded_at is not None
    assert PlanChangeRequest.objects.unscoped().get().answered_at is not None
    assert [session.number for session in case.sessions.order_by("number")] == [1, 2, 3, 4]
    assert _fresh(case).stage == Stage.ARRANGE_SESSION
    assert "Budget" not in _texts(old)


def test_starting_twice_gives_one_draft(case: ReceivedReferral, worker: User) -> None:
    assert action_plans.start_plan(received=case, by=worker) == action_plans.start_plan(
        received=case, by=worker
    )


def test_the_same_form_adds_one_activity(case: ReceivedReferral, worker: User) -> None:
    draft, key, outcome = a_draft(case, worker, activities=0), uuid4(), outcomes_of(case)[0].pk
    for _ in range(2):
        action_plans.add_activity(
            received=case, number=1, outcome=outcome, text="Once", by=worker, form_key=key
        )

    assert _texts(draft) == ["Once"]


def test_an_outcome_of_another_case_is_refused(
    case: ReceivedReferral, worker: User, contract: Contract
) -> None:
    other = outcomes_of(received(contract))[0]
    a_draft(case, worker, activities=0)

    with pytest.raises(OutOfDate):
        action_plans.add_activity(
            received=case, number=1, outcome=other.pk, text="Foreign", by=worker, form_key=uuid4()
        )


def test_an_activity_is_changed_and_removed_in_a_draft(case: ReceivedReferral, worker: User) -> None:
    draft = a_draft(case, worker, activities=2)
    first, second = draft.activities.order_by("position")

    action_plans.change_activity(
        received=case, number=1, activity=first.pk, outcome=first.outcome_id, text="Other", by=worker
    )
    action_plans.remove_activity(received=case, number=1, activity=second.pk, by=worker)
    action_plans.remove_activity(received=case, number=1, activity=second.pk, by=worker)

    assert _texts(draft) == ["Other"]
    with pytest.raises(OutOfDate):
        action_plans.change_activity(
            received=case, number=1, activity=second.pk, outcome=first.outcome_id, text="Ghost", by=worker
        )


# --- Asking for a change --------------------------------------------------------------------------


def test_asking_for_a_change_asks_once(case: ReceivedReferral) -> None:
    case, practitioner, key = with_plan(case), PractitionerFactory(), uuid4()
    for _ in range(2):
        action_plans.ask_for_plan_change(received=case, text="More budgeting", by=practitioner, form_key=key)

    assert PlanChangeRequest.objects.unscoped().count() == 1
    assert _fresh(case).stage == Stage.CHANGE_PLAN
    entry = OutboxEntry.objects.get(kind=action_plans.PLAN_CHANGE_ASKED)
    assert (entry.receiver, entry.payload) == (f"caseworker {case.caseworker_id}", {})


def test_a_change_is_not_asked_for_before_there_is_a_plan(case: ReceivedReferral) -> None:
    with pytest.raises(Refused, match="stage"):
        action_plans.ask_for_plan_change(
            received=case, text="More", by=PractitionerFactory(), form_key=uuid4()
        )


def test_after_an_end_was_asked_for_no_plan_is_written(case: ReceivedReferral, worker: User) -> None:
    case = with_end_requested(with_session(with_plan(case), 1))
    assert case.stage == Stage.REPORT

    with pytest.raises(Refused) as refusal:
        action_plans.start_plan(received=case, by=worker)

    assert "asked to end" in refusal.value.reason


# --- What was submitted stays ---------------------------------------------------------------------


def test_no_action_changes_a_submitted_version(case: ReceivedReferral, worker: User) -> None:
    case = with_plan(case)
    activity = case.action_plans.get().activities.first()
    outcome = outcomes_of(case)[0].pk
    common = {"received": case, "number": 1, "by": worker}

    with pytest.raises(Gone):
        action_plans.add_activity(**common, outcome=outcome, text="Late", form_key=uuid4())
    with pytest.raises(Gone):
        action_plans.change_activity(**common, activity=activity.pk, outcome=outcome, text="Late")
    with pytest.raises(Gone):
        action_plans.remove_activity(**common, activity=activity.pk)
    with pytest.raises(Gone):
        action_plans.set_sessions(**common, sessions=9)


CHANGES = [
    pytest.param(
        lambda plan: ActionPlan.objects.unscoped().filter(pk=plan.pk).update(sessions=9), id="sessions"
    ),
    pytest.param(
        lambda plan: ActionPlan.objects.unscoped().filter(pk=plan.pk).update(submitted_at=None),
        id="take back",
    ),
    pytest.param(
        lambda plan: ActionPlan.objects.unscoped().filter(pk=plan.pk).update(submitted_at=timezone.now()),
        id="another date",
    ),
    pytest.param(
        lambda plan: ActionPlan.objects.unscoped().filter(pk=plan.pk)._raw_delete("default"), id="delete"
    ),
    pytest.param(lambda plan: plan.activities.update(text="Changed"), id="an activity's text"),
    pytest.param(lambda plan: plan.activities.all().delete(), id="remove an activity"),
    pytest.param(
        lambda plan: PlanActivity.objects.unscoped().create(
            plan=plan, outcome=plan.activities.first().outcome, position=50, text="Late"
        ),
        id="add an activity",
    ),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_a_submitted_plan(case: ReceivedReferral, change) -> None:  # type: ignore[no-untyped-def]
    plan = with_plan(case).action_plans.get()
    before = (plan.sessions, _texts(plan))

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        change(plan)

    plan.refresh_from_db()
    assert (plan.sessions, _texts(plan)) == before


def test_the_date_of_the_next_version_is_set_once(case: ReceivedReferral) -> None:
    plan = with_plan(case).action_plans.get()
    rows = ActionPlan.objects.unscoped().filter(pk=plan.pk)
    rows.update(superseded_at=timezone.now())

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        rows.update(superseded_at=None)


def test_an_activity_cannot_be_moved_into_a_submitted_plan(case: ReceivedReferral, worker: User) -> None:
    case = with_plan(case)
    draft = action_plans.start_plan(received=case, by=worker)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        draft.activities.filter(position=1).update(plan=case.action_plans.get(number=1), position=60)


def test_sessions_are_never_taken_away(case: ReceivedReferral, worker: User) -> None:
    case = with_plan(case, sessions=3)
    kept = set(DeliverySession.objects.unscoped().values_list("pk", flat=True))
    action_plans.start_plan(received=case, by=worker)
    action_plans.set_sessions(received=case, number=2, sessions=5, by=worker)
    action_plans.submit_plan(received=case, number=2, by=worker)

    assert kept < set(DeliverySession.objects.unscoped().values_list("pk", flat=True))
