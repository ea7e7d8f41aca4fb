"""Who may open a page, what is recorded, and that a refusal undoes the page's work but not the record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Audience, Provider
from accounts.open_pages import for_anyone
from events import audiences
from events.models import AuditAction, AuditEvent
from tests.conftest import Page
from tests.events.addresses import CASE, REASON

AsPersona = Callable[[str], Client]
pytestmark = pytest.mark.urls("tests.events.addresses")
DONE, REFUSED = AuditEvent.Outcome.DONE, AuditEvent.Outcome.REFUSED


def last() -> AuditEvent:
    return AuditEvent.objects.latest("at")


WHO = [
    pytest.param("pp", 200, id="practitioner"),
    pytest.param("sp.manager", 403, id="supplier"),
    pytest.param("admin", 403, id="administrator"),
    pytest.param("anonymous", 302, id="nobody"),
]


@pytest.mark.parametrize(("who", "status"), WHO)
def test_a_door_lets_its_own_audience_in(who: str, status: int, as_persona: AsPersona) -> None:
    answer = as_persona(who).get("/practitioners/shows")
    assert answer.status_code == status
    if status == 302:
        assert answer["Location"].startswith("/sign-in?next=")
    if status == 403:
        event = last()
        assert (event.action, event.outcome) == (AuditAction.ACCESS_REFUSED, REFUSED)
        assert event.facts == {"page": "practitioners", "code": "audience"}


@pytest.mark.parametrize("who", ["pp", "sp.manager", "admin"])
def test_a_page_for_everyone_is_for_everyone_signed_in(who: str, as_persona: AsPersona) -> None:
    assert as_persona(who).get("/everyone/shows").status_code == 200


def test_opening_a_page_records_who_what_and_which_version(as_persona: AsPersona) -> None:
    answer = as_persona("pp").get("/practitioners/shows")
    event = last()
    assert event.user is not None
    assert event.user.username == "pp"
    assert (event.action, event.outcome) == (AuditAction.REFERRAL_VIEWED, DONE)
    assert (event.referral, event.crn, event.share_version) == (CASE, "X980001", 2)
    assert event.facts == {"page": "practitioners", "code": ""}
    assert event.request_id == answer["X-Request-Id"]


NOT_OPENED = [
    pytest.param("get", "redirects", id="a redirect"),
    pytest.param("post", "shows", id="a post: its action records what it did"),
]


@pytest.mark.parametrize(("method", "how"), NOT_OPENED)
def test_what_is_no_opening_is_not_recorded_as_one(method: str, how: str, as_persona: AsPersona) -> None:
    client = as_persona("pp")
    before = AuditEvent.objects.count()
    getattr(client, method)(f"/practitioners/{how}")
    assert AuditEvent.objects.count() == before


REFUSALS = [
    pytest.param("refuses", 403, "too_late", id="refused with a reason"),
    pytest.param("misses", 404, "not_found", id="not theirs, or not there"),
]


@pytest.mark.parametrize(("how", "status", "code"), REFUSALS)
def test_a_refusal_is_recorded_although_the_work_is_undone(
    how, status, code, as_persona: AsPersona, page: Page
) -> None:
    shown = page(as_persona("pp"), f"/practitioners/{how}", status=status)
    assert not Provider.objects.filter(code="HALF_SAVED").exists()
    event = last()
    assert (event.action, event.outcome, event.referral) == (AuditAction.ACCESS_REFUSED, REFUSED, CASE)
    assert event.facts == {"page": "practitioners", "code": code}
    assert (REASON in shown.get_text()) == (how == "refuses")


NOT_NOW = [
    pytest.param("conflicts", 409, id="somebody saved first"),
    pytest.param("ends", 410, id="it is over"),
    pytest.param("waits", 503, id="no answer about access"),
]


@pytest.mark.parametrize(("how", "status"), NOT_NOW)
def test_not_now_says_why_and_saves_nothing(how: str, status: int, as_persona: AsPersona, page: Page) -> None:
    shown = page(as_persona("pp"), f"/practitioners/{how}", status=status)
    assert REASON in shown.get_text()
    assert not Provider.objects.filter(code="HALF_SAVED").exists()


def test_no_page_behind_a_door_is_kept_by_a_browser(as_persona: AsPersona) -> None:
    assert "no-store" in as_persona("pp").get("/practitioners/shows")["Cache-Control"]


def test_a_door_can_be_read_from_outside() -> None:
    for_practitioners = audiences.for_practitioners(records=AuditAction.REFERRAL_LISTED)(lambda request: None)
    assert for_practitioners.audiences == frozenset({Audience.PRACTITIONER})
    assert for_practitioners.records == AuditAction.REFERRAL_LISTED
    assert for_anyone(lambda request: None).audiences is None
