"""A supplier's web session ends while they type: their text is offered back to them, and never applied by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.kept_text.keeping import KEPT_FOR, forget_old_ones
from accounts.kept_text.posted import GOOD_FOR
from accounts.models import User, WebSession
from accounts.tasks import forget_kept_text
from events.models import AuditAction, AuditEvent
from interventions.models import ContractGrant
from measurements.page_cost import statements_of
from monitoring.models import CaseNote, KeptPost, ReceivedReferral
from tests.factories.monitoring_work import delivered, reported_on, rows_in_addresses
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
TYPED = "Typed while nobody was signed in. Second “line”:\nÂ & <b>"
OFFERED = "What you typed here earlier was not saved."


@dataclass(frozen=True)
class PageOfACase:
    """A page with a box for text, and what else has to be said on it."""

    name: str
    box: str
    also: dict[str, str]
    parts: tuple[str, ...] = ()
    is_report: bool = False


PAGES = {
    "case note": PageOfACase("add_case_note", "body", {"subject": "A visit", "tell_other_side": "NO"}),
    "question": PageOfACase("ask_question", "text", {"about": "needs", "kind": "UNCLEAR"}),
    "activity": PageOfACase("change_activity", "text", {}, ("number", "activity_id")),
    "feedback": PageOfACase(
        "feedback", "what_was_done", {"was_late": "NO", "notify": ["NOTHING"]}, ("appointment_id",)
    ),
    "outcome": PageOfACase("report_outcome", "progress", {"level": "ACHIEVED"}, ("place",), is_report=True),
    "pause": PageOfACase("pause_case", "reason", {}),
}


@pytest.fixture(params=sorted(PAGES))
def asked(request: pytest.FixtureRequest) -> PageOfACase:
    """Each of the pages."""
    return PAGES[request.param]


@pytest.fixture
def case(personas: dict[str, User], request: pytest.FixtureRequest) -> ReceivedReferral:
    """In delivery; where the report is asked for, with the report begun."""
    rows = ReceivedReferral.objects.unscoped()
    received = rows.get(pk=a_sent_referral(personas["pp"], crn="X980017").received_id)
    page = PAGES.get(str(getattr(getattr(request.node, "callspec", None), "params", {}).get("asked", "")))
    further = reported_on if page and page.is_report else delivered
    return further(received, personas["sp.caseworker"])


def _address(case: ReceivedReferral, page: PageOfACase) -> str:
    known: dict[str, Any] = {**rows_in_addresses(case), "number": 3, "place": 2}
    return reverse(
        f"monitoring:{page.name}",
        kwargs={"received_id": case.pk} | {part: known[part] for part in page.parts},
    )


def _types(client: Client, case: ReceivedReferral, page: PageOfACase) -> dict[str, Any]:
    """The page, filled in."""
    return filled_in(assert_page(client.get(_address(case, page)))) | page.also | {page.box: TYPED}


def _session_ends() -> None:
    WebSession.objects.all().delete()


def _offered(client: Client, address: str) -> dict[str, Any] | None:
    """The form that is offered back on the page, if it is."""
    page = assert_page(client.get(address))
    return filled_in(page) if OFFERED in page.get_text() else None


def test_it_is_offered_back_on_its_page(
    case: ReceivedReferral, as_persona: SignIn, asked: PageOfACase
) -> None:
    client, address = as_persona("sp.caseworker"), _address(case, asked)
    answers = _types(client, case, asked)
    _session_ends()

    turned_away = client.post(address, answers)

    assert turned_away["Location"].startswith("/sign-in?next=")
    again = _offered(as_persona("sp.caseworker"), address)
    assert again is not None
    offered = {name: again[name] for name in (asked.box, *asked.also)}
    assert offered == {asked.box: TYPED, **asked.also}
    assert AuditEvent.objects.filter(action=AuditAction.TEXT_KEPT_AT_SIGN_OUT, referral=case.pk).count() == 1


def test_nothing_is_applied_until_it_is_sent_again(case: ReceivedReferral, as_persona: SignIn) -> None:
    page, client = PAGES["case note"], as_persona("sp.caseworker")
    address, before = _address(case, page), CaseNote.objects.unscoped().count()
    answers = _types(client, case, page) | {"do": "save"}
    _session_ends()
    client.post(address, answers)
    back = as_persona("sp.caseworker")
    again = _offered(back, address)
    assert again is not None
    assert CaseNote.objects.unscoped().count() == before

    assert back.post(address, again | {"do": "save"}).status_code == 302

    assert CaseNote.objects.unscoped().filter(body=TYPED).count() == 1
    assert _offered(back, address) is None
    assert not KeptPost.objects.unscoped().exists()


def test_it_can_be_deleted(case: ReceivedReferral, as_persona: SignIn) -> None:
    page, client = PAGES["case note"], as_persona("sp.caseworker")
    address, answers = _address(case, page), _types(client, case, page)
    _session_ends()
    client.post(address, answers)
    back = as_persona("sp.caseworker")

    assert back.post(address, (_offered(back, address) or {}) | {"do": "discard"}).status_code == 302

    assert _offered(back, address) is None
    assert not KeptPost.objects.unscoped().exists()


def test_a_save_that_fails_deletes_nothing_that_was_kept(case: ReceivedReferral, as_persona: SignIn) -> None:
    """Another post on that page, from a form that does not show the kept text."""
    page, client = PAGES["case note"], as_persona("sp.caseworker")
    address, answers = _address(case, page), _types(client, case, page)
    _session_ends()
    client.post(address, answers)
    back = as_persona("sp.caseworker")

    assert back.post(address, {"subject": "", "body": ""}).status_code == 422

    again = _offered(back, address)
    assert again is not None
    assert again["body"] == TYPED


def test_nobody_else_sees_it(case: ReceivedReferral, as_persona: SignIn) -> None:
    page, client = PAGES["case note"], as_persona("sp.caseworker")
    address, answers = _address(case, page), _types(client, case, page)
    _session_ends()
    client.post(address, answers)

    manager = as_persona("sp.manager")

    assert _offered(manager, address) is None
    assert TYPED.split("\n")[0] not in manager.get(address).content.decode()


def test_a_form_of_an_earlier_web_session_is_kept_too(
    case: ReceivedReferral, personas: dict[str, User]
) -> None:
    page, client = PAGES["case note"], Client(enforce_csrf_checks=True)
    client.force_login(personas["sp.caseworker"], "django.contrib.auth.backends.ModelBackend")
    address, answers = _address(case, page), _types(client, case, page)
    client.cookies.clear()
    client.force_login(personas["sp.caseworker"], "django.contrib.auth.backends.ModelBackend")

    assert client.post(address, answers).status_code == 302

    assert _offered(client, address) is not None


@pytest.mark.parametrize(
    ("why", "status"),
    [("too old", 403), ("forged", 302), ("another case", 403), ("no longer theirs", 403), ("no token", 302)],
)
def test_what_is_not_kept(
    case: ReceivedReferral, as_persona: SignIn, personas: dict[str, User], why: str, status: int
) -> None:
    """It is shown to whoever sent it (403), if the page was ours."""
    page, client = PAGES["case note"], as_persona("sp.caseworker")
    address, answers = _address(case, page), _types(client, case, page)
    _session_ends()
    later = timezone.now()
    if why == "too old":
        later += timedelta(seconds=GOOD_FOR + 1)
    elif why == "forged":
        answers["typed_by"] += "x"
    elif why == "another case":
        other = a_sent_referral(personas["pp"], crn="X980001")
        address = reverse("monitoring:add_case_note", args=[other.received_id])
    elif why == "no longer theirs":
        ContractGrant.objects.filter(user=personas["sp.caseworker"]).update(
            revoked_at=timezone.now(), revoked_by=personas["admin"]
        )
    else:
        del answers["typed_by"]

    with time_machine.travel(later):
        answer = client.post(address, answers)

    assert answer.status_code == status
    assert ("Typed while nobody was signed in." in answer.content.decode()) == (status == 403)
    assert not KeptPost.objects.unscoped().exists()


def test_what_nobody_comes_back_for_is_deleted_after_seven_days(
    case: ReceivedReferral, as_persona: SignIn
) -> None:
    page, client = PAGES["case note"], as_persona("sp.caseworker")
    address, answers = _address(case, page), _types(client, case, page)
    _session_ends()
    client.post(address, answers)

    assert forget_kept_text() == 0
    assert forget_old_ones(timezone.now() + KEPT_FOR + timedelta(minutes=1)) == 1


def test_only_pages_that_take_text_ask_for_it(case: ReceivedReferral, as_persona: SignIn) -> None:
    client = as_persona("sp.caseworker")
    counts = [
        sum("keptpost" in one for one in statements_of(client, reverse(f"monitoring:{name}", args=[case.pk])))
        for name in ("progress", "case_notes", "add_case_note")
    ]

    assert counts == [0, 0, 1]
