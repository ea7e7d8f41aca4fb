"""A supplier does not understand what was shared, asks, and is answered; both sides see whose turn it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral
from tests.conftest import Page
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in


@pytest.mark.slow
def test_a_question_is_asked_and_answered(
    as_persona: Callable[[str], Client], personas: dict[str, User], page: Page
) -> None:
    # Given a referral that the supplier has opened
    referral = a_sent_referral(personas["pp"])
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    supplier, practitioner = as_persona("sp.caseworker"), as_persona("pp")
    details = page(supplier, reverse("monitoring:referral_details", args=[received.pk]))

    # When they follow the links to the questions and ask about a risk section
    questions = page(supplier, _link(details, "Questions"))
    ask = _link(questions, "Ask a question")
    asked = filled_in(page(supplier, ask)) | {
        "about": "risk.vulnerability", "kind": "MISSING", "text": "Is anybody looking after the children?",
    }  # fmt: skip
    page.post(supplier, ask, asked)

    # Then the practitioner is told on the list and on the case, sees who opened it, and finds the question
    cases = page(practitioner, reverse("referrals:cases"))
    assert "1 open question" in cases.main.get_text()
    progress = page(practitioner, cases.select_one("tbody th a")["href"])
    case = page(practitioner, _link(progress, "Referral details"))
    assert "1 question needs your answer." in case.get_text()
    opened = page(practitioner, _link(case, "View who opened it (Sharing risk information)"))
    assert personas["sp.caseworker"].display_name in opened.main.get_text()
    questions = page(practitioner, _link(case, "Questions"))
    assert "Is anybody looking after the children?" in questions.main.get_text()

    # When they answer, and say that a correction follows
    answer = _link(questions, "Answer (Risk information: Concerns in relation to vulnerability)")
    assert "does not change what you shared" in page(practitioner, answer).main.get_text()
    page.post(practitioner, answer, {"answer": "Their grandmother is.", "correction_follows": "YES"})

    # Then the supplier reads the answer, nothing waits any more, and what was shared is as it was
    said = page(supplier, reverse("monitoring:questions", args=[received.pk])).main.get_text()
    assert "Their grandmother is." in said
    assert "The probation practitioner will share a corrected version." in said
    progress = page(supplier, reverse("monitoring:progress", args=[received.pk])).main.get_text(
        " ", strip=True
    )
    assert "0 open questions" in progress
    assert "Question asked" in progress
    assert "Question answered" in progress
    again = page(supplier, reverse("monitoring:referral_details", args=[received.pk]))
    assert again.main.get_text() == details.main.get_text()


def _link(soup, text: str) -> str:  # type: ignore[no-untyped-def]
    """Where the link with this text leads."""
    links = [one for one in soup.select("a") if " ".join(one.get_text(" ").split()).startswith(text)]
    assert links, f"no link {text!r} among {[one.get_text() for one in soup.select('main a')]}"
    return str(links[0]["href"])
