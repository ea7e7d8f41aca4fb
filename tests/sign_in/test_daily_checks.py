"""People who do not sign in any more: their accounts are asked about once a day, and followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Membership, User
from accounts.signed_in import sessions_of
from events.models import AuditAction, AuditEvent
from interventions.models import ContractGrant
from monitoring.access.responsible_staff import address_of
from sign_in import daily_checks, tasks
from sign_in.models import AccountCheck
from tests.sign_in.conftest import Browser
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

Groups = Callable[..., None]
DAY = timedelta(days=1)
IN_GROUPS = ["INT_SP_HARROWGATE_PATHWAYS", "INT_CR_DEMO_0001", "INT_CR_DEMO_0002"]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def came_yesterday(personas: dict[str, User], clock: time_machine.Traveller) -> list[User]:
    """A practitioner and somebody of a service provider, who signed in a day ago."""
    found = []
    for username in ("P.OKONJO", "SP.BRIAR"):
        browser = Browser()
        browser.signs_in(username)
        assert browser.user is not None
        found.append(browser.user)
    clock.shift(DAY)
    adapter.state().journal.clear()
    return found


def check() -> int:
    waits: list[float] = []
    answered = daily_checks.check_accounts(sleep=waits.append)
    assert all(wait == daily_checks.BETWEEN_TWO for wait in waits)
    return answered


def test_each_account_is_asked_about_once_a_day_unless_its_owner_was_here(
    came_yesterday: list[User], clock: time_machine.Traveller
) -> None:
    assert (check(), check()) == (2, 0)
    clock.shift(DAY - timedelta(seconds=1))
    assert check() == 0
    Browser().signs_in("P.OKONJO")
    clock.shift(1)
    assert check() == 1, "the other one"


def test_who_never_came_through_hmpps_auth_is_not_asked_about(
    personas: dict[str, User], settings: Settings, came_yesterday: list[User]
) -> None:
    AccountCheck.objects.filter(user=came_yesterday[0]).delete()
    assert check() == 1
    AccountCheck.objects.update(answered_at=timezone.now() - DAY, asked_at=timezone.now() - DAY)
    settings.UPSTREAM_MODES = {**settings.UPSTREAM_MODES, "manage_users": "off"}
    assert check() == 0


@pytest.mark.parametrize("username", ["P.OKONJO", "SP.BRIAR"])
def test_whose_account_is_closed_there_is_written_to_no_more(
    came_yesterday: list[User], groups: Groups, clock: time_machine.Traveller, username: str
) -> None:
    # Given somebody who has left, and does not sign in
    user = next(user for user in came_yesterday if username in (user.ndelius_username, user.username.upper()))
    assert address_of(user.pk) == user.email != ""
    groups(username, IN_GROUPS, is_enabled=False)

    # When their account is asked about
    check()

    # Then it is closed here too
    user.refresh_from_db()
    assert not user.is_active
    assert address_of(user.pk) == ""
    assert not sessions_of(user).exists()
    closed = AuditEvent.objects.filter(user=user, action=AuditAction.ACCOUNT_FOUND_CLOSED)
    assert closed.count() == 1

    # And is not asked about any more
    clock.shift(DAY)
    adapter.state().journal.clear()
    assert check() == 1
    assert not any(username in str(call.path).upper() for call in adapter.state().calls("manage_users"))
    assert closed.count() == 1


def test_who_left_their_groups_loses_them_without_coming(came_yesterday: list[User], groups: Groups) -> None:
    staff = came_yesterday[1]
    assert ContractGrant.objects.current().filter(user=staff).count() == 2
    groups("SP.BRIAR", [])

    check()

    assert not ContractGrant.objects.current().filter(user=staff).exists()
    assert not Membership.objects.filter(user=staff, ended_at=None).exists()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(Effect.STATUS, system="manage_users", status=503), id="nothing answers"),
        pytest.param(Fault(Effect.STATUS, system="hmpps_auth", status=500), id="no token for it"),
        pytest.param(Fault(Effect.NOT_JSON, system="manage_users"), id="nothing can be read"),
    ],
)
def test_silence_closes_nothing_and_is_asked_again_after_an_hour(
    came_yesterday: list[User], groups: Groups, clock: time_machine.Traveller, fault: Fault
) -> None:
    adapter.reset()
    adapter.state().faults.append(fault)
    groups("P.OKONJO", None, is_enabled=False)

    assert check() == 0
    assert all(user.is_active for user in User.objects.filter(pk__in=[user.pk for user in came_yesterday]))
    adapter.reset()
    clock.shift(timedelta(minutes=59))
    assert check() == 0
    clock.shift(timedelta(minutes=1))
    assert check() == 2
    assert not User.objects.get(pk=came_yesterday[0].pk).is_active


def test_a_system_that_stays_silent_is_left_alone_until_the_next_run(
    came_yesterday: list[User], personas: dict[str, User]
) -> None:
    day_ago = timezone.now() - DAY
    for user in personas.values():
        AccountCheck.objects.update_or_create(
            user=user, defaults={"asked_at": day_ago, "answered_at": day_ago}
        )
    adapter.reset()
    adapter.state().faults.append(Fault(Effect.STATUS, system="manage_users", status=503))
    check()
    asked = AccountCheck.objects.filter(asked_at__gt=day_ago)
    assert asked.count() == daily_checks.MOST_SILENT < AccountCheck.objects.count()


def test_an_account_that_nobody_knows_is_not_a_closed_one(came_yesterday: list[User]) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="manage_users", status=404, body={}))
    assert check() == 2
    assert all(user.is_active for user in User.objects.filter(pk__in=[user.pk for user in came_yesterday]))


def test_two_runs_at_once_ask_once(came_yesterday: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    ask, inner = daily_checks.entry_again, []

    def meanwhile(claims: object) -> object:
        monkeypatch.setattr(daily_checks, "entry_again", ask)
        inner.append(check())
        return ask(claims)  # type: ignore[arg-type]

    monkeypatch.setattr(daily_checks, "entry_again", meanwhile)
    assert (check(), inner) == (1, [1]), "each of the two accounts once"


# --- Closed there, and closed here


def test_who_is_closed_here_stays_out_whatever_is_said_there(
    came_yesterday: list[User], groups: Groups
) -> None:
    groups("P.OKONJO", None, is_enabled=False)
    check()
    user = User.objects.get(pk=came_yesterday[0].pk)
    user.is_active = True  # by an administrator, who closes it again
    user.save()
    user.is_active = False
    user.save()
    groups("P.OKONJO", None)

    assert Browser().signs_in("P.OKONJO").status_code == 403
    assert User.objects.get(pk=user.pk).closed_there_at is None


def test_whether_it_is_open_again_must_be_said(came_yesterday: list[User], groups: Groups) -> None:
    groups("P.OKONJO", None, is_enabled=False)
    check()
    groups("P.OKONJO", None)
    adapter.state().faults.append(Fault(Effect.STATUS, system="manage_users", status=503))
    assert Browser().signs_in("P.OKONJO").status_code == 403, "Manage Users says nothing"
    adapter.reset()
    assert Browser().signs_in("P.OKONJO").status_code == 302


def test_no_account_is_open_here_and_closed_there(personas: dict[str, User]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=personas["pp"].pk).update(closed_there_at=timezone.now())
    user = personas["pp"]
    user.closed_there_at = timezone.now()
    with pytest.raises(ValidationError):
        user.full_clean()


def test_it_is_scheduled(settings: Settings) -> None:
    assert tasks.check_accounts.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
