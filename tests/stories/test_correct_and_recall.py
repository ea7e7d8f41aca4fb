"""What was shared turns out wrong: it is corrected, recalled, and corrected again; the old words are nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from encryption.models import ReferralKey
from events.models import DisclosureEvent
from monitoring.actions.share_again import recall_share
from monitoring.models import ReceivedReferral
from referrals.models import Referral
from risk.models import RiskInformation, RiskSection
from tests.conftest import Page
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

SignIn = Callable[[str], Client]
NEW = "Neighbours, when he has been drinking."


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


def _received(case: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.received_id)


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.main.get_text(" ").split())


def _link(soup: BeautifulSoup, text: str) -> str:
    links = [one for one in soup.select("a") if " ".join(one.get_text(" ").split()).startswith(text)]
    assert links, f"no link {text!r} among {[one.get_text() for one in soup.select('main a')]}"
    return str(links[0]["href"])


def _started(page: Page, client: Client, case: Referral) -> str:
    """The address of the corrected version that was begun."""
    begin = _link(page(client, reverse("referrals:case", args=[case.pk])), "Share a corrected version")
    page(client, begin)
    response = client.post(begin)
    assert response.status_code == 302
    return str(response["Location"])


def _change(page: Page, client: Client, address: str, slug: str, text: str) -> None:
    section = f"{address}{slug}"
    page.post(client, section, filled_in(page(client, section)) | {"text": text, "do": "save"})


def _sharing(shown: BeautifulSoup, **answers: Any) -> dict[str, Any]:
    form = next(one for one in shown.select("main form") if one.select_one("[name=reason]"))
    return filled_in(shown, form) | {"reason": "It named a neighbour.", "understood": "YES"} | answers


@pytest.mark.slow
def test_it_is_corrected_recalled_and_corrected_again(
    case: Referral, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    # Given a referral that the caseworker has opened
    client, supplier = as_persona("pp"), as_persona("sp.caseworker")
    details = reverse("monitoring:referral_details", args=[case.received_id])
    old = _received(case).current_share().who_is_at_risk_text
    assert old in _text(page(supplier, details)).replace("  ", " ")

    # When a corrected version is begun, each section stands there three times, and nothing differs yet
    address = _started(page, client, case)
    shown = page(client, address)
    assert all(title in _text(shown) for title in ("Shared now", "OASys now", "Will be shared"))
    assert "No section is different from what is shared now." in _text(shown)

    # And one section is changed, what differs is said in words
    _change(page, client, address, "who-is-at-risk", NEW)
    shown = page(client, address)
    assert "1 section will be different from what is shared now." in _text(shown)
    assert "Different from what is shared now" in _text(shown)
    assert old in _text(page(supplier, details)), "nothing is shared before it is shared"

    # Then it needs a reason and the tick
    missing = page.post(client, address, _sharing(shown, reason="", understood=""), status=422)
    assert "Enter why you are sharing a corrected version" in missing.get_text()

    # When it is shared, twice by mistake
    for _ in range(2):
        page.post(client, address, _sharing(shown))

    # And whoever sends it once more for another reason is told which one is saved, and loses nothing
    told = page.post(client, address, _sharing(shown, reason="It said too much."), status=409)
    assert told.h1.get_text(strip=True) == "This was already done"
    assert all(reason in _text(told) for reason in ("It named a neighbour.", "It said too much."))

    # Then there is one new version, and the source text and its key are gone
    assert [share.number for share in _received(case).shares.order_by("number")] == [1, 2]
    correction = RiskInformation.objects.get(corrects=case.pk)
    assert (correction.shared_as, correction.purged_at is not None) == (2, True)
    assert set(RiskSection.objects.filter(risk=correction).values_list("source_text", "text")) == {(b"", b"")}
    assert not ReferralKey.objects.filter(referral_id=correction.pk).exists()

    # And the caseworker is told, reads only the new version, and which section changed
    deliver_all()
    assert "Risk information was corrected" in mail.outbox[-1].subject
    read = _text(page(supplier, details))
    assert NEW in read
    assert old not in read
    assert re.search(r"Changed since you last opened it on .*: Who is at risk", read)

    # When it is recalled
    recall = _link(page(client, reverse("referrals:case", args=[case.pk])), "Recall the risk information")
    check = page.post(
        client, recall, filled_in(page(client, recall)) | {"reason": "Wrong person."}, status=200
    )
    page.post(client, recall, filled_in(check, check.select_one("main form")) | {"do": "save"})

    # Then the supplier reads neither, but that it was recalled
    read = _text(page(supplier, details))
    assert NEW not in read
    assert old not in read
    assert "The risk information was recalled on" in read

    # When it is corrected once more, while OASys does not answer
    adapter.state().faults.append(Fault(Effect.RESET, path_regex="^/risks/"))
    address = _started(page, client, case)
    shown = page(client, address)
    assert "OASys cannot be reached, so this page does not show what OASys says now." in shown.get_text(" ")
    for section in ("who-is-at-risk", "nature-of-risk"):
        _change(page, client, address, section, f"{NEW} {section}")
    page.post(client, address, _sharing(page(client, address), reason="Corrected after the recall."))

    # Then that is what the supplier reads, and the record says it all
    read = _text(page(supplier, details))
    assert f"{NEW} nature-of-risk" in read
    assert "recalled" not in read
    kinds = DisclosureEvent.objects.filter(referral=case.received_id).exclude(kind="OPENED")
    assert [*kinds.order_by("number").values_list("kind", "share_version")] == [
        ("SHARED", 1), ("CORRECTED", 2), ("RECALLED", 2), ("CORRECTED", 3),
    ]  # fmt: skip


@pytest.mark.slow
def test_who_began_before_a_recall_is_told_before_the_same_is_shared_again(
    case: Referral, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    # Given a corrected version that began with what was shared
    client = as_persona("pp")
    address = _started(page, client, case)
    _change(page, client, address, "who-is-at-risk", NEW)
    shown = page(client, address)

    # When a colleague recalls that, then sharing says so, and shares nothing
    recall_share(received=_received(case), number=1, reason="Wrong person.", by=personas["pp.colleague"])
    told = page.post(client, address, _sharing(shown), status=409)
    assert "was recalled after you opened this page, so nothing was shared" in told.get_text(" ")
    assert "Version 1 was recalled on" in _text(told)
    assert "Version 1 was recalled on" in _text(page(client, reverse("referrals:correct_risk", args=[case.pk])))
    assert [share.number for share in _received(case).shares.all()] == [1]

    # And who was told can share
    page.post(client, address, _sharing(told))
    assert _received(case).current_share().number == 2


@pytest.mark.slow
def test_who_was_second_is_told_and_sees_both(
    case: Referral, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    # Given two practitioners who both correct the same referral
    Referral.objects.filter(pk=case.pk).update(created_by=personas["pp.colleague"])
    second = _started(page, as_persona("pp.colleague"), case)
    _change(page, as_persona("pp.colleague"), second, "who-is-at-risk", "Their words.")
    late = page(as_persona("pp.colleague"), second)
    Referral.objects.filter(pk=case.pk).update(created_by=personas["pp"])
    first = _started(page, as_persona("pp"), case)
    _change(page, as_persona("pp"), first, "who-is-at-risk", NEW)
    page.post(as_persona("pp"), first, _sharing(page(as_persona("pp"), first)))
    Referral.objects.filter(pk=case.pk).update(created_by=personas["pp.colleague"])
    client = as_persona("pp.colleague")

    # When the second shares, however often, nothing is shared, and both texts are there
    for _ in range(2):
        late = page.post(client, second, _sharing(late), status=409)
        assert "Someone else shared another version after you started" in late.get_text(" ")
        assert "Their words" in _text(late)
        assert "Neighbours" in _text(late)
    assert _received(case).current_share().number == 2

    # When they say that they compared them, it can be shared
    form = next(one for one in late.select("main form") if one.select_one("[name=version]"))
    page.post(client, str(form["action"]), filled_in(late, form))
    page.post(client, second, _sharing(page(client, second)))
    assert _received(case).current_share().number == 3
    assert _received(case).current_share().who_is_at_risk_text == "Their words."
