"""A year in the life of one referral: people leave, move, are transferred and get another CRN, and the case follows.

The clock goes on; what nDelius and prison records say by then is brought in by the daily comparison. On each day both
sides read what is true, and each message reaches who is responsible on that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.disclosures.verifying import verify
from monitoring.models import ReceivedReferral
from referrals.actions.compare_sent import compare_person
from referrals.models import Referral
from referrals.pulls.people_to_ask import Claimed
from tests.factories.merged import NEW, OLD, SERVICE, corrected
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.referrals.records import CARL, Records
from tests.stories.delivering import Caseworker
from tests.stories.referring import filled_in
from upstream_stub import adapter

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
SENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RELEASE = date(2027, 8, 2)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(SENT, tick=False) as clock:
        yield clock


@pytest.fixture
def not_merged_yet() -> Iterator[ExitStack]:
    """nDelius has the old CRN until this is closed."""
    with ExitStack() as before:
        before.enter_context(adapter.state().before_the_merge(OLD))
        yield before


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Records:
    return Records(monkeypatch)


@pytest.fixture
def referral(personas: dict[str, User], records: Records, not_merged_yet: ExitStack) -> Referral:
    """About somebody in Leeds, sent by the practitioner who manages them, with a caseworker."""
    sent = a_sent_referral(personas["pp"], crn=OLD, contract=SERVICE)
    kept = {
        "asked_at": SENT.isoformat(), "prison_number": "A9820ZZ", "establishment_code": "LEI",
        "release_date": RELEASE.isoformat(), "release_date_is_confirmed": True, "unread": [],
    }  # fmt: skip
    place = {"establishment": "Leeds (HMP)", "release_date": RELEASE}
    Referral.objects.filter(pk=sent.pk).update(**place, establishment_code="LEI", custody_facts=kept)
    received = ReceivedReferral.objects.unscoped()
    received.filter(pk=sent.received_id).update(**place, location="CUSTODY")
    records.held_in("LEI", RELEASE)
    assigned(received.get(pk=sent.received_id), to=personas["sp.caseworker"], at=timezone.now())
    deliver_all()
    mail.outbox.clear()
    return Referral.objects.get(pk=sent.pk)


@pytest.mark.slow
def test_a_year(
    referral: Referral,
    records: Records,
    not_merged_yet: ExitStack,
    personas: dict[str, User],
    as_persona: SignIn,
    clock: time_machine.Traveller,
) -> None:
    caseworker = personas["sp.caseworker"].email

    def on(day: date) -> None:
        """The morning of that day: other systems were asked in the night, messages delivered."""
        clock.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
        cache.clear()
        mail.outbox.clear()
        compare_person(Claimed(Referral.objects.get(pk=referral.pk).crn, timezone.now()))
        deliver_all()

    def practitioner() -> str:
        """The newest change, as a colleague reads it who covers and opens the case by the CRN that they know."""
        colleague, by_crn = as_persona("pp.colleague"), reverse("referrals:open_by_crn")
        reason = filled_in(assert_page(colleague.get(by_crn))) | {
            "crn": OLD,
            "reason": "I cover for the team.",
        }
        assert colleague.post(by_crn, reason).status_code == 302
        change = ReceivedReferral.objects.unscoped().get(pk=referral.received_id).changes.latest("at")
        return _words(colleague.get(reverse("referrals:case_change", args=[referral.pk, change.pk])))

    def provider() -> str:
        place = reverse("monitoring:referral_details", args=[referral.received_id])
        return _words(as_persona("sp.caseworker").get(place))

    def told() -> set[str]:
        return {address for email in mail.outbox for address in email.to}

    # In December the practitioner leaves, and nDelius names Carl Carr
    User.objects.filter(username="pp").update(is_active=False)
    records.officer = CARL
    on(date(2026, 12, 10))
    assert "Carl Carr" in provider()
    assert told() == {caseworker, CARL["email"]}

    # In February the person is moved to another prison
    records.held_in("MDI", RELEASE)
    on(date(2027, 2, 15))
    assert "Moorland" in provider()
    assert "Leeds" not in provider()
    assert "Moorland" in practitioner()
    assert "Prison records" in practitioner()
    assert caseworker in told()

    # In April their address changes in nDelius
    records.person = {"address_lines": ("8 Larch Row", "Harrowgate"), "no_fixed_abode": False}
    on(date(2027, 4, 20))
    assert "8 Larch Row" in provider()
    assert "8 Larch Row" in practitioner()
    assert caseworker in told()

    # At the end of June nDelius makes one record of two, and an administrator gives the case the new CRN
    clock.move_to(datetime(2027, 6, 30, 9, tzinfo=UTC))
    mail.outbox.clear()
    not_merged_yet.close()
    corrected(personas["admin"])
    deliver_all()
    assert NEW in provider()
    assert NEW in practitioner()
    assert caseworker in told()
    held = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    assert held.crn == NEW
    found = as_persona("sp.caseworker")
    found.post(reverse("monitoring:case_list", args=["open"]), {"terms": OLD})
    assert held.person_last_name in _words(found.get(reverse("monitoring:case_list", args=["open"])))

    # In July the caseworker arranges the supplier assessment: nDelius is told under the new CRN, Carl Carr by email
    on(date(2027, 7, 5))
    mail.outbox.clear()
    asked_before = len(adapter.state().journal)
    work = Caseworker(as_persona("sp.caseworker"), held.pk)
    work.arranges(timezone.now() + timedelta(days=2, hours=5))
    deliver_all()
    paths = [call.path for call in adapter.state().journal[asked_before:]]
    assert any(NEW in path and "appointment" in path for path in paths), paths
    assert not any(OLD in path for path in paths), paths
    assert told() == {CARL["email"]}

    # And the record of who shared what with whom still holds, for the whole year
    assert not verify().faults
    call_command("check_stages")


def _words(response: object) -> str:
    return " ".join(assert_page(response).select_one("main").get_text(" ").split())  # type: ignore[arg-type]
