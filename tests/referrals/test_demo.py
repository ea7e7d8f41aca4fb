"""The demo's cases: there after loading, the same after loading again, and fit to be shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ServiceNotice, User
from demo import around_cases, referrals
from demo import cases as stages
from demo import seeding as demo
from demo.cases import day
from events import outbox
from events.models import AuditEvent, OutboxEntry
from interventions.models import ProviderChange
from monitoring.models import ActionPlan, Appointment, Closed, Pause, Question, ReceivedReferral, Stage
from monitoring.rules.working_days import is_working_day
from referrals.models import Referral
from tests.factories.outbox import deliver_all
from tests.pages import assert_page
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

SignIn = Callable[[str], Client]


@pytest.fixture
def cases(personas: dict[str, User]) -> None:
    """Drafts, and referrals that were just sent."""
    demo.load_cases(only_fresh=True)


@pytest.fixture
def further(personas: dict[str, User]) -> None:
    """All of them."""
    demo.load_cases()


@pytest.mark.slow
def test_two_drafts_and_two_sent_referrals(cases: None) -> None:
    made = {draft.crn: draft.is_sent for draft in Referral.objects.all()}

    assert made == {"X980001": False, "X980011": False, "X980010": True, "X980026": True}


@pytest.mark.slow
def test_loading_again_changes_nothing(cases: None) -> None:
    before = list(Referral.objects.order_by("pk").values())

    demo.load_cases(only_fresh=True)

    assert list(Referral.objects.order_by("pk").values()) == before
    assert ReceivedReferral.objects.unscoped().count() == 2


@pytest.mark.slow
def test_there_is_a_case_at_every_stage(further: None) -> None:
    """So that every page has something to show on the first visit."""
    cases = [*ReceivedReferral.objects.unscoped()]

    assert {case.stage for case in cases} == set(Stage)
    today = timezone.localdate()
    assert {case.due_on < today for case in cases if case.due_on} == {True, False}, "some are overdue"
    call_command("check_stages", stdout=StringIO())
    assert Appointment.objects.unscoped().filter(closed_as=Closed.ENDED).exists()
    assert Pause.objects.unscoped().filter(ends_on=None).exists()
    assert {question.answered_at is None for question in Question.objects.unscoped()} == {True, False}
    assert ActionPlan.objects.unscoped().filter(number=2).exists()


@pytest.mark.slow
def test_pages_around_the_cases_have_something_to_show(as_persona: SignIn) -> None:
    """Notifications of both sides, a notice, a case of people who left, and a change of service provider to come."""

    def load() -> None:
        around_cases.put_the_author_where_emails_go()
        referrals.load([case for case in referrals.FURTHER_ON if case.further is stages.asked])
        around_cases.load()

    load()
    deliver_all()
    practitioner, worker, manager, admin = map(as_persona, ("pp", "sp.caseworker", "sp.manager", "admin"))
    for client in (practitioner, worker):
        listed = assert_page(client.get(reverse("notifications:all")))
        assert listed.select("tbody tr")
        assert bool(listed.select(".rm-notices section")) is (client is practitioner)
    left = assert_page(manager.get(reverse("monitoring:cases_of_leavers"))).main.get_text()
    assert "Leopold Farrow" in left
    assert not User.objects.get(username="pp.left").is_active
    change = ProviderChange.objects.get()
    address = reverse("admin:interventions_providerchange_change", args=[change.pk])
    moving = Referral.objects.get(form_key=around_cases.LEFT_BEHIND.form_key)
    assert moving.reference in admin.get(address).content.decode()

    models = (Referral, OutboxEntry, AuditEvent, ServiceNotice, ProviderChange, User)
    before = [model.objects.count() for model in models]
    load()
    assert [model.objects.count() for model in models] == before


@pytest.mark.thorough
def test_cases_further_on_stay_as_they_are_and_ndelius_hears_of_them(further: None) -> None:
    models = (Referral, OutboxEntry, AuditEvent)
    before = [model.objects.count() for model in models], [*ReceivedReferral.objects.unscoped().values()]

    demo.load_cases()

    assert (
        [model.objects.count() for model in models],
        [*ReceivedReferral.objects.unscoped().values()],
    ) == before
    while due := outbox.due():
        assert all(outbox.deliver_entry(entry) for entry in due)
    refused = ReceivedReferral.objects.unscoped().exclude(booking_refused_on=None)
    assert [case.crn for case in refused] == ["X980035"]


@pytest.mark.parametrize("days", range(7))
def test_the_demo_can_be_started_on_every_day_of_the_week(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    today = date(2026, 12, 24) + timedelta(days=days)
    monkeypatch.setattr("demo.cases.timezone.localdate", lambda: today)

    assert day(0) == today
    assert is_working_day(day(-1))
    assert day(-1) < today < day(1) < day(2)


@pytest.mark.thorough
def test_every_case_opens(further: None, as_persona: SignIn) -> None:
    supplier, practitioner = as_persona("sp.caseworker"), as_persona("pp")
    for referral in Referral.objects.sent():
        assert_page(practitioner.get(reverse("referrals:case_progress", args=[referral.pk])))
        assert_page(supplier.get(reverse("monitoring:progress", args=[referral.received_id])))


@pytest.mark.slow
def test_the_ready_draft_can_be_sent_and_the_other_cannot(
    cases: None, as_persona: Callable[[str], Client]
) -> None:
    client = as_persona("pp")
    ready, half_filled = (Referral.objects.get(crn=crn) for crn in ("X980011", "X980001"))

    assert client.post(reverse("referrals:send", args=[half_filled.pk])).status_code == 403
    assert client.post(reverse("referrals:send", args=[ready.pk])).status_code == 302


@pytest.mark.parametrize("persona", ["sp.caseworker", "sp.manager"])
@pytest.mark.slow
def test_the_supplier_has_something_to_look_at(
    cases: None, as_persona: Callable[[str], Client], persona: str
) -> None:
    client = as_persona(persona)
    page = assert_page(client.get(reverse("monitoring:all_cases"))).get_text()
    assert "X980010" in page
    assert "X980026" in page

    for received in ReceivedReferral.objects.unscoped():
        page = assert_page(client.get(reverse("monitoring:referral_details", args=[received.pk]))).get_text()
        assert not [name for name in ("Vellacott", "Dorian", "Milo", "Fosse", "Tern Court") if name in page]


def test_without_ndelius_there_are_no_cases_and_no_failure(personas: dict[str, User]) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius", status=404))

    demo.load_cases()

    assert not Referral.objects.exists()
