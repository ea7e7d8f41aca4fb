"""Drafts that nobody changes: a warning, 14 days later the end; run twice or cut off, it comes to the same (F3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from events.models import AuditAction, AuditEvent
from interventions.models import Contract
from referrals.access.lock_draft import touch
from referrals.actions.expire_drafts import delete_expired, warn_of_expiry
from referrals.models import Referral
from referrals.tasks import expire_drafts
from risk.models import RiskInformation, RiskSection
from tests.factories.referrals import a_draft, a_draft_with_risk, a_sent_referral, an_answered_draft

NOW = datetime(2026, 6, 3, 3, 0, tzinfo=UTC)  # when the nightly run starts
DRAFTS = "/probation-practitioner/drafts/"
DAY = timedelta(days=1)
Page = Callable[..., BeautifulSoup]


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def changed(draft: Referral, days_ago: float, *, warned: float | None = None) -> Referral:
    """A draft last changed, and its author warned, so many days before NOW."""
    Referral.objects.filter(pk=draft.pk).update(
        changed_at=NOW - timedelta(days=days_ago),
        expiry_warned_at=NOW - timedelta(days=warned) if warned is not None else None,
    )
    return Referral.objects.get(pk=draft.pk)


def run() -> dict[str, int]:
    with time_machine.travel(NOW, tick=False):
        return expire_drafts()


@pytest.mark.parametrize(
    ("days_ago", "warned", "expected"),
    [
        pytest.param(1, None, {"warned": 0, "deleted": 0}, id="changed yesterday"),
        pytest.param(75.9, None, {"warned": 0, "deleted": 0}, id="15 days left"),
        pytest.param(76, None, {"warned": 1, "deleted": 0}, id="14 days left"),
        pytest.param(89.9, 13.9, {"warned": 0, "deleted": 0}, id="last day"),
        pytest.param(90, 14, {"warned": 0, "deleted": 1}, id="90 days, warned 14 days ago"),
        pytest.param(
            200, None, {"warned": 1, "deleted": 0}, id="never warned: warned first, whatever its age"
        ),
        pytest.param(200, 13.9, {"warned": 0, "deleted": 0}, id="warned late: has its 14 days"),
        pytest.param(80, 85, {"warned": 1, "deleted": 0}, id="changed after a warning: warned again"),
        pytest.param(95, 96, {"warned": 1, "deleted": 0}, id="that warning was about earlier text"),
    ],
)
def test_when_a_draft_is_warned_about_and_deleted(
    pp: User, days_ago: float, warned: float | None, expected: dict[str, int]
) -> None:
    draft = changed(a_draft(pp), days_ago, warned=warned)

    assert run() == expected
    assert Referral.objects.filter(pk=draft.pk).exists() is (expected["deleted"] == 0)
    assert run() == {"warned": 0, "deleted": 0}, "a second run finds nothing left to do"


def test_everything_pulled_for_a_draft_goes_with_it_and_nothing_else(pp: User) -> None:
    kept, gone = a_draft_with_risk(pp), a_draft_with_risk(pp, crn="X980001")
    changed(gone, 91, warned=14)

    assert run() == {"warned": 0, "deleted": 1}
    assert list(Referral.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(RiskInformation.objects.values_list("pk", flat=True)) == [kept.risk_id]
    assert set(RiskSection.objects.values_list("risk", flat=True)) == {kept.risk_id}
    event = AuditEvent.objects.get(action=AuditAction.DRAFT_EXPIRED)
    assert (event.referral, event.crn, event.user) == (gone.pk, "X980001", None)


def test_a_sent_referral_is_never_touched(pp: User) -> None:
    sent = changed(a_sent_referral(pp), 400, warned=300)

    assert run() == {"warned": 0, "deleted": 0}
    assert Referral.objects.get(pk=sent.pk).is_sent


def test_a_run_that_was_cut_off_is_finished_by_the_next(pp: User) -> None:
    drafts = [changed(a_draft(pp, crn=f"X98000{number}"), 91, warned=15) for number in (1, 2, 3)]
    assert delete_expired(drafts[0].pk, now=NOW)

    assert run() == {"warned": 0, "deleted": 2}
    assert not Referral.objects.exists()


def test_an_author_who_comes_back_at_the_last_moment_keeps_the_draft(pp: User) -> None:
    """Found by the run, changed before its turn came."""
    draft = changed(a_draft(pp), 91, warned=14)
    with time_machine.travel(NOW, tick=False):
        touch(draft)

    assert not delete_expired(draft.pk, now=NOW)
    assert not warn_of_expiry(draft.pk, now=NOW)
    assert Referral.objects.filter(pk=draft.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_warning_is_an_email_without_a_name(pp: User) -> None:
    draft = changed(a_draft(pp), 80)

    assert run() == {"warned": 1, "deleted": 0}

    (message,) = mail.outbox
    assert message.to == [pp.email]
    assert "will be deleted in 14 days" in message.subject
    assert draft.last_name not in message.body
    assert draft.crn not in message.body
    assert DRAFTS in message.body


@pytest.mark.parametrize(
    ("days_ago", "warned", "says"),
    [
        pytest.param(0, None, "In 90 days", id="just changed"),
        pytest.param(80, 4, "In 10 days On 13 June 2026", id="ten days left"),
        pytest.param(89.9, 13.9, "Tonight", id="the last day"),
        pytest.param(200, None, "In 14 days On 17 June 2026", id="old and not warned yet"),
    ],
)
def test_the_list_says_how_long_is_left(
    as_persona: Callable[[str], Client],
    pp: User,
    page: Page,
    days_ago: float,
    warned: float | None,
    says: str,
) -> None:
    changed(a_draft(pp), days_ago, warned=warned)
    with time_machine.travel(NOW, tick=False):
        row = page(as_persona("pp"), DRAFTS).select_one("tbody tr")

    assert row is not None
    assert says in row.get_text(" ", strip=True)


def test_the_list_says_how_far_each_draft_is(
    as_persona: Callable[[str], Client], pp: User, page: Page
) -> None:
    a_draft(pp, crn="X980002")
    an_answered_draft(pp, crn="X980001")
    closed = a_draft(pp, crn="X980003", contract="DEMO_0002")
    Contract.objects.filter(pk=closed.contract_id).update(closes_on=closed.created_at.date() - DAY)

    rows = [row.get_text(" ", strip=True) for row in page(as_persona("pp"), DRAFTS).select("tbody tr")]
    rows.sort()

    assert "0 of 11 tasks" in next(row for row in rows if "Ivy" in row)
    assert "12 of 13 tasks" in next(row for row in rows if "Marlon" in row)
    assert "no longer takes referrals" in next(row for row in rows if "Colm" in row)


@pytest.mark.slow
def test_the_list_takes_as_many_statements_for_twenty_drafts_as_for_two(
    as_persona: Callable[[str], Client], pp: User
) -> None:
    client = as_persona("pp")
    counts: list[int] = []
    for number in (2, 18):
        for _ in range(number):
            an_answered_draft(pp, crn="X980001")
        client.get(DRAFTS)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = client.get(DRAFTS)
        assert response.status_code == 200
        ours = ("referrals_", "risk_", "interventions_")
        counts.append(sum(any(table in one["sql"] for table in ours) for one in captured))

    assert counts[0] == counts[1]
    assert counts[1] <= 12
