"""Other systems say something else before a referral is sent: it is shown with both values, and not sent unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from integrations.failures import Unavailable
from integrations.ndelius import client
from integrations.ndelius.types import Sentences
from referrals.models import Referral
from referrals.pulls import ask_again
from tests.factories.referrals import a_declared_draft
from tests.stories.referring import Practitioner
from upstream_stub import adapter

pytestmark = pytest.mark.django_db
CANARY = "07700 900777"


class Systems:
    """What the other systems say from now on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch

    def say(self, call: str, **changes: Any) -> None:
        """nDelius's answer to one call, with other values."""
        said = getattr(client, call)
        self.patch.setattr(client, call, lambda *asked: replace(said(*asked), **changes))

    def show_no_sentence(self) -> None:
        self.patch.setattr(client, "active_sentences", lambda crn: Sentences())

    def limit(self) -> None:
        self.patch.setitem(ask_again._ASK, ask_again.Call.ACCESS, lambda draft: {"is_limited": True})


@pytest.fixture
def systems(monkeypatch: pytest.MonkeyPatch) -> Systems:
    return Systems(monkeypatch)


@pytest.fixture
def me(as_persona: Callable[[str], Client], personas: dict[str, User]) -> Practitioner:
    return Practitioner(as_persona("pp"), str(a_declared_draft(personas["pp"], crn="X980012").pk))


def _changed(page: BeautifulSoup) -> str:
    box = page.select_one("#changed-outside")
    return " ".join(box.get_text(" ").split()) if box else ""


def test_what_changed_is_shown_with_both_values_before_it_is_sent(me: Practitioner, systems: Systems) -> None:
    # Given a complete referral, and every system says what it says
    assert not _changed(me.open(me.address("check_answers")))
    was = me.draft

    # When other systems change, and the practitioner comes back to the draft
    systems.say("person", mobile=CANARY, date_of_birth=date(1993, 8, 3))
    systems.say("responsible_officer", email="someone.else@example.com")
    systems.show_no_sentence()
    systems.limit()
    assert me.client.get(me.address("resume"))["Location"] == me.address("tasks")

    # Then the task list and the check page show each with both values
    for name in ("tasks", "check_answers"):
        shown = _changed(me.open(me.address(name)))
        assert f"Was: {was.mobile} Is now: {CANARY}" in shown, name
        assert "Is now: 3 August 1993" in shown
        assert f"Was: {was.practitioner_email} Is now: someone.else@example.com" in shown
        assert "Is now: No longer an active sentence in nDelius" in shown
        assert "Is now: Limited by nDelius" in shown

    # And personal details follow nDelius, while what was confirmed stays
    assert (me.draft.mobile, me.draft.practitioner_email) == (CANARY, was.practitioner_email)

    # And once they are shown, the practitioner can send
    assert me.sends()["Location"] == me.address("sent")


def test_what_changes_at_the_last_moment_is_not_sent_unseen(me: Practitioner, systems: Systems) -> None:
    # Given a practitioner who looks at the check page
    me.open(me.address("check_answers"))

    # When nDelius changes before they press Send
    systems.say("person", email="new.address@example.com")
    pressed = me.post(me.address("send"), {"left_undecided": "99"})

    # Then nothing is sent, and the check page says why and what changed
    assert pressed["Location"] == me.address("check_answers")
    assert not Referral.objects.get(pk=me.draft_id).is_sent
    page = me.open(pressed["Location"])
    assert "We did not send this referral because details changed" in page.get_text()
    assert "Is now: new.address@example.com" in _changed(page)

    # And confirming the personal details again takes it off the page
    me.answer("personal-details")
    assert "new.address" not in _changed(me.open(me.address("check_answers")))
    assert me.sends()["Location"] == me.address("sent")


def _comparisons(me: Practitioner, page: str) -> int:
    """How often nDelius is asked for the person when a page is opened."""
    before = len(adapter.state().calls("ndelius", "/details"))
    me.open(me.address(page))
    return len(adapter.state().calls("ndelius", "/details")) - before


def test_what_was_just_compared_is_not_asked_again_before_sending(
    me: Practitioner, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a practitioner who resumes a draft that is ready: everything is compared once
    me.client.get(me.address("resume"))
    # When they come to the check page, and again, then nobody is asked
    assert [_comparisons(me, "check_answers") for _ in range(2)] == [0, 0]

    # When they changed an answer, or a minute is over, or a system did not answer, then everybody is
    me.answer("enforceable-days", enforceable_days="7")
    assert [_comparisons(me, "check_answers") for _ in range(2)] == [1, 0]
    cache.clear()  # as a minute later
    with monkeypatch.context() as patch:
        patch.setattr(client, "active_sentences", _silent)
        assert [_comparisons(me, "check_answers") for _ in range(2)] == [1, 1]
    assert [_comparisons(me, "check_answers") for _ in range(2)] == [1, 0]

    # And sending asks, however lately that was
    asked = len(adapter.state().calls("ndelius", "/details"))
    assert me.sends()["Location"] == me.address("sent")
    assert len(adapter.state().calls("ndelius", "/details")) == asked + 1


def _silent(*asked: object) -> None:
    raise Unavailable("ndelius", "asked")


def test_where_prison_records_have_somebody_by_now(me: Practitioner, systems: Systems) -> None:
    # Given a person in custody whose establishment and release date were confirmed
    draft = me.draft
    facts = {"prison_number": "A9812ZZ", "release_date_is_confirmed": True, "unread": []}
    kept = facts | {
        "asked_at": "2026-01-01T00:00:00+00:00",
        "establishment_code": "LEI",
        "release_date": None,
    }
    Referral.objects.filter(pk=draft.pk).update(
        has_practitioner=False, is_releasing=False, establishment="Leeds (HMP)", establishment_code="LEI",
        contact_name="Nia Prosser", contact_role="Worker", contact_email="nia@example.com",
        contact_place="ESTABLISHMENT", contact_establishment="Leeds (HMP)", contact_establishment_code="LEI",
        custody_facts=kept,
    )  # fmt: skip

    # When prison records have them elsewhere
    shown = [_changed(me.open(me.address("check_answers"))) for _ in range(2)]

    # Then it is shown, however often the page is opened, until the establishment is confirmed
    for words in shown:
        assert "Was: Leeds (HMP) Is now: Moorland (HMP & YOI)" in words
    assert "Moorland" in me.open(me.address("establishment")).get_text()
    me.answer("establishment", is_still_there="YES")
    assert "Leeds" not in _changed(me.open(me.address("check_answers")))

    # And nobody is shown where somebody who is not in custody would be held
    left = {
        "key": "release_date",
        "label": "",
        "before": "1",
        "after": "2",
        "question": "expected-release-date",
    }
    community = {"has_practitioner": True, "location": "COMMUNITY", "changed_outside": [left]}
    Referral.objects.filter(pk=draft.pk).update(**community)
    assert "Is now" not in _changed(me.open(me.address("check_answers")))


def test_systems_that_do_not_answer_hold_up_nothing(
    me: Practitioner, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an nDelius that does not answer what is asked for a comparison
    for call in ("person", "responsible_officer", "active_sentences"):
        monkeypatch.setattr(client, call, _silent)

    # When the practitioner checks and sends, then the page says so once, and the referral is sent
    page = me.open(me.address("check_answers")).get_text()
    assert page.count("nDelius is not answering") == 1
    assert me.sends()["Location"] == me.address("sent")
