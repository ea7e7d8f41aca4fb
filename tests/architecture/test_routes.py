"""Who may open what: every address, read and posted to, by every persona. One table; an address without a row fails.

The setting: ``pp`` has a draft that can be sent and a sent referral, both to Harrowgate Pathways, on whose contract
``sp.caseworker`` and ``sp.manager`` are. The sent one is about X980017, from whom ``pp.barred`` is excluded.

302 for somebody who is not signed in leads to the sign-in page. 405: the page does not answer this method to anybody.
A post is empty unless ``POSTED`` says otherwise, so 422 and 200 mean that the form came back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, path, reverse

from accounts.models import Audience, User
from events.models import AuditAction
from refer_monitor.admin_site import ServiceAdminSite
from referrals.models import Referral
from tests.addresses import addresses
from tests.factories.referrals import a_declared_draft, a_sent_referral
from tests.personas import BY_KEY, PERSONAS

AsPersona = Callable[[str], Client]
PEOPLE = (
    "pp", "pp.colleague", "pp.barred", "sp.caseworker", "sp.manager", "sp.other", "sp.nogrant", "admin", "anonymous",
)  # fmt: skip

TABLE = """
                                    pp  colleague  barred  caseworker  manager  other  nogrant  admin  anonymous

    Open to everybody: they say nothing about any case
    home                      GET  302     302      302       302        302     302     302     302     302
    home                      POST 302     302      302       302        302     302     302     302     302
    ping                      GET  200     200      200       200        200     200     200     200     200
    ping                      POST 200     200      200       200        200     200     200     200     200
    health                    GET  200     200      200       200        200     200     200     200     200
    health                    POST 200     200      200       200        200     200     200     200     200
    accounts:sign_in          GET  302     302      302       302        302     302     302     302     200
    accounts:sign_in          POST 422     422      422       422        422     422     422     422     422
    accounts:sign_in_to_demo  GET  405     405      405       405        405     405     405     405     405
    accounts:sign_in_to_demo  POST 404     404      404       404        404     404     404     404     404
    accounts:sign_out         GET  200     200      200       200        200     200     200     200     302
    accounts:sign_out         POST 302     302      302       302        302     302     302     302     302
    accounts:feedback         GET  200     200      200       200        200     200     200     200     200
    accounts:feedback         POST 422     422      422       422        422     422     422     422     422
    accounts:feedback_given   GET  200     200      200       200        200     200     200     200     200
    accounts:feedback_given   POST 200     200      200       200        200     200     200     200     200
    accounts:accessibility    GET  200     200      200       200        200     200     200     200     200
    accounts:accessibility    POST 200     200      200       200        200     200     200     200     200
    accounts:cookies          GET  200     200      200       200        200     200     200     200     200
    accounts:cookies          POST 200     200      200       200        200     200     200     200     200
    accounts:privacy          GET  200     200      200       200        200     200     200     200     200
    accounts:privacy          POST 200     200      200       200        200     200     200     200     200

    Every practitioner's: the catalogue, starting, their own lists
    interventions:find        GET  200     200      200       403        403     403     403     403     302
    interventions:find        POST 405     405      405       403        403     403     403     403     302
    interventions:detail      GET  200     200      200       403        403     403     403     403     302
    interventions:detail      POST 405     405      405       403        403     403     403     403     302
    referrals:home            GET  200     200      200       403        403     403     403     403     302
    referrals:home            POST 405     405      405       403        403     403     403     403     302
    referrals:start           GET  200     200      200       403        403     403     403     403     302
    referrals:start           POST 302     302      403       403        403     403     403     403     302
    referrals:confirm_person  GET  302     302      302       403        403     403     403     403     302
    referrals:confirm_person  POST 302     302      302       403        403     403     403     403     302
    referrals:drafts          GET  200     200      200       403        403     403     403     403     302
    referrals:drafts          POST 405     405      405       403        403     403     403     403     302
    referrals:cases           GET  200     200      200       403        403     403     403     403     302
    referrals:cases           POST 405     405      405       403        403     403     403     403     302
    referrals:open_by_crn     GET  200     200      200       403        403     403     403     403     302
    referrals:open_by_crn     POST 302     302      403       403        403     403     403     403     302

    A draft: its author's, and not found for anybody else
    referrals:tasks           GET  200     404      404       403        403     403     403     403     302
    referrals:tasks           POST 405     405      405       403        403     403     403     403     302
    referrals:resume          GET  302     404      404       403        403     403     403     403     302
    referrals:resume          POST 405     405      405       403        403     403     403     403     302
    referrals:delete_draft    GET  200     404      404       403        403     403     403     403     302
    referrals:delete_draft    POST 302     404      404       403        403     403     403     403     302
    referrals:refresh_person  GET  405     405      405       405        405     405     405     405     302
    referrals:refresh_person  POST 302     404      404       403        403     403     403     403     302
    referrals:practitioner    GET  200     404      404       403        403     403     403     403     302
    referrals:practitioner    POST 422     404      404       403        403     403     403     403     302
    referrals:back-up-contact GET  200     404      404       403        403     403     403     403     302
    referrals:back-up-contact POST 422     404      404       403        403     403     403     403     302
    referrals:personal-details      GET  200  404   404       403        403     403     403     403     302
    referrals:personal-details      POST 302  404   404       403        403     403     403     403     302
    referrals:risk_information      GET  200  404   404       403        403     403     403     403     302
    referrals:risk_information      POST 422  404   404       403        403     403     403     403     302
    referrals:risk_edit             GET  200  404   404       403        403     403     403     403     302
    referrals:risk_edit             POST 422  404   404       403        403     403     403     403     302
    referrals:risk_take_newer       GET  405  405   405       405        405     405     405     405     302
    referrals:risk_take_newer       POST 302  404   404       403        403     403     403     403     302
    referrals:risk_section          GET  200  404   404       403        403     403     403     403     302
    referrals:risk_section          POST 422  404   404       403        403     403     403     403     302
    referrals:criminogenic-needs    GET  200  404   404       403        403     403     403     403     302
    referrals:criminogenic-needs    POST 422  404   404       403        403     403     403     403     302
    referrals:additional-needs      GET  200  404   404       403        403     403     403     403     302
    referrals:additional-needs      POST 302  404   404       403        403     403     403     403     302
    referrals:accessibility-needs   GET  200  404   404       403        403     403     403     403     302
    referrals:accessibility-needs   POST 302  404   404       403        403     403     403     403     302
    referrals:interpreter           GET  200  404   404       403        403     403     403     403     302
    referrals:interpreter           POST 422  404   404       403        403     403     403     403     302
    referrals:responsibilities      GET  200  404   404       403        403     403     403     403     302
    referrals:responsibilities      POST 422  404   404       403        403     403     403     403     302
    referrals:diversity             GET  200  404   404       403        403     403     403     403     302
    referrals:diversity             POST 302  404   404       403        403     403     403     403     302
    referrals:relevant-sentence     GET  200  404   404       403        403     403     403     403     302
    referrals:relevant-sentence     POST 422  404   404       403        403     403     403     403     302
    referrals:desired-outcomes      GET  200  404   404       403        403     403     403     403     302
    referrals:desired-outcomes      POST 422  404   404       403        403     403     403     403     302
    referrals:complexity-level      GET  200  404   404       403        403     403     403     403     302
    referrals:complexity-level      POST 422  404   404       403        403     403     403     403     302
    referrals:enforceable-days      GET  200  404   404       403        403     403     403     403     302
    referrals:enforceable-days      POST 422  404   404       403        403     403     403     403     302
    referrals:completion-date       GET  200  404   404       403        403     403     403     403     302
    referrals:completion-date       POST 422  404   404       403        403     403     403     403     302
    referrals:reason-for-referral   GET  200  404   404       403        403     403     403     403     302
    referrals:reason-for-referral   POST 422  404   404       403        403     403     403     403     302
    referrals:check_answers         GET  200  404   404       403        403     403     403     403     302
    referrals:check_answers         POST 405  405   405       403        403     403     403     403     302
    referrals:preview               GET  200  404   404       403        403     403     403     403     302
    referrals:preview               POST 405  405   405       403        403     403     403     403     302
    referrals:send                  GET  405  405   405       405        405     405     405     405     302
    referrals:send                  POST 302  404   404       403        403     403     403     403     302

    A sent referral: its sender's (and its person's practitioner's; or opened with a reason, see referrals:open_by_crn)
    referrals:sent            GET  200     404      404       403        403     403     403     403     302
    referrals:sent            POST 405     405      405       403        403     403     403     403     302
    referrals:case            GET  200     404      404       403        403     403     403     403     302
    referrals:case            POST 405     405      405       403        403     403     403     403     302

    The supplier's: to read, and a referral only for those on its contract
    monitoring:all_cases        GET  403   403      403       200        200     200     200     403     302
    monitoring:all_cases        POST 403   403      403       405        405     405     405     403     302
    monitoring:referral_details GET  403   403      403       200        200     404     404     403     302
    monitoring:referral_details POST 403   403      403       405        405     405     405     403     302
    monitoring:reporting        GET  403   403      403       200        200     200     200     403     302
    monitoring:reporting        POST 403   403      403       405        405     405     405     403     302
"""
ROWS = {
    (cells[0], cells[1]): tuple(map(int, cells[2:]))
    for cells in map(str.split, TABLE.splitlines())
    if len(cells) == 2 + len(PEOPLE) and cells[1] in ("GET", "POST")
}
POSTED: dict[str, dict[str, str]] = {
    "referrals:start": {"crn": "X980017"},
    "referrals:open_by_crn": {"crn": "X980017", "reason": "I cover for a colleague."},
    "referrals:risk_section": {"text": "Longer than may be shared. " * 200},
}
#: Pages of the sent referral; all others of a referral are asked for the draft.
OF_THE_SENT_ONE = ("referrals:sent", "referrals:case")


# --- The table is whole ------------------------------------------------------------------------------


def test_the_columns_are_the_personas() -> None:
    assert tuple(persona.key for persona in PERSONAS) == PEOPLE
    assert tuple(TABLE.split()[:9]) == tuple(key.removeprefix("pp.").removeprefix("sp.") for key in PEOPLE)


def test_every_address_has_its_two_rows_and_every_row_its_address() -> None:
    there = {(name, method) for name, _ in addresses() for method in ("GET", "POST")}

    assert there - ROWS.keys() == set(), (
        "addresses without a row: decide for every persona and add it to TABLE"
    )
    assert ROWS.keys() - there == set(), "rows whose address is gone"


def test_an_address_without_a_row_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    added = path("cases/export", lambda request: HttpResponse(), name="export")
    tomorrow = [*addresses(), ("monitoring:export", added)]
    monkeypatch.setattr("tests.architecture.test_routes.addresses", lambda: tomorrow)

    with pytest.raises(AssertionError, match="addresses without a row"):
        test_every_address_has_its_two_rows_and_every_row_its_address()


# --- Every view says whom it is for --------------------------------------------------------------------


def _faults(name: str, pattern: URLPattern) -> Iterator[str]:
    """What is missing or wrong in what one view says about itself."""
    view = pattern.callback
    if not hasattr(view, "audiences"):
        yield f"{name} has no door: nobody said whom it is for"
        return
    if view.audiences is None:
        if getattr(view, "login_required", True):
            yield f"{name} is for anyone and yet asks to sign in"
        return
    if getattr(view, "records", None) not in AuditAction:
        yield f"{name} does not say which audit event it records"
    for method in ("GET", "POST"):
        for key, status in zip(PEOPLE, ROWS.get((name, method), ()), strict=False):
            persona = BY_KEY[key]
            if not persona.is_signed_in and status != 302:
                yield f"{name} {method}: nobody without an account may come in"
            if persona.is_signed_in and _audience(key) not in view.audiences and status not in (403, 405):
                yield f"{name} {method}: {key} is not of its audience"


def _audience(key: str) -> Audience:
    persona = BY_KEY[key]
    if persona.is_practitioner:
        return Audience.PRACTITIONER
    return Audience.SUPPLIER if persona.is_supplier else Audience.ADMINISTRATOR


def test_every_view_has_an_audience_and_an_audit_event_and_the_table_agrees() -> None:
    assert [fault for name, pattern in addresses() for fault in _faults(name, pattern)] == []


@pytest.mark.parametrize(
    ("prefix", "audience"),
    [
        pytest.param("probation-practitioner/", {Audience.PRACTITIONER}, id="the practitioner's side"),
        pytest.param("service-provider/", {Audience.SUPPLIER}, id="the supplier's side"),
    ],
)
def test_each_side_has_a_door_of_its_own(prefix: str, audience: set[Audience]) -> None:
    here = [
        (name, pattern) for name, pattern in addresses() if _address(name, pattern).startswith(f"/{prefix}")
    ]
    assert here
    assert [name for name, pattern in here if pattern.callback.audiences != audience] == []


def _address(name: str, pattern: URLPattern) -> str:
    samples = {"uuid": "00000000-0000-4000-8000-000000000000", "int": 1, "slug": "suicide"}
    kinds = {
        part: type(kind).__name__.removesuffix("Converter").lower()
        for part, kind in pattern.pattern.converters.items()
    }
    return reverse(name, kwargs={part: samples[kind] for part, kind in kinds.items()})


def test_a_view_without_a_door_fails() -> None:
    def unguarded(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert list(_faults("new", path("new", unguarded, name="new"))) == [
        "new has no door: nobody said whom it is for"
    ]


# --- The table is true -----------------------------------------------------------------------------------


@pytest.fixture
def _no_log() -> Iterator[None]:
    """Kept log records of refusals hold their frames, and collecting those takes longer than the test."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def urls(personas: dict[str, User]) -> dict[str, str]:
    """Each page's address in the setting."""
    pp = personas["pp"]
    sent, draft = a_sent_referral(pp, crn="X980017"), a_declared_draft(pp, crn="X980001")
    return {name: reverse(name, kwargs=_parts(name, pattern, draft, sent)) for name, pattern in addresses()}


def _parts(name: str, pattern: URLPattern, draft: Referral, sent: Referral) -> dict[str, Any]:
    known = {
        "referral_id": sent.pk if name in OF_THE_SENT_ONE else draft.pk,
        "received_id": sent.received_id,
        "contract_id": draft.contract_id,
        "category_id": draft.services.get().category_id,
        "slug": "suicide",
    }
    return {part: known[part] for part in pattern.pattern.converters}


@pytest.mark.usefixtures("_no_log")
@pytest.mark.parametrize("key", PEOPLE)
def test_every_address_answers_as_the_table_says(
    as_persona: AsPersona, urls: dict[str, str], key: str
) -> None:
    signed_in = as_persona(key)
    wrong = []
    for (name, method), row in ROWS.items():
        status = _ask(signed_in, method, urls[name], POSTED.get(name, {}))
        expected = row[PEOPLE.index(key)]
        if status != expected:
            wrong.append(f"{name} {method}: {status} instead of {expected}")
    assert wrong == []


def _ask(signed_in: Client, method: str, url: str, posted: dict[str, str]) -> int:
    """The status, with everything that the request did undone: the next one finds the setting as it was."""
    client = Client()
    client.cookies.update(signed_in.cookies)
    undone = transaction.atomic()
    undone._from_testcase = (
        True  # else the clients of outside systems would refuse to call inside a transaction
    )
    with undone:
        answer = client.get(url) if method == "GET" else client.post(url, posted)
        transaction.set_rollback(True)
    return answer.status_code


def test_nobody_but_the_sign_in_page_is_behind_a_redirect(urls: dict[str, str], client: Client) -> None:
    for (name, method), row in ROWS.items():
        if row[-1] == 302 and name != "accounts:sign_out":
            answer = client.get(urls[name]) if method == "GET" else client.post(urls[name])
            assert answer["Location"].startswith("/sign-in?next="), (name, method)


# --- The administration ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PEOPLE)
def test_the_admin_site_lets_administrators_in_and_nobody_else(personas: dict[str, User], key: str) -> None:
    request = RequestFactory().get("/admin/")
    request.user = personas.get(key, AnonymousUser())

    assert isinstance(admin.site, ServiceAdminSite)
    assert admin.site.has_permission(request) == BY_KEY[key].is_administrator


@pytest.mark.usefixtures("_no_log")
@pytest.mark.parametrize("key", ["pp", "sp.manager", "anonymous"])
def test_every_admin_page_refuses_everybody_else(as_persona: AsPersona, key: str) -> None:
    client = as_persona(key)
    opened = []
    pages = [(name, pattern) for name, pattern in addresses("admin:") if pattern.name not in (None, "logout")]
    assert len(pages) > 50
    for name, pattern in pages:
        parts = dict.fromkeys([*pattern.pattern.converters, *pattern.pattern.regex.groupindex], "accounts")
        answer = client.get(reverse(name, kwargs=parts))
        if answer.status_code == 302 and answer["Location"].startswith("/admin/login/"):
            answer = client.get(answer["Location"])
        is_sent_away = answer.status_code == 302 and answer["Location"].startswith("/sign-in")
        if not (is_sent_away if key == "anonymous" else answer.status_code == 403):
            opened.append(f"{name}: {answer.status_code}")
    assert opened == []
