"""The stage table: one case at each stage, what follows from it, and what is refused there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from monitoring import tasks
from monitoring.actions import end_referral as ending
from monitoring.actions import pause_case as pausing
from monitoring.actions import standing
from monitoring.actions import transition as moving
from monitoring.actions import write_action_plan as action_plans
from monitoring.actions import write_end_of_service_report as end_of_service
from monitoring.actions.standing import facts_of
from monitoring.models import (
    Conclusion,
    EndOfServiceReport,
    Pause,
    ReceivedReferral,
    ServiceLevel,
    Stage,
    Timer,
    Turn,
)
from monitoring.rules import conclusion, stages
from monitoring.rules import stage_diagram as stage_picture
from monitoring.rules.case_facts import CaseFacts
from monitoring.rules.conclusion import Delivery
from monitoring.rules.moves import (
    AFTER_AN_END,
    ALLOWED,
    NO_CHANGE_AFTER_AN_END,
    NOT_AFTER_AN_END,
    WHY_NOT,
    Move,
    is_allowed,
)
from monitoring.rules.stages import BY_STAGE, ENDED, STAGES
from tests.factories.accounts import AdministratorFactory, PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import (
    assessed,
    assigned,
    at_stage,
    outcomes_of,
    with_change_asked,
    with_end_requested,
    with_plan,
    with_session,
    with_session_arranged,
)

pytestmark = pytest.mark.django_db
every_stage = pytest.mark.parametrize("stage", list(Stage))


def _fresh(case: ReceivedReferral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.pk)


# --- One case at each stage -----------------------------------------------------------------------


@every_stage
def test_predicate_columns_and_query_agree(stage: Stage) -> None:
    case = at_stage(stage)
    at_stage(Stage.PLAN if stage != Stage.PLAN else Stage.ASSIGN)
    facts = facts_of(case)

    assert stages.rule_for(facts).stage == stage
    assert stages.stored(_fresh(case)) == standing.standing(case)
    assert [one.pk for one in ReceivedReferral.objects.unscoped().filter(stage=stage)] == [case.pk]
    assert case.whose_turn == (Turn.NOBODY if stage in ENDED else Turn.SUPPLIER)
    assert (case.due_on is None) == (stage in ENDED)


@every_stage
def test_each_side_has_exactly_one_next_step(stage: Stage) -> None:
    rules = [rule for rule in STAGES if rule.stage == stage]
    case = at_stage(stage)

    assert len(rules) == 1
    for for_supplier in (True, False):
        assert stages.next_step(case, for_supplier=for_supplier).strip()
    if stage in ENDED:
        assert {rules[0].supplier_step, rules[0].practitioner_step} == {"No action needed"}
    else:
        assert rules[0].supplier_step != rules[0].practitioner_step


def test_every_stage_is_in_the_table_once_and_the_last_always_holds() -> None:
    assert sorted(rule.stage for rule in STAGES) == sorted(Stage)
    assert STAGES[-1].holds(CaseFacts(received_on=date(2026, 3, 2)))


DUE = [
    pytest.param(received, 10, "received", id="new: 10 working days from receipt"),
    pytest.param(assigned, 10, "received", id="assigned: the same"),
    pytest.param(assessed, 5, "assessed", id="assessed: 5 from the assessment"),
    pytest.param(
        lambda case: with_change_asked(with_plan(case)), 5, "asked", id="change asked for: 5 from the request"
    ),
    pytest.param(
        lambda case: with_session(with_plan(case, sessions=1), 1),
        5,
        "recorded",
        id="delivered: 5 from the last session",
    ),
    pytest.param(
        lambda case: with_end_requested(with_session(with_plan(case), 1)),
        5,
        "ended",
        id="end asked for: 5 from then",
    ),
]


@pytest.mark.parametrize(("build", "days", "since"), DUE)
def test_due_dates_follow_from_what_was_done(
    build: Callable[[Any], ReceivedReferral], days: int, since: str
) -> None:
    case = received(at=timezone.now() - timedelta(days=60)) if build is not received else None
    case = build(case) if case is not None else received(at=timezone.now())
    facts = facts_of(case)
    start = {
        "received": facts.received_on,
        "assessed": facts.assessed_on,
        "asked": facts.plan_change_asked_on,
        "recorded": facts.last_recorded_on,
        "ended": facts.end_requested_on,
    }[since]

    assert start is not None
    assert case.due_on == stages.add_working_days(start, days)


def test_feedback_is_due_the_same_day() -> None:
    for stage in (Stage.HOLD_ASSESSMENT, Stage.HOLD_SESSION):
        case = at_stage(stage)
        assert case.due_on == timezone.localdate(case.appointments.get(closed_as="", feedback=None).starts_at)


def test_sessions_are_to_be_done_by_the_completion_date() -> None:
    case = at_stage(Stage.ARRANGE_SESSION)
    assert case.due_on == case.completion_date


# --- Corners --------------------------------------------------------------------------------------

CORNERS = [
    pytest.param(
        lambda case: assessed(case, happened=False, attended=True),
        Stage.ARRANGE_ASSESSMENT,
        id="came, assessment not held",
    ),
    pytest.param(
        lambda case: assessed(case, happened=False, attended=False),
        Stage.ARRANGE_ASSESSMENT,
        id="assessment missed",
    ),
    pytest.param(
        lambda case: assessed(assessed(case, happened=False, attended=False)),
        Stage.PLAN,
        id="missed, then held",
    ),
    pytest.param(
        lambda case: with_session(with_session(with_plan(case), 1, attended=False), 2, attended=False),
        Stage.ARRANGE_SESSION,
        id="all recorded, nobody came",
    ),
    pytest.param(
        lambda case: with_session(with_session(with_plan(case), 1), 2, happened=False),
        Stage.REPORT,
        id="one delivered, one that did not happen",
    ),
    pytest.param(
        lambda case: with_session_arranged(
            with_session(with_session(with_plan(case), 1), 2, attended=False), 2
        ),
        Stage.HOLD_SESSION,
        id="all recorded, a missed one arranged anew",
    ),
    pytest.param(
        lambda case: with_session(with_session(with_session(with_plan(case), 1), 2, attended=False), 2),
        Stage.REPORT,
        id="and held",
    ),
    pytest.param(
        lambda case: with_session(with_plan(case), 2), Stage.ARRANGE_SESSION, id="the second before the first"
    ),
    pytest.param(
        lambda case: with_plan(with_session(with_plan(case, sessions=1), 1), sessions=2),
        Stage.ARRANGE_SESSION,
        id="delivered, then more planned",
    ),
    pytest.param(
        lambda case: with_change_asked(with_session(with_plan(case, sessions=1), 1)),
        Stage.CHANGE_PLAN,
        id="delivered, and a change asked for",
    ),
    pytest.param(
        lambda case: with_end_requested(with_change_asked(with_session(with_plan(case), 1))),
        Stage.REPORT,
        id="a change asked for, and the end",
    ),
    pytest.param(
        lambda case: with_end_requested(with_session_arranged(with_session(with_plan(case), 1), 2)),
        Stage.REPORT,
        id="end asked for, a session still arranged",
    ),
]


@pytest.mark.parametrize(("build", "stage"), CORNERS)
def test_corners(build: Callable[[ReceivedReferral], ReceivedReferral], stage: Stage) -> None:
    assert build(received(at=timezone.now() - timedelta(days=30))).stage == stage


DAY = date(2026, 3, 9)
WITHOUT_CASEWORKER = [
    pytest.param({}, Stage.ASSIGN, date(2026, 3, 16), id="nothing was done"),
    pytest.param({"assessment_arranged_for": DAY}, Stage.HOLD_ASSESSMENT, DAY, id="arranged"),
    pytest.param({"assessed_on": DAY}, Stage.PLAN, date(2026, 3, 16), id="assessed"),
    pytest.param(
        {"assessed_on": DAY, "planned_sessions": 2, "next_session_on": date(2026, 4, 1)},
        Stage.HOLD_SESSION,
        date(2026, 4, 1),
        id="in delivery",
    ),
]


@pytest.mark.parametrize(("facts", "stage", "due"), WITHOUT_CASEWORKER)
def test_a_case_that_lost_its_caseworker_stays_where_it_was(
    facts: dict[str, Any], stage: Stage, due: date
) -> None:
    levels = {Timer.ASSESSMENT: 10, Timer.ACTION_PLAN: 5, Timer.FEEDBACK: 0}
    now = stages.standing_of(CaseFacts(received_on=date(2026, 3, 2), service_levels=levels, **facts))
    case = ReceivedReferral(stage=now.stage)

    assert (now.stage, now.due_on) == (stage, due)
    assert stages.next_step(case, for_supplier=True) == "Assign a caseworker"


# --- How a case ends ------------------------------------------------------------------------------

F = {"received_on": date(2026, 3, 2)}
ENDS = [
    pytest.param({}, Delivery.NOT_DELIVERING_YET, None, Conclusion.CANCELLED, id="no plan"),
    pytest.param(
        {"planned_sessions": 2},
        Delivery.NOBODY_CAME_YET,
        None,
        Conclusion.CANCELLED,
        id="a plan, nobody came",
    ),
    pytest.param(
        {"planned_sessions": 2, "sessions_recorded": 2},
        Delivery.NOBODY_CAME_YET,
        None,
        Conclusion.CANCELLED,
        id="all missed",
    ),
    pytest.param(
        {"planned_sessions": 2, "sessions_recorded": 1, "sessions_attended": 1},
        Delivery.IN_PROGRESS,
        None,
        None,
        id="1 attended of 2",
    ),
    pytest.param(
        {"planned_sessions": 2, "sessions_recorded": 2, "sessions_attended": 1},
        Delivery.DELIVERED,
        None,
        None,
        id="1 attended, 1 missed of 2",
    ),
    pytest.param(
        {"planned_sessions": 2, "sessions_recorded": 1, "sessions_attended": 1, "report_submitted": True},
        Delivery.IN_PROGRESS,
        Conclusion.ENDED_EARLY,
        Conclusion.ENDED_EARLY,
        id="reported, 1 of 2",
    ),
    pytest.param(
        {"planned_sessions": 2, "sessions_recorded": 2, "sessions_attended": 2, "report_submitted": True},
        Delivery.DELIVERED,
        Conclusion.COMPLETED,
        Conclusion.COMPLETED,
        id="reported, all",
    ),
]


@pytest.mark.parametrize(("facts", "state", "by_itself", "after_an_end"), ENDS)
def test_how_a_case_concludes(
    facts: dict[str, Any], state: Delivery, by_itself: Conclusion | None, after_an_end: Conclusion | None
) -> None:
    going_on, ended = CaseFacts(**F, **facts), CaseFacts(**F, **facts, end_requested_on=date(2026, 4, 1))

    assert conclusion.delivery(going_on) == state
    assert conclusion.concludes_now(going_on) == by_itself
    assert conclusion.concludes_now(ended) == after_an_end
    assert conclusion.concludes_now(CaseFacts(**F, **facts, conclusion=Conclusion.CANCELLED)) is None


# --- What is refused ------------------------------------------------------------------------------


@every_stage
def test_every_move_is_allowed_or_refused_with_its_reason(stage: Stage) -> None:
    case, by = at_stage(stage), PractitionerFactory()

    for move in ALLOWED:
        if stage in ALLOWED[move]:
            with transaction.atomic():
                assert moving.begin(case, move, by=by).pk == case.pk, move
        else:
            with transaction.atomic(), pytest.raises(Refused) as refusal:
                moving.begin(case, move, by=by)
            assert refusal.value.reason == WHY_NOT[move]
            assert refusal.value.reason.endswith(".")


def test_every_move_that_can_be_refused_has_a_reason() -> None:
    assert set(ALLOWED) == set(Move)
    assert set(WHY_NOT) == {move for move, allowed in ALLOWED.items() if allowed != frozenset(Stage)}
    assert set(ALLOWED) >= NOT_AFTER_AN_END


@pytest.mark.parametrize("move", sorted(NOT_AFTER_AN_END))
def test_nothing_new_begins_after_an_end_was_asked_for(move: Move) -> None:
    case = with_end_requested(at_stage(Stage.ARRANGE_SESSION))
    assert case.stage == Stage.REPORT

    with transaction.atomic(), pytest.raises(Refused) as refusal:
        moving.begin(case, move, by=PractitionerFactory())

    assert refusal.value.reason == (
        NO_CHANGE_AFTER_AN_END if move is Move.CHANGE_REFERRAL else AFTER_AN_END
    )


def test_a_concluded_case_takes_case_notes_and_answers_only() -> None:
    for stage in ENDED:
        case = at_stage(stage)
        allowed = {move for move in ALLOWED if is_allowed(move, case)}
        assert allowed == {Move.WRITE_CASE_NOTE, Move.ANSWER_QUESTION}


def _calls(case: ReceivedReferral, worker: User) -> dict[Move, Callable[[], object]]:
    """Actions as a form, the admin or a task would call them: all go through the same door."""
    practitioner = PractitionerFactory()
    outcome = outcomes_of(case)[0].pk
    return {
        Move.WRITE_PLAN: lambda: action_plans.start_plan(received=case, by=worker),
        Move.ASK_FOR_PLAN_CHANGE: lambda: action_plans.ask_for_plan_change(
            received=case, text="More", by=practitioner, form_key=uuid4()
        ),
        Move.REQUEST_END: lambda: ending.request_end(
            received=case, reason="ANO", comments="Other", by=practitioner
        ),
        Move.PAUSE: lambda: pausing.pause(
            received=case, starts_on=timezone.localdate(), reason="Ill", by=worker, form_key=uuid4()
        ),
        Move.WRITE_REPORT: lambda: end_of_service.save_achievement(
            received=case, outcome=outcome, level="ACHIEVED", progress="x", remaining="", by=worker
        ),
    }


@every_stage
def test_the_actions_themselves_refuse_what_is_not_allowed(stage: Stage) -> None:
    contract = a_contract()
    case, worker = at_stage(stage, contract=contract), caseworker_on(contract)
    before = stages.stored(case)

    for move, call in _calls(case, worker).items():
        if is_allowed(move, case):
            continue
        with pytest.raises(Exception) as refusal:  # noqa: PT011 (Refused, or Gone where it was submitted)
            call()
        assert getattr(refusal.value, "reason", "")
        assert stages.stored(_fresh(case)) == before


def test_a_supplier_without_the_contract_is_refused_whatever_calls() -> None:
    case, stranger = at_stage(Stage.PLAN), caseworker_on(a_contract())

    with transaction.atomic(), pytest.raises(Refused) as refusal:
        moving.begin(case, Move.WRITE_PLAN, by=stranger)

    assert refusal.value.code == "not_granted"


def test_a_supplier_does_not_end_a_referral() -> None:
    contract = a_contract()
    case, worker = at_stage(Stage.PLAN, contract=contract), caseworker_on(contract)

    with pytest.raises(Refused):
        ending.request_end(received=case, reason="MOV", comments="x", by=worker)


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_the_admin_moves_no_case(verb: str) -> None:
    case = at_stage(Stage.PLAN)
    client = Client()
    client.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    args = [] if verb == "add" else [case.pk]

    answer = client.post(
        reverse(f"admin:monitoring_receivedreferral_{verb}", args=args), {"stage": "COMPLETED"}
    )

    assert answer.status_code == 403
    assert _fresh(case).stage == Stage.PLAN


# --- Ending by the actions ------------------------------------------------------------------------


def test_submitting_the_report_concludes_and_ends_a_pause() -> None:
    contract = a_contract()
    worker = caseworker_on(contract)
    case = at_stage(Stage.REPORT, contract=contract)
    pausing.pause(received=case, starts_on=timezone.localdate(), reason="Ill", by=worker, form_key=uuid4())
    end_of_service.start_report(received=case, by=worker)
    for outcome in outcomes_of(case):
        end_of_service.save_achievement(
            received=case, outcome=outcome.pk, level="ACHIEVED", progress="Well", remaining="", by=worker
        )
    with pytest.raises(Refused):
        end_of_service.submit_report(received=case, by=worker)
    end_of_service.save_further_information(received=case, text="", by=worker)

    first = end_of_service.submit_report(received=case, by=worker)
    second = end_of_service.submit_report(received=case, by=worker)

    fresh = _fresh(case)
    assert first == second
    assert (fresh.stage, fresh.conclusion) == (Stage.COMPLETED, Conclusion.COMPLETED)
    assert Pause.objects.unscoped().get().ends_on == timezone.localdate()
    assert AuditEvent.objects.filter(action=AuditAction.CASE_CONCLUDED).count() == 1
    assert EndOfServiceReport.objects.unscoped().count() == 1


# --- Clocks that stand still ----------------------------------------------------------------------


def test_the_due_date_of_a_paused_case_moves_on_every_night() -> None:
    case = at_stage(Stage.ASSIGN, at=timezone.now())
    other = at_stage(Stage.ASSIGN, at=timezone.now())
    due = case.due_on
    Pause.objects.unscoped().create(
        form_key=uuid4(), received=case, starts_on=timezone.localdate() - timedelta(days=14), reason="Ill",
        set_by=PractitionerFactory(), set_at=timezone.now(),
    )  # fmt: skip
    standing.refresh(case, today=timezone.localdate() - timedelta(days=1))
    assert _fresh(case).due_on == due, "it was received today: no day was counted yet"

    for night in range(1, 4):
        standing.refresh(case, today=timezone.localdate() + timedelta(days=night))
    moved = _fresh(case).due_on
    assert moved == stages.add_working_days(timezone.localdate() + timedelta(days=3), 10)
    assert tasks.refresh_paused_cases() == 1, "back to what holds today"
    assert tasks.refresh_paused_cases() == 0, "nothing to do the second time"
    assert _fresh(other).due_on == due


def test_a_case_that_was_overdue_before_its_pause_stays_overdue() -> None:
    case = at_stage(Stage.ASSIGN, at=timezone.now() - timedelta(days=60))
    due = case.due_on
    Pause.objects.unscoped().create(
        form_key=uuid4(), received=case, starts_on=timezone.localdate(), reason="Ill", set_by=PractitionerFactory(),
        set_at=timezone.now(),
    )  # fmt: skip

    assert standing.standing(case).due_on == due


# --- Checking and drawing -------------------------------------------------------------------------


def test_check_stages_says_which_case_differs() -> None:
    good, bad = at_stage(Stage.PLAN), at_stage(Stage.REPORT)
    said = StringIO()
    call_command("check_stages", stdout=said)
    assert "2 cases checked, 0 different" in said.getvalue()
    ReceivedReferral.objects.unscoped().filter(pk=bad.pk).update(stage=Stage.PLAN, due_on=None)

    said = StringIO()
    with pytest.raises(CommandError):
        call_command("check_stages", stdout=said)

    assert bad.reference in said.getvalue()
    assert good.reference not in said.getvalue()
    call_command("check_stages", "--repair", stdout=StringIO())
    call_command("check_stages", stdout=StringIO())
    assert _fresh(bad).stage == Stage.REPORT


def test_the_readme_shows_the_stages_as_they_are() -> None:
    readme = Path(settings.BASE_DIR, "README.md").read_text(encoding="utf-8")

    assert stage_picture.with_picture(readme) == readme, "run: manage.py draw_stages --write"


def test_the_picture_draws_every_stage_and_only_allowed_moves() -> None:
    said = StringIO()
    call_command("draw_stages", stdout=said)

    for stage in Stage:
        assert f"{stage.value}: {stage.label}" in said.getvalue()
    for start, move, end, _ in stage_picture.MOVES:
        assert start in ALLOWED[move]
        assert start != end
    reached = {end for _, _, end, _ in stage_picture.MOVES} | {Stage.ASSIGN}
    assert reached == set(BY_STAGE)


def test_a_readme_without_the_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="no block"):
        stage_picture.with_picture("# Something else\n")


# --- Time limits in the admin ---------------------------------------------------------------------


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("days_from_now", "working_days", "is_taken"),
    [
        pytest.param(1, "7", True, id="from tomorrow"),
        pytest.param(0, "7", False, id="from today"),
        pytest.param(-1, "7", False, id="from yesterday"),
        pytest.param(1, "60", True, id="the most"),
        pytest.param(1, "61", False, id="more than the most"),
        pytest.param(1, "0", True, id="the same day"),
        pytest.param(1, "-1", False, id="negative"),
        pytest.param(1, "soon", False, id="a word"),
    ],
)
def test_a_time_limit_begins_tomorrow_at_the_earliest(
    administrator: Client, days_from_now: int, working_days: str, is_taken: bool
) -> None:
    day = timezone.localdate() + timedelta(days=days_from_now)
    answers = {"timer": Timer.ASSESSMENT, "working_days": working_days, "valid_from": day.isoformat()}

    administrator.post(reverse("admin:monitoring_servicelevel_add"), answers)

    assert ServiceLevel.objects.unscoped().exists() == is_taken


@pytest.mark.parametrize("verb", ["change", "delete"])
@pytest.mark.parametrize(
    ("days", "is_open"), [pytest.param(1, True, id="to come"), pytest.param(0, False, id="begun")]
)
def test_a_time_limit_that_has_begun_stays(
    administrator: Client, verb: str, days: int, is_open: bool
) -> None:
    day = timezone.localdate() + timedelta(days=days)
    level = ServiceLevel.objects.unscoped().create(timer=Timer.ASSESSMENT, working_days=7, valid_from=day)
    answers = {"timer": Timer.ASSESSMENT, "working_days": "9", "valid_from": day.isoformat(), "post": "yes"}

    answer = administrator.post(reverse(f"admin:monitoring_servicelevel_{verb}", args=[level.pk]), answers)

    assert answer.status_code == (302 if is_open else 403)
    kept = ServiceLevel.objects.unscoped().filter(pk=level.pk, working_days=7).exists()
    assert kept == (not is_open)
    assert administrator.get(reverse("admin:monitoring_servicelevel_changelist")).status_code == 200


def test_a_timer_has_one_limit_from_a_day_on(administrator: Client) -> None:
    day = timezone.localdate() + timedelta(days=1)
    answers = {"timer": Timer.ASSESSMENT, "working_days": "7", "valid_from": day.isoformat()}

    for _ in range(2):
        administrator.post(reverse("admin:monitoring_servicelevel_add"), answers)

    assert ServiceLevel.objects.unscoped().count() == 1
