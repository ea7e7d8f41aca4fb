"""The outbox: each entry delivered once, in order where that matters, tried again, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from events import outbox
from events.models import NDELIUS, OutboxEntry
from events.tasks import sweep

pytestmark = pytest.mark.django_db
KIND, OTHER_KIND, STRICT_KIND = "tests.tell", "tests.tell_another", "tests.tell_ndelius"
REFERRAL = UUID(int=1)
OTHER_REFERRAL = UUID(int=2)
State = OutboxEntry.State


class Listener:
    """The other system: notes what it is told, and fails when it is told to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.failure: Exception | None = None

    def __call__(self, entry: OutboxEntry) -> None:
        if self.failure:
            raise self.failure
        self.told.append(entry.key)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    outbox.handler(KIND)(listener)
    outbox.handler(OTHER_KIND)(listener)
    outbox.handler(STRICT_KIND, receiver=NDELIUS)(listener)
    yield listener
    for kind in (KIND, OTHER_KIND, STRICT_KIND):
        del outbox.HANDLERS[kind]


def waiting(key: str, referral: UUID = REFERRAL, kind: str = KIND, receiver: str = "") -> OutboxEntry:
    outbox.enqueue(kind, key=key, referral=referral, receiver=receiver)
    return OutboxEntry.objects.get(key=key)


def test_an_entry_is_delivered_after_its_cause_is_kept(listener, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        entry = waiting("a")
        assert listener.told == []
    assert listener.told == ["a"]
    entry.refresh_from_db()
    assert (entry.state, entry.attempts, entry.last_failure) == (State.DELIVERED, 1, "")


def test_a_cause_that_is_undone_tells_nobody(listener, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        waiting("a")
        transaction.set_rollback(True)
    assert listener.told == []
    assert not OutboxEntry.objects.exists()


def test_the_same_key_is_one_entry(listener, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert waiting("a") == waiting("a")
    assert listener.told == ["a"]


def test_several_are_written_with_one_statement_each_once_per_key(
    listener, django_capture_on_commit_callbacks, django_assert_num_queries
) -> None:
    before = waiting("a")
    outbox.deliver_entry(before.pk)
    with django_capture_on_commit_callbacks(execute=True):
        with django_assert_num_queries(1):
            outbox.enqueue_all(
                outbox.entry(KIND, key="a", referral=REFERRAL),
                outbox.entry(KIND, key="b", referral=REFERRAL),
                outbox.entry(OTHER_KIND, key="c", referral=OTHER_REFERRAL, payload={"about": "1"}),
            )
        assert listener.told == ["a"], "before it is committed"
    assert listener.told == ["a", "b", "c"]
    rows = OutboxEntry.objects.order_by("created_at")
    assert [(one.kind, one.receiver, one.key, one.referral, one.payload) for one in rows] == [
        (KIND, KIND, "a", REFERRAL, {}),
        (KIND, KIND, "b", REFERRAL, {}),
        (OTHER_KIND, OTHER_KIND, "c", OTHER_REFERRAL, {"about": "1"}),
    ]


def test_delivering_again_tells_nobody_twice(listener) -> None:
    entry = waiting("a")
    assert outbox.deliver_entry(entry.pk)
    assert not outbox.deliver_entry(entry.pk)
    assert listener.told == ["a"]


def test_who_is_at_it_has_it_until_the_claim_runs_out(listener) -> None:
    entry = waiting("a")
    now = timezone.now()
    OutboxEntry.objects.update(claimed_until=now + outbox.CLAIM)
    assert not outbox.deliver_entry(entry.pk, now=now)
    assert outbox.deliver_entry(entry.pk, now=now + outbox.CLAIM + timedelta(seconds=1)), "its worker died"
    assert listener.told == ["a"]


def test_what_ndelius_is_told_of_one_referral_keeps_its_order(listener) -> None:
    first, second = (waiting(key, kind=STRICT_KIND) for key in ("first", "second"))
    elsewhere = waiting("elsewhere", OTHER_REFERRAL, STRICT_KIND)
    assert not outbox.deliver_entry(second.pk)
    assert outbox.deliver_entry(elsewhere.pk), "another referral does not wait"
    assert outbox.deliver_entry(first.pk)
    assert outbox.deliver_entry(second.pk)
    assert listener.told == ["elsewhere", "first", "second"]


SAME, ANOTHER = {}, {"referral": OTHER_REFERRAL}
HELD_BACK = [
    pytest.param(KIND, State.WAITING, KIND, SAME, False, id="the same kind waits: an email each"),
    pytest.param(KIND, State.GIVEN_UP, KIND, SAME, False, id="the same kind was given up"),
    pytest.param(KIND, State.WAITING, KIND, {"receiver": "another"}, False, id="somebody else's waits"),
    pytest.param(KIND, State.WAITING, OTHER_KIND, SAME, False, id="another kind waits"),
    pytest.param(KIND, State.GIVEN_UP, OTHER_KIND, SAME, False, id="another kind was given up"),
    pytest.param(KIND, State.WAITING, STRICT_KIND, SAME, False, id="an email waits, nDelius does not"),
    pytest.param(KIND, State.GIVEN_UP, STRICT_KIND, SAME, False, id="an email was given up"),
    pytest.param(STRICT_KIND, State.GIVEN_UP, KIND, SAME, False, id="nDelius was given up, an email goes"),
    pytest.param(STRICT_KIND, State.WAITING, STRICT_KIND, SAME, True, id="nDelius waits for nDelius"),
    pytest.param(STRICT_KIND, State.GIVEN_UP, STRICT_KIND, SAME, True, id="nDelius: order matters"),
    pytest.param(STRICT_KIND, State.GIVEN_UP, STRICT_KIND, ANOTHER, False, id="nDelius, another referral"),
    pytest.param(STRICT_KIND, State.NOT_NEEDED, STRICT_KIND, SAME, False, id="nDelius, not needed"),
]


@pytest.mark.parametrize(("before", "state", "behind", "differs", "is_held_back"), HELD_BACK)
def test_an_entry_holds_back_its_own_stream_only(
    listener, before: str, state: State, behind: str, differs: dict[str, Any], is_held_back: bool
) -> None:
    first = waiting("first", kind=before)
    later = timezone.now() + timedelta(minutes=30)
    OutboxEntry.objects.filter(pk=first.pk).update(state=state, next_attempt_at=later)
    second = waiting("second", kind=behind, **differs)

    assert (second.pk not in outbox.due()) == is_held_back
    assert outbox.deliver_entry(second.pk) != is_held_back


def test_what_came_too_early_follows_at_once(listener, django_capture_on_commit_callbacks) -> None:
    """A worker may take up several of one referral in any order; the sweep is half a minute away."""
    entries = [waiting(key, kind=STRICT_KIND) for key in "abc"]
    elsewhere = waiting("d", OTHER_REFERRAL, STRICT_KIND)
    for early in entries[1:]:
        assert not outbox.deliver_entry(early.pk)

    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver_entry(entries[0].pk)

    assert listener.told == ["a", "b", "c"]
    elsewhere.refresh_from_db()
    assert elsewhere.state == State.WAITING


def test_what_waits_for_its_next_try_is_not_hurried(listener, django_capture_on_commit_callbacks) -> None:
    first, second = (waiting(key, kind=STRICT_KIND) for key in "ab")
    OutboxEntry.objects.filter(pk=second.pk).update(next_attempt_at=timezone.now() + timedelta(minutes=5))

    with django_capture_on_commit_callbacks(execute=True):
        outbox.deliver_entry(first.pk)

    assert listener.told == ["a"]


WAITS = [
    pytest.param(0, 30, id="first"),
    pytest.param(1, 60, id="second"),
    pytest.param(5, 960, id="sixth"),
    pytest.param(7, 3600, id="eighth: an hour at most"),
    pytest.param(500, 3600, id="a very late one"),
]


@pytest.mark.parametrize(("earlier", "seconds"), WAITS)
def test_after_a_failure_it_waits_longer_each_time(earlier: int, seconds: int, listener) -> None:
    entry = waiting("a")
    OutboxEntry.objects.update(attempts=earlier)
    listener.failure = TimeoutError("X980010 could not be reached")
    now = timezone.now()
    assert not outbox.deliver_entry(entry.pk, now=now)
    entry.refresh_from_db()
    assert (entry.state, entry.attempts) == (State.WAITING, earlier + 1)
    assert entry.next_attempt_at == now + timedelta(seconds=seconds)
    assert entry.last_failure == "TimeoutError", "the kind of failure, never its text"
    assert entry.claimed_until is None


TRIES = [
    pytest.param(None, State.WAITING, id="the first try, however old the entry is"),
    pytest.param(timedelta(hours=23), State.WAITING, id="tried for 23 hours"),
    pytest.param(timedelta(hours=24, seconds=1), State.GIVEN_UP, id="tried for more than a day"),
    pytest.param(timedelta(days=-400), State.WAITING, id="first tried by a clock that was wrong"),
]


@pytest.mark.parametrize(("tried_for", "state"), TRIES)
def test_a_day_after_the_first_try_an_administrator_has_to_look(
    listener, tried_for: timedelta | None, state: State
) -> None:
    entry, now = waiting("a"), timezone.now()
    OutboxEntry.objects.update(
        created_at=now - timedelta(days=9),
        first_attempt_at=now - tried_for if tried_for is not None else None,
    )
    listener.failure = TimeoutError()

    outbox.deliver_entry(entry.pk, now=now)

    entry.refresh_from_db()
    assert entry.state == state
    assert entry.first_attempt_at is not None
    assert entry.first_attempt_at <= now


ENDS = [
    pytest.param(outbox.CannotBeDelivered("Refused (550)"), State.GIVEN_UP, "Refused (550)", id="refused"),
    pytest.param(outbox.NotNeeded(), State.NOT_NEEDED, "", id="nothing left to tell"),
]


@pytest.mark.parametrize(("failure", "state", "kept"), ENDS)
def test_what_another_try_would_not_change_ends_at_once(
    listener, failure: Exception, state: State, kept: str
) -> None:
    """It counts as what it is, never as delivered."""
    entry = waiting("a")
    listener.failure = failure

    assert outbox.deliver_entry(entry.pk) == (state == State.NOT_NEEDED)

    entry.refresh_from_db()
    assert (entry.state, entry.attempts, entry.last_failure, entry.delivered_at) == (state, 1, kept, None)
    assert outbox.due(timezone.now() + timedelta(days=2)) == []


def test_who_lost_its_claim_does_not_speak_for_who_has_it_now(listener) -> None:
    """A slow worker fails after another has delivered the entry in its place."""
    entry, now = waiting("a"), timezone.now()
    slow = outbox._claim(entry.pk, now)
    assert slow is not None
    later = now + outbox.CLAIM + timedelta(seconds=1)
    assert outbox.deliver_entry(entry.pk, now=later)

    outbox._schedule_retry(slow, "TimeoutError", later)

    entry.refresh_from_db()
    assert entry.state == State.DELIVERED


FAR_AHEAD = [
    pytest.param("claimed_until", timedelta(minutes=1), False, id="claimed"),
    pytest.param("claimed_until", timedelta(minutes=3), False, id="claimed, by a clock a minute ahead"),
    pytest.param("claimed_until", timedelta(days=900), True, id="claimed, by a clock that was wrong"),
    pytest.param("next_attempt_at", timedelta(minutes=59), False, id="its turn comes in an hour"),
    pytest.param("next_attempt_at", timedelta(days=900), True, id="its turn was set by a wrong clock"),
]


@pytest.mark.parametrize(("field", "ahead", "is_due"), FAR_AHEAD)
def test_a_time_stamped_far_ahead_stalls_nothing(
    listener, field: str, ahead: timedelta, is_due: bool
) -> None:
    entry, now = waiting("a"), timezone.now()
    OutboxEntry.objects.update(**{field: now + ahead})

    assert outbox.due(now) == ([entry.pk] if is_due else [])
    assert sweep() == is_due


def test_what_is_held_back_takes_no_place_of_what_can_be_tried(listener) -> None:
    """Seven referrals with one given up and 30 behind it filled the 200 places; no other was tried."""
    entries = [
        OutboxEntry(kind=STRICT_KIND, receiver=NDELIUS, key=f"{case}-{number}", referral=UUID(int=case),
                    state=State.WAITING if number else State.GIVEN_UP,
                    created_at=timezone.now() - timedelta(hours=2) + timedelta(seconds=number))
        for case in range(100, 107)
        for number in range(31)
    ]  # fmt: skip
    OutboxEntry.objects.bulk_create(entries)
    free = waiting("free")

    assert outbox.due() == [free.pk]


@pytest.mark.slow
def test_everything_that_fails_gets_its_turn(listener) -> None:
    """Those that fail go behind those that wait: a crowd of old failures starves nobody."""
    old = timezone.now() - timedelta(hours=5)
    crowd = range(outbox.MAX_PER_SWEEP)
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            kind=KIND, receiver=KIND, key=str(number), referral=UUID(int=1000 + number), created_at=old
        )
        for number in crowd
    )
    new = waiting("new")
    listener.failure = TimeoutError()
    sweep()
    listener.failure = None

    OutboxEntry.objects.filter(next_attempt_at__gt=timezone.now()).update(next_attempt_at=timezone.now())

    assert new.pk in outbox.due()


def test_trying_again_gives_it_another_day(listener, django_capture_on_commit_callbacks) -> None:
    entry = waiting("a")
    long_ago = timezone.now() - timedelta(days=3)
    OutboxEntry.objects.update(state=State.GIVEN_UP, first_attempt_at=long_ago)
    listener.failure = TimeoutError()

    with django_capture_on_commit_callbacks(execute=True):
        outbox.try_again(entry)

    entry.refresh_from_db()
    assert entry.state == State.WAITING


def test_the_sweep_takes_what_is_due_and_nothing_else(listener) -> None:
    waiting("due")
    later = waiting("later", OTHER_REFERRAL)
    OutboxEntry.objects.filter(pk=later.pk).update(next_attempt_at=timezone.now() + timedelta(minutes=5))
    assert sweep() == 1
    assert listener.told == ["due"]
    assert sweep() == 0


def test_an_administrator_can_have_it_tried_again(listener, django_capture_on_commit_callbacks) -> None:
    entry = waiting("a")
    OutboxEntry.objects.update(state=State.GIVEN_UP, created_at=timezone.now() - timedelta(days=9))
    with django_capture_on_commit_callbacks(execute=True):
        outbox.try_again(entry)
    assert listener.told == ["a"]


def test_what_was_delivered_is_not_tried_again(listener, django_capture_on_commit_callbacks) -> None:
    entry = waiting("a")
    outbox.deliver_entry(entry.pk)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.try_again(entry)
    assert listener.told == ["a"]


def test_an_entry_of_a_kind_that_nobody_delivers_stays(db) -> None:
    outbox.enqueue("nobody.knows", key="a", referral=uuid4())
    entry = OutboxEntry.objects.get(key="a")
    assert not outbox.deliver_entry(entry.pk)
    entry.refresh_from_db()
    assert (entry.state, entry.last_failure) == (State.WAITING, "KeyError")
