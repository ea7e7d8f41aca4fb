"""The status of an appointment (live service's table, in its order), and due dates in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from monitoring.models import Closed
from monitoring.presenters.due import Due, due_in_words
from monitoring.presenters.progress import TONES
from monitoring.rules.appointment_status import Record, Status, status

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(None, Status.NOT_SCHEDULED, id="no appointment"),
        pytest.param(Record(BEFORE, Closed.REPLACED), Status.RESCHEDULED, id="replaced, in the past"),
        pytest.param(Record(AFTER, Closed.REPLACED), Status.RESCHEDULED, id="replaced, in the future"),
        pytest.param(
            Record(BEFORE, Closed.REPLACED, happened=False, attended=False),
            Status.DID_NOT_ATTEND,
            id="missed, and then arranged anew",
        ),
        pytest.param(Record(AFTER, Closed.ENDED), Status.CANCELLED, id="cancelled with its case"),
        pytest.param(Record(BEFORE, Closed.ENDED), Status.CANCELLED, id="cancelled with its case, long ago"),
        pytest.param(
            Record(BEFORE, Closed.UNRECORDED), Status.NOT_RECORDED, id="its case ended before feedback"
        ),
        pytest.param(Record(BEFORE, happened=True, attended=True), Status.COMPLETED, id="held"),
        pytest.param(Record(BEFORE, happened=False, attended=False), Status.DID_NOT_ATTEND, id="missed"),
        pytest.param(
            Record(BEFORE, happened=False, attended=True), Status.DID_NOT_HAPPEN, id="came, but not held"
        ),
        pytest.param(Record(BEFORE), Status.NEEDS_FEEDBACK, id="over, nothing recorded"),
        pytest.param(Record(NOW), Status.NEEDS_FEEDBACK, id="begins this moment"),
        pytest.param(Record(AFTER), Status.SCHEDULED, id="to come"),
    ],
)
def test_the_status_is_the_first_that_fits(record: Record | None, expected: Status) -> None:
    assert status(record, now=NOW) is expected


def test_every_status_has_a_tag_as_in_the_live_service() -> None:
    assert {one.value: TONES[one] for one in Status} == {
        "Not scheduled": "neutral",
        "Rescheduled": "neutral",
        "Completed": "done",
        "Did not attend": "new",
        "Did not happen": "waiting",
        "Needs feedback": "urgent",
        "Scheduled": "active",
        # Ours: the live service leaves them as they were.
        "Cancelled because the referral ended": "neutral",
        "Not recorded before the referral ended": "neutral",
    }


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        pytest.param(None, Due(""), id="no date"),
        pytest.param(date(2026, 3, 4), Due("Today, 4 March 2026"), id="today"),
        pytest.param(date(2026, 3, 5), Due("5 March 2026, in 1 day"), id="tomorrow"),
        pytest.param(date(2026, 4, 4), Due("4 April 2026, in 31 days"), id="next month"),
        pytest.param(
            date(2026, 3, 3),
            Due("by 1 day: it was due on 3 March 2026", is_overdue=True),
            id="yesterday",
        ),
        pytest.param(
            date(2026, 2, 25),
            Due("by 7 days: it was due on 25 February 2026", is_overdue=True),
            id="long ago",
        ),
    ],
)
def test_due_dates_in_words(due_on: date | None, expected: Due) -> None:
    assert due_in_words(due_on, today=date(2026, 3, 4)) == expected
