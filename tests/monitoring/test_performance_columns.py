"""What each column of the performance report says in each situation of appointments; no row contradicts itself.

Appointments are stored and read; how a case ended is worked out without a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.models import User
from govuk.csv_cells import written
from monitoring.models import (
    ActionPlan,
    Appointment,
    Closed,
    Conclusion,
    DeliverySession,
    Feedback,
    Method,
    Purpose,
    ReceivedReferral,
)
from monitoring.performance.columns import COLUMNS, ReportedCase, ReportedPlan
from monitoring.performance.reading import CasesOfPeriod
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received

FIRST = datetime(2026, 1, 5, 10, tzinfo=UTC)
A_DAY = timedelta(days=1)
A, B = uuid4(), uuid4()  # two delivery sessions
DATES = {day: written(FIRST + day * A_DAY) for day in range(4)}


@dataclass(frozen=True)
class Situation:
    """One appointment: the day it was for, and what was recorded. ``happened`` None: nothing was submitted."""

    day: int = 0
    happened: bool | None = None
    attended: bool | None = None
    was_late: bool | None = None
    closed_as: str = ""
    is_draft: bool = False
    arranged: int | None = None
    session: UUID = A


def on_time(day: int = 0, session: UUID = A) -> Situation:
    return Situation(day, happened=True, attended=True, was_late=False, session=session)


def late(day: int = 0, session: UUID = A) -> Situation:
    return Situation(day, happened=True, attended=True, was_late=True, session=session)


def not_held(day: int = 0, session: UUID = A) -> Situation:
    return Situation(day, happened=False, attended=True, closed_as=Closed.NOT_HELD, session=session)


def missed(day: int = 0, session: UUID = A) -> Situation:
    return Situation(day, happened=False, attended=False, closed_as=Closed.MISSED, session=session)


def waiting(day: int = 0) -> Situation:
    return Situation(day)


def draft(day: int = 0) -> Situation:
    return Situation(day, happened=True, attended=True, was_late=False, is_draft=True)


def moved(day: int = 0) -> Situation:
    return Situation(day, closed_as=Closed.REPLACED)


def cancelled(day: int = 0) -> Situation:
    return Situation(day, closed_as=Closed.ENDED)


def unrecorded(day: int = 0) -> Situation:
    return Situation(day, closed_as=Closed.UNRECORDED)


def recorded_afterwards(day: int) -> Situation:
    """Held before it was entered, and before the appointment that it stands for would have been."""
    return Situation(day, happened=True, attended=True, was_late=False, arranged=day + 1)


def row_of(case: ReportedCase) -> dict[str, str]:
    return {name: written(value(case)) for name, value in COLUMNS}


def row_with(purpose: Purpose, situations: tuple[Situation, ...]) -> dict[str, str]:
    """Of a case with these appointments and a plan of two sessions, stored and read."""
    contract = a_contract()
    asker = caseworker_on(contract)
    case = received(contract, at=FIRST - 3 * A_DAY)
    by, at = {"created_by": asker, "submitted_by": asker}, FIRST - A_DAY
    ActionPlan.objects.unscoped().create(
        received=case, number=1, sessions=2, created_at=at, submitted_at=at, **by
    )
    for number, key in enumerate((A, B), start=1):
        DeliverySession.objects.unscoped().create(id=key, received=case, number=number)
    for place, situation in enumerate(situations):
        _store(case, asker, purpose, place, situation)
    day = case.received_at.date()
    ((reported,),) = CasesOfPeriod(asker, day, day)
    return row_of(reported)


def _store(case: ReceivedReferral, by: User, purpose: Purpose, place: int, situation: Situation) -> None:
    starts_at = FIRST + situation.day * A_DAY
    arranged = starts_at - 2 * A_DAY if situation.arranged is None else FIRST + situation.arranged * A_DAY
    appointment = Appointment.objects.unscoped().create(
        form_key=uuid4(),
        received=case,
        purpose=purpose,
        session_id=situation.session if purpose == Purpose.SESSION else None,
        starts_at=starts_at,
        minutes=60,
        method=Method.PHONE,
        scheduled_by=by,
        scheduled_at=arranged + timedelta(minutes=place),
        closed_as=situation.closed_as,
        closed_at=starts_at if situation.closed_as else None,
    )
    if situation.happened is not None:
        Feedback.objects.unscoped().create(
            appointment=appointment,
            happened=situation.happened,
            attended=situation.attended,
            was_late=situation.was_late,
            saved_at=starts_at,
            submitted_at=None if situation.is_draft else starts_at,
            submitted_by=None if situation.is_draft else by,
        )


ASSESSMENT = (
    "date_saa_first_scheduled_for",
    "date_saa_first_not_attended",
    "date_saa_first_attended",
    "date_saa_first_completed",
    "saa_attended_on_time",
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("situations", "scheduled_for", "not_attended", "attended", "completed", "in_time"),
    [
        pytest.param((), None, None, None, None, "", id="none arranged"),
        pytest.param((waiting(),), 0, None, None, None, "", id="arranged"),
        pytest.param((draft(),), 0, None, None, None, "", id="feedback not submitted yet"),
        pytest.param((on_time(),), 0, None, 0, 0, "true", id="held, on time"),
        pytest.param((late(),), 0, None, 0, 0, "false", id="held, late"),
        pytest.param((not_held(),), 0, None, 0, None, "true", id="they came, not held"),
        pytest.param((missed(),), 0, 0, None, None, "", id="missed"),
        pytest.param((missed(), on_time(1)), 0, 0, 1, 1, "true", id="missed, then held"),
        pytest.param((missed(), late(1)), 0, 0, 1, 1, "false", id="missed, then held late"),
        pytest.param((not_held(), late(1)), 0, None, 0, 1, "true", id="not held, then held late"),
        pytest.param((not_held(), missed(1)), 0, 1, 0, None, "true", id="not held, then missed"),
        pytest.param((missed(), not_held(1), on_time(2)), 0, 0, 1, 2, "true", id="missed, not held, held"),
        pytest.param((moved(), waiting(1)), 1, None, None, None, "", id="rescheduled"),
        pytest.param((moved(), on_time(1)), 1, None, 1, 1, "true", id="rescheduled, then held"),
        pytest.param((moved(), moved(1), late(2)), 2, None, 2, 2, "false", id="rescheduled twice, then late"),
        pytest.param((moved(2), recorded_afterwards(1)), 1, None, 1, 1, "true", id="held before its new day"),
        pytest.param((cancelled(),), 0, None, None, None, "", id="cancelled with the referral"),
        pytest.param((unrecorded(),), 0, None, None, None, "", id="not recorded before the end"),
    ],
)
def test_what_the_columns_say_of_supplier_assessments(
    situations: tuple[Situation, ...],
    scheduled_for: int | None,
    not_attended: int | None,
    attended: int | None,
    completed: int | None,
    in_time: str,
) -> None:
    row = row_with(Purpose.ASSESSMENT, situations)

    dates = [
        DATES.get(-1 if day is None else day, "")
        for day in (scheduled_for, not_attended, attended, completed)
    ]
    assert [row[name] for name in ASSESSMENT] == [*dates, in_time]
    assert row["date_of_first_attended_session"] == ""
    assert row["count_of_sessions_attended"] == "0"
    agrees(row)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("situations", "first", "count"),
    [
        pytest.param((), None, 0, id="none arranged"),
        pytest.param((waiting(),), None, 0, id="arranged"),
        pytest.param((draft(),), None, 0, id="feedback not submitted yet"),
        pytest.param((on_time(),), 0, 1, id="held, on time"),
        pytest.param((late(),), 0, 1, id="held, late"),
        pytest.param((not_held(),), None, 0, id="they came, not held"),
        pytest.param((missed(),), None, 0, id="missed"),
        pytest.param((missed(), on_time(1)), 1, 1, id="missed, then held"),
        pytest.param((not_held(), late(1)), 1, 1, id="not held, then held late"),
        pytest.param((not_held(), not_held(1)), None, 0, id="not held twice"),
        pytest.param((not_held(), on_time(1, B)), 1, 1, id="the first not held, the second held"),
        pytest.param((late(0, A), on_time(1, B)), 0, 2, id="both held"),
        pytest.param((on_time(1, A), on_time(0, B)), 0, 2, id="both held, the second first"),
        pytest.param((moved(), waiting(1)), None, 0, id="rescheduled"),
        pytest.param((moved(), on_time(1)), 1, 1, id="rescheduled, then held"),
        pytest.param((moved(2), recorded_afterwards(1)), 1, 1, id="held before its new day"),
        pytest.param((cancelled(),), None, 0, id="cancelled with the referral"),
        pytest.param((unrecorded(),), None, 0, id="not recorded before the end"),
    ],
)
def test_what_the_columns_say_of_delivery_sessions(
    situations: tuple[Situation, ...], first: int | None, count: int
) -> None:
    row = row_with(Purpose.SESSION, situations)

    assert row["date_of_first_attended_session"] == ("" if first is None else DATES[first])
    assert row["count_of_sessions_attended"] == str(count)
    assert {row[name] for name in ASSESSMENT} == {""}
    agrees(row)


@pytest.mark.parametrize(
    ("conclusion", "end_requested", "report", "state", "score"),
    [
        pytest.param("", False, False, "", "", id="goes on"),
        pytest.param("", True, False, "", "", id="an end was asked for, the report is due"),
        pytest.param(Conclusion.COMPLETED, False, True, "completed", "1.5", id="all delivered"),
        pytest.param(Conclusion.ENDED_EARLY, True, True, "ended", "1.5", id="ended early"),
        pytest.param(
            Conclusion.COMPLETED,
            True,
            True,
            "ended",
            "1.5",
            id="an end was asked for, the last session recorded after",
        ),
        pytest.param(Conclusion.CANCELLED, True, False, "cancelled", "", id="nobody ever came"),
    ],
)
def test_how_a_case_ended_agrees_with_who_asked_and_with_the_report(
    conclusion: str, end_requested: bool, report: bool, state: str, score: str
) -> None:
    case = ReportedCase(uuid4(), "AB1234CD", "X123456", FIRST, 1, "RM-1", "PATHWAYS")
    case.concluded_at = FIRST + 2 * A_DAY if conclusion else None
    case.end_requested_at = FIRST + A_DAY if end_requested else None
    case.end_reason = "MOV" if end_requested else ""
    case.sessions_held, case.first_session_at = 1, FIRST
    case.plans = [ReportedPlan(sessions=1, submitted_at=FIRST)]
    case.outcomes = 3
    case.levels = ["ACHIEVED", "PARTIALLY_ACHIEVED", "NOT_ACHIEVED"]  # a draft has them, too
    case.report_submitted_at = FIRST + 2 * A_DAY if report else None

    row = row_of(case)

    assert (row["referral_end_state"], row["outcomes_achieved"]) == (state, score)
    agrees(row)


def agrees(row: dict[str, str]) -> None:
    """What holds of every row, whatever became of its appointments."""
    assert bool(row["saa_attended_on_time"]) == bool(row["date_saa_first_attended"])
    assert row["date_saa_first_attended"] or not row["date_saa_first_completed"]
    assert row["date_saa_first_scheduled_for"] or not row["date_saa_first_attended"]
    assert bool(row["date_saa_first_arranged"]) == bool(row["date_saa_first_scheduled_for"])
    assert bool(row["date_of_first_attended_session"]) == (row["count_of_sessions_attended"] not in ("", "0"))
    assert int(row["count_of_sessions_attended"]) <= int(row["count_of_sessions_expected"])
    assert bool(row["outcomes_achieved"]) == bool(row["date_eosr_submitted"])
    assert bool(row["referral_end_state"]) == bool(row["concluded_at"])
    assert (row["referral_end_state"] == "completed") <= (not row["end_requested_by_pp_at"])
