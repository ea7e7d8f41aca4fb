"""An appointment that nDelius did not accept stands on the caseworker's desk until it is arranged again (M4a)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.models import OutboxEntry
from measurements.page_cost import statements_of
from monitoring.deliveries.ndelius import CLASHES, UNKNOWN_THERE
from monitoring.models import Appointment, ReceivedReferral, Stage
from monitoring.rules import stages
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.monitoring_delivery import (
    assigned,
    with_assessment_arranged,
    with_booking_refused,
    with_end_requested,
    with_plan,
    with_session_arranged,
)
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.monitoring.test_appointments import BUS, arrange, by_phone, keep, session_of, submit
from tests.monitoring.test_feedback_rules import HELD
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
A_DAY = timedelta(days=1)


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


@pytest.fixture
def case(referral: Referral, personas: dict[str, User]) -> ReceivedReferral:
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    return assigned(received, to=personas["sp.caseworker"])


def refuse(status: int = 409, times: int = 1) -> None:
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex=r"/appointments$", status=status, times=times)
    )


def fresh(case: ReceivedReferral) -> ReceivedReferral:
    """As it is now; where it stands by its columns is where it stands by its facts."""
    now = ReceivedReferral.objects.unscoped().get(pk=case.pk)
    call_command("check_stages", stdout=StringIO())
    return now


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


# --- What follows from a refusal ------------------------------------------------------------------------


def test_a_refusal_is_due_at_once_whatever_was_due_before(case: ReceivedReferral) -> None:
    refuse()
    arrange(case, by_phone(9))
    assert fresh(case).due_on == timezone.localdate() + 9 * A_DAY

    deliver_all()

    now, today = fresh(case), timezone.localdate()
    assert (now.stage, now.due_on, now.booking_refused_on) == (Stage.HOLD_ASSESSMENT, today, today)
    assert stages.next_step(now, for_supplier=True) == stages.ARRANGE_AGAIN
    assert stages.next_step(now, for_supplier=False) == stages.WAIT_FOR_ANOTHER


def test_what_was_due_before_the_refusal_stays_due(case: ReceivedReferral) -> None:
    case = with_booking_refused(with_session_arranged(with_plan(case), starts_at=timezone.now() - 3 * A_DAY))

    assert fresh(case).due_on == timezone.localdate() - 3 * A_DAY


def test_a_refusal_told_twice_counts_from_the_first(case: ReceivedReferral) -> None:
    refuse(times=2)
    arrange(case)
    deliver_all()
    first = Appointment.objects.unscoped().get().ndelius_refused_at

    outbox.HANDLERS["ndelius.appointment"](OutboxEntry.objects.get(kind="ndelius.appointment"))

    assert Appointment.objects.unscoped().get().ndelius_refused_at == first


# --- What takes it off the desk ---------------------------------------------------------------------------


def test_arranged_again_it_is_gone(case: ReceivedReferral) -> None:
    refuse()
    refused = arrange(case)
    deliver_all()

    arrange(case, by_phone(3), in_place_of=refused.pk, change=BUS)
    deliver_all()

    now = fresh(case)
    assert (now.booking_refused_on, now.due_on) == (None, timezone.localdate() + 3 * A_DAY)


@pytest.mark.slow
def test_held_all_the_same_it_is_gone(case: ReceivedReferral) -> None:
    case = with_assessment_arranged(case, starts_at=timezone.now() - timedelta(hours=1))
    with_booking_refused(case)
    appointment = Appointment.objects.unscoped().select_related("received").get()

    submit(appointment, keep(appointment, HELD).saved_at.isoformat())

    assert fresh(case).booking_refused_on is None


def test_an_ended_case_has_nothing_to_arrange(case: ReceivedReferral) -> None:
    case = with_end_requested(with_booking_refused(with_assessment_arranged(case)))

    assert (fresh(case).stage, case.due_on, case.booking_refused_on) == (Stage.CANCELLED, None, None)


def test_one_of_two_is_enough(case: ReceivedReferral) -> None:
    case = with_plan(case, sessions=2)
    refuse()
    arrange(case, by_phone(2), session=session_of(case, 1))
    second = arrange(case, by_phone(3), session=session_of(case, 2))

    deliver_all()

    assert fresh(case).booking_refused_on == timezone.localdate()
    assert Appointment.objects.unscoped().get(pk=second.pk).ndelius_refused_at is None


# --- What people see ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"), [(409, CLASHES), (404, UNKNOWN_THERE)], ids=["clash", "unknown"]
)
def test_it_needs_the_caseworker_today_with_the_reason(
    case: ReceivedReferral, as_persona: SignIn, page: Page, status: int, reason: str
) -> None:
    refuse(status)
    arrange(case, by_phone(9))
    deliver_all()

    shown = words(page(as_persona("sp.caseworker"), reverse("monitoring:case_list", args=["mine"])))

    assert "1 case needs action today" in shown
    assert f"{stages.ARRANGE_AGAIN} {reason}" in shown


def test_the_caseworker_is_told_by_email_once_with_a_link_and_nothing_else(case: ReceivedReferral) -> None:
    refuse(times=2)
    arrange(case, by_phone(9))
    deliver_all()
    outbox.HANDLERS["ndelius.appointment"](OutboxEntry.objects.get(kind="ndelius.appointment"))
    deliver_all()

    (email,) = [one for one in mail.outbox if one.subject.startswith("An appointment needs to be rearranged")]

    assert email.to == [case.caseworker.email]
    assert reverse("monitoring:progress", args=[case.pk]) in email.body
    private = (case.person_first_name, case.person_last_name, case.crn, CLASHES)
    assert not [word for word in private if word in email.subject + email.body]


def test_the_manager_finds_it_among_what_is_overdue_the_day_after(
    case: ReceivedReferral, as_persona: SignIn, page: Page
) -> None:
    with_booking_refused(
        with_assessment_arranged(case, starts_at=timezone.now() + 5 * A_DAY), at=timezone.now() - A_DAY
    )
    manager = as_persona("sp.manager")

    overdue = reverse("monitoring:case_list", args=["open"]) + "?overdue=YES"
    assert CLASHES in words(page(manager, overdue))
    loads = page(manager, reverse("monitoring:by_caseworker"))
    rows = {
        row.th.a["href"]: row.select("td")[1].get_text(" ", strip=True)
        for row in loads.select("tbody tr")
        if row.th.a
    }
    theirs = f"{reverse('monitoring:case_list', args=['open'])}?caseworker={case.caseworker_id}"
    assert rows[theirs].startswith("1 ")


def test_both_sides_read_why_and_the_supplier_what_to_do(
    case: ReceivedReferral, referral: Referral, as_persona: SignIn, page: Page
) -> None:
    case = with_plan(case, sessions=2)
    refuse()
    refused = arrange(case, by_phone(2), session=session_of(case, 2))
    deliver_all()

    ours = page(as_persona("sp.caseworker"), reverse("monitoring:progress", args=[case.pk]))
    theirs = page(as_persona("pp"), reverse("referrals:case_progress", args=[referral.pk]))

    again = reverse("monitoring:arrange_session", args=[case.pk, 2])
    assert ours.select(f".govuk-summary-list a[href='{again}']")
    for soup in (ours, theirs):
        assert "Not accepted by nDelius Session 2," in words(soup)
        assert CLASHES in words(soup)
    assert stages.WAIT_FOR_ANOTHER in words(theirs)
    assert again not in str(theirs)
    assert str(refused.pk) in str(theirs)


def test_a_list_costs_one_read_more_however_many_were_refused(
    case: ReceivedReferral, as_persona: SignIn
) -> None:
    client, address = as_persona("sp.caseworker"), reverse("monitoring:case_list", args=["mine"])
    with_assessment_arranged(case)
    statements_of(client, address)
    without = len(statements_of(client, address))

    with_booking_refused(case)

    assert len(statements_of(client, address)) == without + 1 <= 12
