"""The outbox: each entry delivered once, in the order of its referral, tried again, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from events import outbox
from events.models import OutboxEntry
from events.tasks import sweep

pytestmark = pytest.mark.django_db
KIND = "tests.tell"
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
    yield listener
    del outbox.HANDLERS[KIND]


def waiting(key: str, referral: UUID = REFERRAL) -> OutboxEntry:
    outbox.enqueue(KIND, key=key, referral=referral)
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


def test_the_effects_of_one_referral_keep_their_order(listener) -> None:
    first, second, elsewhere = waiting("first"), waiting("second"), waiting("elsewhere", OTHER_REFERRAL)
    assert not outbox.deliver_entry(second.pk)
    assert outbox.deliver_entry(elsewhere.pk), "another referral does not wait"
    assert outbox.deliver_entry(first.pk)
    assert outbox.deliver_entry(second.pk)
    assert listener.told == ["elsewhere", "first", "second"]


def test_what_came_too_early_follows_at_once(listener, django_capture_on_commit_callbacks) -> None:
    """A worker may take up several of one referral in any order; the sweep is half a minute away."""
    entries = [waiting(key) for key in "abc"]
    elsewhere = waiting("d", OTHER_REFERRAL)
    for early in entries[1:]:
        assert not outbox.deliver_entry(early.pk)

    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.deliver_entry(entries[0].pk)

    assert listener.told == ["a", "b", "c"]
    elsewhere.refresh_from_db()
    assert elsewhere.state == State.WAITING


def test_what_waits_for_its_next_try_is_not_hurried(listener, django_capture_on_commit_callbacks) -> None:
    first, second = waiting("a"), waiting("b")
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


def test_after_a_day_an_administrator_has_to_look(listener) -> None:
    entry = waiting("a")
    listener.failure = TimeoutError()
    outbox.deliver_entry(entry.pk, now=timezone.now() + outbox.GIVE_UP_AFTER + timedelta(seconds=1))
    entry.refresh_from_db()
    assert entry.state == State.GIVEN_UP


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
