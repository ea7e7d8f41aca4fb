"""What stands above a referral is true for who reads it: before sending, after it, on either side."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral
from tests.conftest import Page
from tests.factories.referrals import a_declared_draft, a_sent_referral
from tests.stories.referring import Practitioner

AsPersona = Callable[[str], Client]
SENT = "This page shows the referral as it was sent, with any changes made since then."
TELL = "tell the probation practitioner as soon as you can"
NOTHING_TO_DELETE = "there is no original OASys text to delete"
DELETED = "we delete the original OASys text from this service"


def _main(page: BeautifulSoup) -> str:
    main = page.select_one("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def test_who_is_told_what_above_a_referral(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    practitioner, supplier = as_persona("pp"), as_persona("sp.manager")
    draft = a_declared_draft(personas["pp"], crn="X980010")
    preview = _main(page(practitioner, reverse("referrals:preview", args=[draft.pk])))
    says = "After you send the referral, the service provider will see this message here"
    assert f"{says}: “{SENT} If the person" in preview

    Practitioner(practitioner, str(draft.pk)).sends()
    received = ReceivedReferral.objects.unscoped().get()

    case = _main(page(practitioner, reverse("referrals:case", args=[draft.pk])))
    assert TELL not in case
    assert "We ask them to tell you if the person is not eligible" in case
    theirs = _main(page(supplier, reverse("monitoring:referral_details", args=[received.pk])))
    assert f"{SENT} If the person is not eligible for this service, {TELL}." in theirs


@pytest.mark.parametrize(
    ("crn", "said", "not_said"),
    [
        pytest.param("X980001", DELETED, NOTHING_TO_DELETE, id="OASys gave text"),
        pytest.param("X980003", NOTHING_TO_DELETE, DELETED, id="OASys has no record"),
        pytest.param("X980031", NOTHING_TO_DELETE, DELETED, id="OASys did not answer"),
    ],
)
def test_only_what_there_was_is_said_to_be_deleted(
    as_persona: AsPersona, personas: dict[str, User], page: Page, crn: str, said: str, not_said: str
) -> None:
    client = as_persona("pp")
    draft = a_declared_draft(personas["pp"], crn=crn)
    before = _main(page(client, reverse("referrals:check_answers", args=[draft.pk])))
    sent = a_sent_referral(personas["pp"], crn=crn)
    after = _main(page(client, reverse("referrals:sent", args=[sent.pk])))

    for words in (before, after):
        assert said in words
        assert not_said not in words


def test_text_of_oasys_is_not_said_to_be_the_practitioners(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_declared_draft(personas["pp"], crn="X980010")

    said = _main(page(as_persona("pp"), reverse("referrals:risk_edit", args=[draft.pk])))

    assert "details may be sensitive" in said
    assert "as you wrote" not in said
