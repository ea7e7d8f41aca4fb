"""Did not attend, then attended: arranged, moved, missed, arranged anew, held; each side reads the same course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral, Stage
from tests.factories.monitoring_delivery import assigned, with_plan
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.signing_in import MODEL_BACKEND
from tests.stories.delivering import Caseworker

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FIRST = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
MOVED_TO = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)
AGAIN = datetime(2026, 12, 3, 10, 30, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


def _words(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("main").get_text(" ").split())


@pytest.mark.slow
def test_did_not_attend_then_attended(personas: dict[str, User], as_persona: Callable[[str], Client]) -> None:
    # Given a case whose plan has one session
    with time_machine.travel(SENT, tick=False):
        referral = a_sent_referral(personas["pp"])
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    with_plan(assigned(received, to=personas["sp.caseworker"]), sessions=1)
    worker = Caseworker(as_persona("sp.caseworker"), received.pk)

    # When it is arranged, and moved because the person asked for it
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=False):
        _sign_in_again(worker, personas)
        worker.arranges(FIRST, session=1)
        moved = worker.arranges(
            MOVED_TO, session=1, asked_by="PERSON_ON_PROBATION", reason="A job interview."
        )
        assert worker.case.stage == Stage.HOLD_SESSION
        assert "Rescheduled" in _words(worker.open("progress"))

    # And the person does not come
    with time_machine.travel(MOVED_TO + AN_HOUR, tick=False):
        _sign_in_again(worker, personas)
        worker.records(moved, attended=False)
        assert worker.case.stage == Stage.ARRANGE_SESSION
        deliver_all()
    assert [message.subject.split(" – ")[0] for message in mail.outbox] == [
        "A new referral was sent to you",
        "Someone did not attend an appointment",
    ]

    # Then it is arranged anew, without asking who wanted that, and held
    with time_machine.travel(MOVED_TO + 2 * AN_HOUR, tick=False):
        held = worker.arranges(AGAIN, session=1)
    with time_machine.travel(AGAIN + AN_HOUR, tick=False):
        _sign_in_again(worker, personas)
        worker.records(held, next_plans="Nothing more.")
        assert worker.case.stage == Stage.REPORT
        progress = _words(worker.open("progress"))
        assert all(word in progress for word in ("Rescheduled", "Did not attend", "Completed"))

        # And the practitioner reads all three
        practitioner = as_persona("pp")
        for appointment in received.appointments.filter(session__number=1):
            url = reverse("referrals:case_appointment", args=[referral.pk, appointment.pk])
            shown = _words(assert_page(practitioner.get(url)))
            assert "Other appointments" in shown
        assert "A job interview." in _words(
            assert_page(practitioner.get(reverse("referrals:case_appointment", args=[referral.pk, moved.pk])))
        )


def _sign_in_again(worker: Caseworker, personas: dict[str, User]) -> None:
    """Days have passed: the web session of then has ended."""
    worker.client.force_login(personas["sp.caseworker"], MODEL_BACKEND)
