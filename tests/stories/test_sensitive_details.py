"""A name in the reason for referral is pointed out; the practitioner keeps one detail, takes out another, and sends.

The supplier reads what was written, and never what was decided about it or why.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral
from referrals.models import SensitiveDetailDecision
from tests.factories.referrals import a_declared_draft
from tests.pages import assert_page
from tests.stories.referring import Practitioner, filled_in

AsPersona = Callable[[str], Client]
REASON = "Quixotry: she answers the door"


@pytest.fixture
def practitioner(as_persona: AsPersona, personas: dict[str, User]) -> Practitioner:
    return Practitioner(as_persona("pp"), str(a_declared_draft(personas["pp"], crn="X980001").pk))


def _marked(page: BeautifulSoup) -> list[str]:
    return [mark.get_text() for mark in page.select("main mark")]


def _main(practitioner: Practitioner) -> str:
    main = practitioner.pages[-1].select_one("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


@pytest.mark.slow
def test_pointed_out_decided_and_sent(practitioner: Practitioner, as_persona: AsPersona) -> None:
    # Given a draft that is ready, whose reason for referral names two people
    written = "His landlady Mrs Adeyinka Fosse lives below. His brother Milo phones from 07700 900123."
    saved = practitioner.answer("reason-for-referral", reason_for_referral=written)

    # When they look at what may be sensitive, keep one, and leave the others
    page = practitioner.open(saved["Location"])
    assert _marked(page) == ["Mrs Adeyinka Fosse", "Milo", "07700 900123"]
    fields = filled_in(page) | {"do": "save"}
    first = next(name for name in fields if name.startswith("decision_"))
    fields |= {first: "KEEP", first.replace("decision_", "reason_"): REASON}
    practitioner.post(saved["Location"], fields)

    # Then the others are still pointed out, on the task list and on their page, and their text can be edited
    page = practitioner.open(practitioner.address("tasks"))
    link = page.select_one("main a[href*='sensitive-details']")
    assert link is not None
    page = practitioner.open(str(link["href"]))
    assert "Milo" in _main(practitioner)
    assert "Mrs Adeyinka Fosse" not in _marked(page)
    without = "His landlady Mrs Adeyinka Fosse lives below. He has a brother."
    saved = practitioner.answer("reason-for-referral", reason_for_referral=without)
    assert "sensitive-details" not in saved["Location"]

    # And sending asks for nothing more
    practitioner.sends()
    received = ReceivedReferral.objects.unscoped().get(key=practitioner.draft_id)
    assert received.reason_for_referral == without

    # And the supplier reads the text, nothing of the decision; its reason is deleted
    supplier = as_persona("sp.manager")
    details = assert_page(supplier.get(reverse("monitoring:referral_details", args=[received.pk])))
    assert "Mrs Adeyinka Fosse" in details.get_text()
    for word in ("Quixotry", "may be sensitive", "Name of another person"):
        assert word not in str(details)
    assert [one.reason for one in SensitiveDetailDecision.objects.all()] == [""]
