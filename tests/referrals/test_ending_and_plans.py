"""The practitioner follows the action plan, asks for changes, ends a referral, and reads the report."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import OutboxEntry
from events.outbox import HANDLERS
from monitoring.actions import end_referral as ending
from monitoring.actions import write_action_plan as action_plans
from monitoring.actions import write_end_of_service_report as end_of_service
from monitoring.models import Conclusion, ReceivedReferral, Stage
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.monitoring_delivery import (
    assigned,
    with_change_asked,
    with_end_requested,
    with_plan,
    with_report,
    with_session,
)
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
Build = Callable[[ReceivedReferral], ReceivedReferral]


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


@pytest.fixture
def received(referral: Referral, personas: dict[str, User]) -> ReceivedReferral:
    """Assigned to the demo's caseworker."""
    return assigned(
        ReceivedReferral.objects.unscoped().get(pk=referral.received_id), to=personas["sp.caseworker"]
    )


def _fresh(case: ReceivedReferral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.pk)


def _at(name: str, referral: Referral, *args: object) -> str:
    return reverse(f"referrals:{name}", args=[referral.pk, *args])


PAGES = [
    ("case_action_plan",), ("case_action_plan_version", 1), ("ask_for_plan_change",),
    ("case_end_of_service_report",), ("case_pauses",), ("end_case",),
]  # fmt: skip


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("pp.colleague", 404, id="a colleague without the person"),
        pytest.param("sp.caseworker", 403, id="supplier"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_nobody_else_reads_or_ends_anything(
    as_persona: SignIn, referral: Referral, received: ReceivedReferral, persona: str, status: int
) -> None:
    before = with_session(with_plan(received), 1)
    client = as_persona(persona)

    for name, *args in PAGES:
        address = _at(name, referral, *args)
        answers = {"reason": "MOV", "comments": "x", "do": "save", "text": "x", "form_key": str(uuid4())}
        for answer in (client.get(address), client.post(address, answers)):
            assert answer.status_code in {status, 405 if status == 404 else status}, address

    assert (_fresh(received).stage, _fresh(received).end_requested_at) == (before.stage, None)


# --- Action plan ----------------------------------------------------------------------------------


def test_the_practitioner_reads_submitted_versions_and_never_a_draft(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral, personas: dict[str, User]
) -> None:
    case = with_plan(received, text="View flats together.")
    draft = action_plans.start_plan(received=case, by=personas["sp.caseworker"])
    client = as_persona("pp")

    listed = page(client, _at("case_action_plan", referral))
    version = page(client, _at("case_action_plan_version", referral, 1))

    assert "Draft" not in listed.main.get_text()
    assert "View flats together." in version.main.get_text()
    page(client, _at("case_action_plan_version", referral, draft.number), status=404)


def test_a_change_is_asked_for_once(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral
) -> None:
    with_plan(received)
    client, address = as_persona("pp"), _at("ask_for_plan_change", referral)
    fields = filled_in(page(client, address)) | {"text": "Add budgeting."}

    for _ in range(2):
        page.post(client, address, fields)

    assert "Add budgeting." in page(client, _at("case_action_plan", referral)).main.get_text()
    assert _fresh(received).stage == Stage.CHANGE_PLAN
    assert OutboxEntry.objects.filter(kind=action_plans.PLAN_CHANGE_ASKED).count() == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(" \n", "Enter what should change in the action plan, and why", id="blank"),
        pytest.param("x" * 4001, "4,000 characters or fewer", id="too long"),
    ],
)
def test_what_is_asked_for_is_checked(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral, text: str, says: str
) -> None:
    with_plan(received)
    client, address = as_persona("pp"), _at("ask_for_plan_change", referral)
    fields = filled_in(page(client, address)) | {"text": text}

    assert says in page.post(client, address, fields, status=422).get_text()


def test_no_change_is_asked_for_before_there_is_a_plan(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral
) -> None:
    client, address = as_persona("pp"), _at("ask_for_plan_change", referral)

    page(client, address, status=403)
    refused = page.post(client, address, {"text": "x", "form_key": str(uuid4())}, status=403)

    assert "while there is an approved action plan" in refused.get_text()


# --- Ending ---------------------------------------------------------------------------------------


def _ends(
    page: Page, client: Client, referral: Referral, *, reason: str = "MOV", comments: str = "Moved to York."
) -> BeautifulSoup:
    """Say why, and check; answers the page that asks to confirm."""
    address = _at("end_case", referral)
    fields = filled_in(page(client, address)) | {"reason": reason, "comments": comments}
    return page.post(client, address, fields, status=200)


def _confirms(page: Page, client: Client, referral: Referral, shown: BeautifulSoup) -> None:
    page.post(client, _at("end_case", referral), _hidden(shown) | {"do": "save", "confirmed": "YES"})


def _hidden(shown: BeautifulSoup) -> dict[str, str]:
    return {box["name"]: box["value"] for box in shown.select("main form input[type=hidden]")}


BEFORE = [
    pytest.param(lambda case: case, id="assigned"),
    pytest.param(lambda case: with_plan(case), id="planned"),
    pytest.param(lambda case: with_session(with_plan(case), 1, attended=False), id="missed"),
    pytest.param(lambda case: with_change_asked(with_plan(case)), id="change asked for"),
]


@pytest.mark.parametrize("build", BEFORE)
def test_before_anybody_came_the_referral_is_cancelled_at_once(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral, build: Build
) -> None:
    build(received)
    client = as_persona("pp")

    shown = _ends(page, client, referral)
    assert "The referral ends immediately." in shown.main.get_text()
    assert _fresh(received).end_requested_at is None, "nothing happens before it is confirmed"
    _confirms(page, client, referral, shown)

    case = _fresh(received)
    assert (case.stage, case.conclusion, case.end_reason, case.end_comments) == (
        Stage.CANCELLED, Conclusion.CANCELLED, "MOV", "Moved to York.",
    )  # fmt: skip
    assert "Moved to York." in page(client, _at("case_progress", referral)).main.get_text()


AFTER = [
    pytest.param(lambda case: with_session(with_plan(case), 1), id="attended"),
    pytest.param(lambda case: with_session(with_plan(case), 1, happened=False), id="came, did not happen"),
    pytest.param(lambda case: with_change_asked(with_session(with_plan(case), 1)), id="change asked for"),
]


@pytest.mark.parametrize("build", AFTER)
def test_after_somebody_came_the_report_is_due(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral, build: Build
) -> None:
    build(received)
    client = as_persona("pp")

    shown = _ends(page, client, referral, reason="EAR")
    assert "end of service report" in shown.main.get_text()
    _confirms(page, client, referral, shown)

    case = _fresh(received)
    assert (case.stage, case.conclusion, case.concluded_at) == (Stage.REPORT, "", None)
    assert OutboxEntry.objects.filter(kind=ending.END_REQUESTED).count() == 1


def test_pressing_twice_ends_it_once(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral
) -> None:
    client = as_persona("pp")
    shown = _ends(page, client, referral)

    for _ in range(2):
        _confirms(page, client, referral, shown)

    assert OutboxEntry.objects.filter(kind=ending.END_REQUESTED).count() == 1


@pytest.mark.parametrize(
    ("build", "says"),
    [
        pytest.param(lambda case: with_end_requested(case), "You cannot end it again", id="cancelled"),
        pytest.param(
            lambda case: with_end_requested(with_session(with_plan(case), 1)),
            "You cannot end it again",
            id="ended by somebody else",
        ),
        pytest.param(
            lambda case: with_session(with_plan(case, sessions=1), 1),
            "before the end of service report is due",
            id="all delivered",
        ),
        pytest.param(
            lambda case: with_report(
                with_session(with_plan(case, sessions=1), 1), conclusion=Conclusion.COMPLETED
            ),
            "before the end of service report is due",
            id="completed",
        ),
    ],
)
def test_a_referral_is_not_ended_when_there_is_nothing_left_to_end(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral, build: Build, says: str
) -> None:
    before = build(received)
    client, address = as_persona("pp"), _at("end_case", referral)

    page(client, address, status=403)
    answers = {"reason": "ANO", "comments": "Other", "do": "save", "confirmed": "YES"}
    refused = page.post(client, address, answers, status=403)

    assert says in refused.get_text()
    assert _fresh(received).end_reason == before.end_reason
    assert "End the referral" not in page(client, _at("case_progress", referral)).main.get_text()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        pytest.param({"comments": "x"}, "Select why this referral should end", id="no reason"),
        pytest.param({"reason": "XXX", "comments": "x"}, "Select why this referral should end", id="unknown"),
        pytest.param({"reason": "EAR", "comments": "x"}, "Select why this referral should end", id="early"),
        pytest.param({"reason": "MOV", "comments": " "}, "Enter more about this reason", id="no comments"),
        pytest.param({"reason": "MOV", "comments": "x" * 2501}, "2,500 characters or fewer", id="too long"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("do", ["", "save"])
def test_an_end_is_checked(
    as_persona: SignIn,
    page: Page,
    referral: Referral,
    received: ReceivedReferral,
    answers: dict[str, str],
    says: str,
    do: str,
) -> None:
    with_plan(received)

    shown = page.post(as_persona("pp"), _at("end_case", referral), answers | {"do": do}, status=422)

    assert says in shown.get_text()
    assert _fresh(received).end_requested_at is None


def test_2500_characters_are_taken(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral
) -> None:
    client = as_persona("pp")
    _confirms(page, client, referral, _ends(page, client, referral, comments="é" * 2500))

    assert len(_fresh(received).end_comments) == 2500


def test_what_was_typed_can_be_changed_before_confirming(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral
) -> None:
    client = as_persona("pp")
    shown = _ends(page, client, referral, comments="<b>Moved</b>")

    again = page.post(client, _at("end_case", referral), _hidden(shown) | {"do": "change"}, status=200)

    assert again.select_one("textarea[name=comments]").get_text().strip() == "<b>Moved</b>"
    assert again.select_one("input[name=reason][checked]")["value"] == "MOV"
    assert _fresh(received).end_requested_at is None


@pytest.mark.parametrize(
    ("confirmed", "status", "ends"),
    [
        pytest.param(None, 422, False, id="not answered"),
        pytest.param("PERHAPS", 422, False, id="no answer of the page"),
        pytest.param("NO", 302, False, id="no"),
        pytest.param("YES", 302, True, id="yes"),
    ],
)
def test_it_ends_only_by_a_yes_that_was_posted(
    as_persona: SignIn,
    page: Page,
    referral: Referral,
    received: ReceivedReferral,
    confirmed: str | None,
    status: int,
    ends: bool,
) -> None:
    client, address = as_persona("pp"), _at("end_case", referral)
    shown = _ends(page, client, referral, comments="Moved to York.")
    answers = _hidden(shown) | {"do": "save"} | ({"confirmed": confirmed} if confirmed else {})

    answer = client.post(address, answers)

    assert answer.status_code == status
    assert (_fresh(received).end_requested_at is not None) is ends
    if status == 422:
        assert "Select yes if you want to end this referral" in answer.content.decode()
    if not ends:  # what was typed is there when they think again
        assert "Moved to York." in page(client, address).get_text()


# --- The report -----------------------------------------------------------------------------------


def test_the_report_is_read_once_it_was_submitted(
    as_persona: SignIn, page: Page, referral: Referral, received: ReceivedReferral, personas: dict[str, User]
) -> None:
    case = with_session(with_plan(received, sessions=1), 1)
    client, address = as_persona("pp"), _at("case_end_of_service_report", referral)
    end_of_service.start_report(received=case, by=personas["sp.caseworker"])
    page(client, address, status=404)
    end_of_service.EndOfServiceReport.objects.unscoped().all().delete()

    with_report(case, conclusion=Conclusion.COMPLETED)

    assert "Found a room and kept it." in page(client, address).main.get_text()


# --- Emails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "payload", "path"),
    [
        pytest.param(action_plans.PLAN_SUBMITTED, {}, "action-plan", id="plan submitted"),
        pytest.param(end_of_service.REPORT_SUBMITTED, {}, "end-of-service-report", id="report submitted"),
        pytest.param(
            action_plans.PLAN_CHANGE_ASKED, {"caseworker": True}, "action-plan", id="change asked for"
        ),
        pytest.param(ending.END_REQUESTED, {"caseworker": True}, "progress", id="end asked for"),
    ],
)
def test_an_email_is_a_link_without_a_word_of_the_case(
    received: ReceivedReferral, personas: dict[str, User], kind: str, payload: dict[str, object], path: str
) -> None:
    ids = {name: str(received.caseworker_id) for name in payload}

    HANDLERS[kind](OutboxEntry(kind=kind, key="k", referral=received.pk, payload=ids))

    (message,) = mail.outbox
    assert message.body.rstrip().endswith(path)
    for private in (received.person_first_name, received.person_last_name, received.crn, received.reference):
        assert private not in message.subject + message.body
