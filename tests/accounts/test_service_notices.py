"""What users are told on every page: for its time, to its audience, until they hide it in this web session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ServiceNotice, User
from tests.conftest import Page
from tests.signing_in import sign_in

AsPersona = Callable[[str], Client]


def _notice(*, begins: int = -1, ends: int = 1, audience: str = "", **facts: Any) -> ServiceNotice:
    """Times in hours from now."""
    now = timezone.now()
    words = {"kind": "DOWNTIME", "heading": "Closed on Sunday", "text": "From 6am.\n\n<b>Save</b> before."}
    return ServiceNotice.objects.create(
        **words | facts,
        starts_at=now + timedelta(hours=begins),
        ends_at=now + timedelta(hours=ends),
        audience=audience,
    )


def _shown(client: Client, page: Page, address: str = "accounts:help") -> list[str]:
    return [
        banner.get_text(" ", strip=True)
        for banner in page(client, reverse(address)).select(".rm-notices section")
    ]


def test_a_notice_stands_on_every_page_as_plain_text(as_persona: AsPersona, page: Page) -> None:
    _notice()
    said = "Planned downtime Closed on Sunday From 6am. <b>Save</b> before."

    for persona, address in (
        ("pp", "referrals:cases"),
        ("sp.caseworker", "monitoring:all_cases"),
        ("admin", "accounts:feedback"),
    ):
        (shown,) = _shown(as_persona(persona), page, address)
        assert shown.startswith(said)
        assert "Hide this message" in shown
    assert (
        _shown(Client(), page, "accounts:sign_in") == []
    )  # nobody is asked who they are before they sign in


@pytest.mark.parametrize(
    ("facts", "sees"),
    [
        pytest.param({}, {"pp", "sp.caseworker"}, id="for everyone"),
        pytest.param({"audience": "SUPPLIER"}, {"sp.caseworker"}, id="for service providers"),
        pytest.param({"audience": "PRACTITIONER"}, {"pp"}, id="for practitioners"),
        pytest.param({"begins": 1, "ends": 2}, set(), id="not yet"),
        pytest.param({"begins": -2, "ends": -1}, set(), id="over"),
    ],
)
def test_it_is_shown_to_its_audience_in_its_time(
    facts: dict[str, Any], sees: set[str], as_persona: AsPersona, page: Page
) -> None:
    _notice(**facts)

    assert {key for key in ("pp", "sp.caseworker") if _shown(as_persona(key), page)} == sees


def test_hiding_it_holds_for_this_web_session_and_needs_no_script(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    notice = _notice()
    other = _notice(kind="WHATS_NEW", heading="Share a corrected version")
    client = as_persona("pp")
    form = page(client, reverse("accounts:help")).select_one(".rm-notices form")
    assert form is not None
    fields = {field["name"]: field["value"] for field in form.select("input[name=next]")}

    answer = client.post(form["action"], fields)

    assert answer["Location"] == reverse("accounts:help")
    (left,) = _shown(client, page)
    assert other.heading in left
    assert len(_shown(as_persona("sp.caseworker"), page)) == 2
    again = Client()
    sign_in(again, personas["pp"])
    assert len(_shown(again, page)) == 2
    elsewhere = client.post(reverse("accounts:hide_notice", args=[notice.pk]), {"next": "//evil.example"})
    assert elsewhere["Location"] == reverse("home")


def test_only_a_notice_that_is_on_for_them_can_be_hidden(as_persona: AsPersona, page: Page) -> None:
    shown, others, over = _notice(), _notice(audience="SUPPLIER"), _notice(begins=-2, ends=-1)
    client = as_persona("pp")
    answers = {
        name: client.post(reverse("accounts:hide_notice", args=[number])).status_code
        for name, number in {
            "shown": shown.pk,
            "hidden already, in another tab": shown.pk,
            "for others": others.pk,
            "over": over.pk,
            "no notice": over.pk + 1,
        }.items()
    }

    assert answers == {
        "shown": 302,
        "hidden already, in another tab": 302,
        "for others": 404,
        "over": 404,
        "no notice": 404,
    }
    assert client.session["hidden_notices"] == [shown.pk]


def test_a_change_is_seen_at_once_and_pages_do_not_ask_the_database(
    as_persona: AsPersona, page: Page
) -> None:
    client = as_persona("pp")
    notice = _notice()
    assert len(_shown(client, page)) == 1
    with CaptureQueriesContext(connection) as queries:
        _shown(client, page)
    assert not [query for query in queries if "servicenotice" in query["sql"]]

    notice.heading = "Closed on Monday"
    notice.save()
    assert "Closed on Monday" in _shown(client, page)[0]
    notice.delete()
    assert _shown(client, page) == []


def test_the_help_page_names_the_service_desk(page: Page, settings: Any, db: None) -> None:
    help_page = reverse("accounts:help")
    assert "Contact an administrator of this service" in page(Client(), help_page).get_text(" ", strip=True)

    settings.SERVICE_DESK = "desk@probation.example\n\n0300 123 4567"

    shown = page(Client(), help_page).main.get_text(" ", strip=True)
    assert "desk@probation.example 0300 123 4567" in shown
    assert "the reference number of the referral" in shown
