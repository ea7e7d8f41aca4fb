"""About whom other systems are asked, how often, how fast, and what is left of it when somebody is killed half way."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from integrations.ndelius import client
from monitoring.models import Conclusion, ReceivedReferral, Stage
from referrals import tasks
from referrals.models import AskingPace, PersonCheck, Referral
from referrals.models.records_check import ASKED_EVERY, CLAIM
from referrals.pulls.people_to_ask import Claimed, due, people_to_ask, settle
from tests.factories.referrals import a_sent_referral
from tests.referrals.records import NOON, Records, received_of

pytestmark = pytest.mark.django_db
PEOPLE = ("X980001", "X980010", "X980021", "X980026")


class Clock:
    """Waits by moving on; ``asked_at`` has when each person's details were asked for."""

    def __init__(self) -> None:
        self.time = NOON
        self.asked_at: dict[str, datetime] = {}

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(tasks, "WallClock", lambda: clock)
    return clock


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Records:
    """As they are, noting when each person was asked about."""
    records = Records(monkeypatch)
    asked = client.person

    def note(crn: str) -> object:
        clock.asked_at[crn] = clock.now()
        return asked(crn)

    monkeypatch.setattr(client, "person", note)
    return records


@pytest.fixture
def cases(personas: dict[str, User], records: Records) -> dict[str, Referral]:
    """One open case of each person."""
    made = {crn: a_sent_referral(personas["pp"], crn=crn) for crn in PEOPLE}
    records.asked.clear()
    return made


def _asked(records: Records) -> Counter[str]:
    return Counter(crn for call, crn in records.asked if call == "person")


def test_each_is_asked_about_once_in_24_hours_and_at_most_two_a_second(
    cases: dict[str, Referral], records: Records, clock: Clock, personas: dict[str, User]
) -> None:
    a_sent_referral(personas["pp"], crn=PEOPLE[0])  # a second case of the same person
    records.asked.clear()

    assert tasks.compare_open_cases() == len(PEOPLE)
    first = dict(clock.asked_at)
    assert tasks.compare_open_cases() == 0, "and not again"
    clock.time = max(first.values()) + ASKED_EVERY - timedelta(seconds=2)
    assert tasks.compare_open_cases() == 0, "nor a little before a day has passed"

    assert _asked(records) == Counter(dict.fromkeys(PEOPLE, 1))
    moments = sorted(first.values())
    gaps = [(later - earlier).total_seconds() for earlier, later in zip(moments, moments[1:], strict=False)]
    assert gaps == [0.5, 0.5, 0.5]
    clock.time += timedelta(seconds=2)
    assert tasks.compare_open_cases() == len(PEOPLE)
    assert _asked(records) == Counter(dict.fromkeys(PEOPLE, 2))


def test_killed_half_way_it_goes_on_where_it_stopped(
    cases: dict[str, Referral], records: Records, clock: Clock
) -> None:
    # Given a worker that is killed while it asks about the second person
    records.person = {"mobile": "07700 900123"}
    records.failing["officer"] = KeyboardInterrupt()
    first, *_ = due(clock.now(), 1)
    settle(next(people_to_ask([first], clock)))
    with pytest.raises(KeyboardInterrupt):
        tasks.compare_open_cases()
    assert sum(_asked(records).values()) == 1
    records.failing.clear()

    # When others begin while its claim holds, they leave it alone; once it has ended, one goes on
    assert tasks.compare_open_cases() == 0
    clock.time += CLAIM + timedelta(seconds=1)
    assert tasks.compare_open_cases() == len(PEOPLE) - 1

    # Then everybody was asked about, and nobody twice but the one with whom it was killed
    assert {received_of(case).person_mobile for crn, case in cases.items() if crn != first} == {
        "07700 900123"
    }
    killed_with, *others = sorted(_asked(records).items(), key=lambda one: -one[1])
    assert killed_with[1] == 2
    assert {count for _, count in others} == {1}
    assert first not in _asked(records)


def test_one_that_fails_holds_up_none_and_is_not_tried_again_that_day(
    cases: dict[str, Referral], records: Records, clock: Clock
) -> None:
    records.fails_for[PEOPLE[1]] = ZeroDivisionError("of this person")

    with pytest.raises(ZeroDivisionError):
        tasks.compare_open_cases()
    assert tasks.compare_open_cases() == 0

    assert _asked(records) == Counter(dict.fromkeys(PEOPLE, 1))


def test_when_ndelius_is_silent_it_stops_after_two_and_nothing_changes(
    cases: dict[str, Referral], records: Records, clock: Clock
) -> None:
    records.is_silent("person")
    before = {crn: received_of(case).shared_person() for crn, case in cases.items()}

    assert tasks.compare_open_cases() == tasks.MOST_SILENT
    assert sum(_asked(records).values()) == tasks.MOST_SILENT
    assert {crn: received_of(case).shared_person() for crn, case in cases.items()} == before
    checks = {check.crn: check.asked_at for check in PersonCheck.objects.all()}
    assert len(checks) == tasks.MOST_SILENT

    records.failing.clear()
    assert tasks.compare_open_cases() == len(PEOPLE) - tasks.MOST_SILENT, "the others, the next time"
    assert max(_asked(records).values()) == 1


@pytest.mark.parametrize(
    ("case_is", "is_asked"),
    [
        pytest.param({}, True, id="open"),
        pytest.param({"end_requested_at": timezone.now()}, True, id="its end was asked for"),
        pytest.param(
            {"stage": Stage.CANCELLED, "concluded_at": timezone.now(), "conclusion": Conclusion.CANCELLED}, False,
            id="ended",
        ),
    ],
)  # fmt: skip
def test_whom_there_is_to_ask_about(
    cases: dict[str, Referral], records: Records, clock: Clock, case_is: dict[str, object], is_asked: bool
) -> None:
    assert tasks.compare_open_cases() == len(PEOPLE)
    crn = PEOPLE[2]
    ReceivedReferral.objects.unscoped().filter(pk=cases[crn].received_id).update(**case_is)
    clock.time += ASKED_EVERY * 2

    tasks.compare_open_cases()

    assert _asked(records)[crn] == (2 if is_asked else 1)
    assert PersonCheck.objects.filter(crn=crn).exists() is is_asked, (
        "nothing is kept of whom nobody asks about"
    )


def test_two_at_once_do_nobody_twice_and_keep_the_pace_together(
    cases: dict[str, Referral], records: Records
) -> None:
    """One begins with a person while the other looks; real threads are in ``tests.concurrency``."""
    one, other = Clock(), Clock()
    crns = due(one.now(), 10)
    taken: list[Claimed] = []
    for first, second in zip(people_to_ask(crns, one), people_to_ask(crns, other), strict=False):
        taken += [first, second]

    assert sorted(claimed.crn for claimed in taken) == sorted(PEOPLE)
    moments = sorted(claimed.at for claimed in taken)
    assert {later - earlier for earlier, later in zip(moments, moments[1:], strict=False)} == {
        timedelta(seconds=0.5)
    }
    assert AskingPace.objects.count() == 1


def test_where_ndelius_is_not_connected_nobody_is_asked_about(
    cases: dict[str, Referral], records: Records, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "is_connected", lambda system: False)

    assert tasks.compare_open_cases() == 0
    assert not PersonCheck.objects.exists()


def test_a_task_takes_a_few_people_and_leaves_the_others_to_the_next(
    cases: dict[str, Referral], records: Records, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(tasks, "PEOPLE_IN_A_TASK", 3)
    monkeypatch.setattr(tasks.compare_open_cases, "delay", lambda: begun.append(tasks.compare_open_cases()))

    assert tasks.compare_open_cases() == 3
    assert begun == [1]


def test_finding_whom_to_ask_about_is_one_statement_for_any_number(
    cases: dict[str, Referral], records: Records
) -> None:
    with CaptureQueriesContext(connection) as statements:
        assert len(due(NOON, 3)) == 3

    assert len(statements) == 1


def test_the_scheduler_starts_it() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks.compare_open_cases.name in scheduled
