"""A practitioner begins the day at their desk: it leads to what needs them, and is empty once they have seen to it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.actions.ask_question import ask_question
from monitoring.models import Feedback, ReceivedReferral
from tests.conftest import Page
from tests.factories.monitoring_delivery import assigned, with_plan, with_session
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in


@pytest.mark.slow
def test_the_desk_leads_to_what_needs_one_and_clears(
    as_persona: Callable[[str], Client], personas: dict[str, User], page: Page
) -> None:
    # Given a case in which the person missed a session, and the service provider asks something
    referral = a_sent_referral(personas["pp"])
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    with_session(with_plan(assigned(received, to=personas["sp.caseworker"])), 1, attended=False)
    ask_question(
        received=received, about="needs", kind="MISSING", text="Who has the keys?", form_key=uuid4(),
        by=personas["sp.caseworker"],
    )  # fmt: skip
    practitioner = as_persona("pp")

    # When the practitioner arrives, then both come first
    home = page(practitioner, reverse("referrals:home"))
    assert home.main.h2.get_text() == "Needs action today"
    assert [line.get_text() for line in home.main.ul.select("a")] == [
        "Questions from service providers",
        "Missed appointments",
    ]

    # When they follow the question and answer it
    asked = page(practitioner, home.find("a", string="Questions from service providers")["href"])
    questions = page(practitioner, asked.select_one("tbody th a")["href"])
    answer = next(link["href"] for link in questions.select("main a") if "Answer" in link.get_text())
    page.post(practitioner, answer, filled_in(page(practitioner, answer)) | {"answer": "Their sister."})

    # And open what was recorded of the missed session
    missed = page(practitioner, home.find("a", string="Missed appointments")["href"])
    progress = page(practitioner, missed.select_one("tbody th a")["href"])
    feedback = Feedback.objects.unscoped().get(appointment__received=received, attended=False)
    address = reverse("referrals:case_appointment", args=[referral.pk, feedback.appointment_id])
    assert progress.select_one(f"a[href='{address}']")
    page(practitioner, address)

    # Then nothing needs them any more
    assert "No action needed today" in page(practitioner, reverse("referrals:home")).main.get_text()
