"""Who may see whom (decision A2): nDelius decides, its silence shows nothing, and lists leave people out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Refused, Unanswered
from integrations.failures import Malformed
from interventions.models import Contract
from referrals.access import limited_access as access
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.accounts import PractitionerFactory
from tests.factories.referrals import ACCOMMODATION, a_draft, a_sent_referral
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

NOON = datetime(2026, 6, 3, 12, 0, tzinfo=ZoneInfo("Europe/London"))
EXCLUDED = "You are excluded from viewing this person’s record. Speak to your manager."
AsPersona = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _without_waiting(settings: Settings) -> None:
    settings.UPSTREAM_BACKOFF = 0


def _ndelius_goes_down() -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius", status=503))


def _access_calls() -> int:
    return len(adapter.state().calls("ndelius", "/access"))


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


# --- What nDelius says


@pytest.mark.parametrize(
    ("persona", "crn", "message"),
    [
        pytest.param("pp", "X980001", None, id="nobody is barred"),
        pytest.param("pp", "X980017", None, id="somebody else is barred"),
        pytest.param("pp.barred", "X980017", EXCLUDED, id="excluded, with a message"),
        pytest.param("pp", "X980018", None, id="restricted, and among those named"),
        pytest.param("pp.colleague", "X980018", access.NO_MESSAGE, id="restricted, without a message"),
        pytest.param("pp", "X980019", access.NOT_SAID, id="left out of the answer"),
    ],
)
def test_who_may_see_whom(personas: dict[str, User], persona: str, crn: str, message: str | None) -> None:
    if message is None:
        access.check(personas[persona], crn)
        return
    with pytest.raises(Refused) as refusal:
        access.check(personas[persona], crn)
    assert (refusal.value.reason, refusal.value.code) == (message, "limited_access")


def test_somebody_without_an_ndelius_account_sees_nobody(db: None) -> None:
    with pytest.raises(Unanswered):
        access.check(PractitionerFactory(ndelius_username=""), "X980001")


# --- When nDelius is asked, and how long its answer is good


@pytest.mark.parametrize(
    ("minutes", "asked_again", "answered"),
    [
        pytest.param(0, False, True, id="at once"),
        pytest.param(0.9, False, True, id="within a minute"),
        pytest.param(1.1, True, True, id="after a minute, silence: the earlier answer"),
        pytest.param(14, True, True, id="14 minutes"),
        pytest.param(14.99, True, True, id="just under 15 minutes"),
        pytest.param(15, True, False, id="15 minutes"),
        pytest.param(16, True, False, id="16 minutes"),
    ],
)
def test_how_long_an_answer_is_good_when_ndelius_is_down(
    personas: dict[str, User], minutes: float, asked_again: bool, answered: bool
) -> None:
    pp = personas["pp"]
    with time_machine.travel(NOON, tick=False):
        access.check(pp, "X980001")
    calls = _access_calls()
    _ndelius_goes_down()

    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        found = access.answers(pp, ["X980001"])

    assert ("X980001" in found) is answered
    assert (_access_calls() > calls) is asked_again


@pytest.mark.parametrize("persona", ["pp", "pp.barred"])
def test_a_changed_answer_counts_after_a_minute(personas: dict[str, User], persona: str) -> None:
    """Somebody who is barred today must not go on for a quarter of an hour."""
    entry = {"crn": "X980001", "userExcluded": True, "userRestricted": False, "exclusionMessage": "No more."}
    with time_machine.travel(NOON, tick=False):
        access.check(personas[persona], "X980001")
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/access$", status=200, body={"access": [entry]})
    )

    with (
        time_machine.travel(NOON + timedelta(seconds=61), tick=False),
        pytest.raises(Refused) as refusal,
    ):
        access.check(personas[persona], "X980001")
    assert refusal.value.reason == "No more."


UNREADABLE = {"crn": "X980001", "userExcluded": False}


@pytest.mark.parametrize(
    ("entry", "minutes", "expected"),
    [
        pytest.param(UNREADABLE, 2, None, id="no answer: the earlier one holds"),
        pytest.param(UNREADABLE, 16, Unanswered, id="no answer, and no earlier one"),
        pytest.param(UNREADABLE | {"userExcluded": True}, 2, Refused, id="the other flag bars"),
    ],
)
def test_an_answer_without_a_flag(
    personas: dict[str, User], entry: dict[str, Any], minutes: int, expected: type[Exception] | None
) -> None:
    pp = personas["pp"]
    with time_machine.travel(NOON, tick=False):
        access.check(pp, "X980001")
    fault = Fault(Effect.STATUS, path_regex="/access$", status=200, times=1, body={"access": [entry]})
    adapter.state().faults.append(fault)

    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        if expected is None:
            access.check(pp, "X980001")
        else:
            with pytest.raises(expected):
                access.check(pp, "X980001")
        calls = _access_calls()
        if expected is not Refused:
            access.check(pp, "X980001")
            assert _access_calls() == calls + 1, "asked again at once"


def test_a_list_leaves_out_whom_ndelius_says_nothing_of(personas: dict[str, User]) -> None:
    entries = [UNREADABLE, {"crn": "X980003", "userExcluded": False, "userRestricted": False}]
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/access$", status=200, body={"access": entries})
    )

    found, failure = access.answers_or_failure(personas["pp"], ["X980001", "X980003"])

    assert (found.keys(), type(failure)) == ({"X980003"}, Malformed)


def test_an_answer_is_for_one_user_only(personas: dict[str, User]) -> None:
    access.check(personas["pp"], "X980017")

    with pytest.raises(Refused):
        access.check(personas["pp.barred"], "X980017")


def test_a_list_is_asked_about_in_one_call(personas: dict[str, User]) -> None:
    everybody = ["X980017", "X980001", "X980018", "X980019"]

    visible = access.visible_among(personas["pp.barred"], [*everybody, *everybody])

    assert visible == {"X980001"}
    assert _access_calls() == 1


def test_a_list_is_read_at_once_while_nobody_has_to_be_asked_about(
    personas: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = ["X980001", "X980017", "X980018"]
    with time_machine.travel(NOON, tick=False):
        first = access.answers(personas["pp.barred"], everybody)
    with monkeypatch.context() as one_by_one:
        one_by_one.setattr(access, "_kept", None)
        with time_machine.travel(NOON + timedelta(seconds=59), tick=False):
            assert access.answers(personas["pp.barred"], everybody) == first
            some = access.answers(personas["pp.barred"], everybody[:2])
            assert some == {crn: first[crn] for crn in everybody[:2]}
    assert {answer.allowed for answer in first.values()} == {True, False}
    assert _access_calls() == 1

    with time_machine.travel(NOON + timedelta(seconds=59), tick=False):
        others = access.answers(personas["pp"], everybody)
        assert access.answers(personas["pp.barred"], [*everybody, "X980019"]).keys() > first.keys()
    assert all(answer.allowed for answer in others.values()), "kept for each user by themselves"
    assert _access_calls() == 3

    with time_machine.travel(NOON + timedelta(seconds=122), tick=False):
        access.answers(personas["pp.barred"], everybody)
    assert _access_calls() == 4


def test_a_newer_no_about_one_counts_in_a_list_while_ndelius_is_down(personas: dict[str, User]) -> None:
    pp, both = personas["pp"], ["X980001", "X980003"]
    with time_machine.travel(NOON, tick=False):
        assert access.visible_among(pp, both) == {*both}
    entry = {"crn": "X980001", "userExcluded": True, "userRestricted": False, "exclusionMessage": "No more."}
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/access$", status=200, times=1, body={"access": [entry]})
    )
    with time_machine.travel(NOON + timedelta(seconds=61), tick=False), pytest.raises(Refused):
        access.check(pp, "X980001")
    _ndelius_goes_down()

    with time_machine.travel(NOON + timedelta(seconds=62), tick=False):
        assert access.visible_among(pp, both) == {"X980003"}


# --- Pages

PAGES_OF_A_DRAFT = (
    "tasks",
    "resume",
    "risk_information",
    "risk_edit",
    "preview",
    "check_answers",
    "practitioner",
    "personal-details",
    "delete_draft",
)


def _draft_page(name: str, draft: Referral) -> str:
    return reverse(f"referrals:{name}", args=[draft.pk])


@pytest.mark.parametrize(
    ("crn", "message", "names"),
    [
        pytest.param("X980017", EXCLUDED, ("Hester", "Quarrington"), id="excluded"),
        pytest.param("X980018", access.NO_MESSAGE, ("Emrys", "Vaughan"), id="restricted"),
        pytest.param("X980019", access.NOT_SAID, ("Tamsin", "Gallowglass"), id="left out"),
    ],
)
def test_a_page_about_somebody_they_may_not_see_says_why_and_nothing_else(
    as_persona: AsPersona,
    personas: dict[str, User],
    page: Page,
    crn: str,
    message: str,
    names: tuple[str, ...],
) -> None:
    draft = a_draft(personas["pp.barred"], crn=crn)  # made before access was withdrawn
    client = as_persona("pp.barred")

    for name in PAGES_OF_A_DRAFT:
        refused = page(client, _draft_page(name, draft), status=403)

        assert message in _text(refused), name
        assert not [word for word in (*names, crn) if word in str(refused)], name
    events = AuditEvent.objects.filter(
        action=AuditAction.ACCESS_REFUSED, crn=crn, referral=draft.pk, facts__code="limited_access"
    )
    assert events.count() == len(PAGES_OF_A_DRAFT)


def test_a_page_shows_nothing_about_the_person_while_ndelius_is_silent(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_draft(personas["pp"], crn="X980001")
    client = as_persona("pp")
    _ndelius_goes_down()

    for name in PAGES_OF_A_DRAFT:
        silent = page(client, _draft_page(name, draft), status=503)

        assert "nDelius is not answering" in _text(silent), name
        assert not [word for word in ("Marlon", "Ashgrove", "X980001") if word in str(silent)], name


def test_what_is_typed_while_ndelius_is_silent_is_offered_back(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_draft(personas["pp"], crn="X980001")
    client = as_persona("pp")
    url = reverse("referrals:reason-for-referral", args=[draft.pk])
    fields = filled_in(page(client, url)) | {
        "reason_for_referral": "Typed in vain?",
        "further_information": "No.",
    }
    cache.clear()
    _ndelius_goes_down()

    page.post(client, url, fields, status=503)
    adapter.reset()

    again = page(client, url)
    assert "What you typed here earlier was not saved." in _text(again)
    assert again.find("textarea", {"name": "reason_for_referral"}).get_text().strip() == "Typed in vain?"


@pytest.mark.parametrize(
    ("minutes", "status"), [pytest.param(14, 200, id="14 minutes"), pytest.param(16, 503, id="16 minutes")]
)
def test_a_page_goes_on_with_an_answer_under_15_minutes_old(
    as_persona: AsPersona, personas: dict[str, User], page: Page, minutes: int, status: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        draft = a_draft(personas["pp"], crn="X980001")
        client = as_persona("pp")
        page(client, _draft_page("tasks", draft))
    _ndelius_goes_down()

    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        shown = page(client, _draft_page("tasks", draft), status=status)

    assert ("Marlon Ashgrove" in _text(shown)) is (status == 200)


def test_nothing_is_changed_about_somebody_they_may_not_see(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_draft(personas["pp.barred"], crn="X980017")
    client = as_persona("pp.barred")
    posts = {
        "risk_information": {"edit": "NO", "understood": "YES"},
        "risk_edit": {"do": "remove:suicide"},
        "risk_take_newer": {},
        "additional-needs": {"additional_needs": "Typed."},
        "refresh_person": {},
        "send": {},
        "delete_draft": {},
    }

    for name, fields in posts.items():
        page.post(client, _draft_page(name, draft), fields, status=403)

    after = Referral.objects.get(pk=draft.pk)
    assert (after.changed_at, after.additional_needs) == (draft.changed_at, None)
    assert {section.state for section in after.risk.in_order()} == {"UNREVIEWED"}


def test_the_crn_question_refuses_with_ndelius_message_before_anything_is_asked(
    as_persona: AsPersona, page: Page
) -> None:
    start = reverse("referrals:start", args=[Contract.objects.get(reference=ACCOMMODATION).pk])

    refused = page.post(as_persona("pp.barred"), start, {"crn": "x980017 "}, status=403)

    assert EXCLUDED in _text(refused)
    assert not adapter.state().calls("ndelius", "/details")


# --- Lists


def test_the_list_of_drafts_leaves_people_out_and_says_how_many(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    barred = personas["pp.barred"]
    a_draft(barred, crn="X980001")
    a_draft(barred, crn="X980017")
    client = as_persona("pp.barred")

    listed = page(client, reverse("referrals:drafts"))
    assert "1 draft is not shown" in _text(listed)
    assert "Ashgrove" in _text(listed)
    assert not [word for word in ("Quarrington", "X980017") if word in str(listed)]

    a_draft(barred, crn="X980018")
    assert "2 drafts are not shown" in _text(page(client, reverse("referrals:drafts")))


@pytest.mark.parametrize(
    ("minutes", "shown", "hidden"),
    [pytest.param(14, True, 0, id="14 minutes"), pytest.param(16, False, 1, id="16 minutes")],
)
def test_the_list_of_drafts_while_ndelius_is_down(
    as_persona: AsPersona, personas: dict[str, User], page: Page, minutes: int, shown: bool, hidden: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        a_draft(personas["pp"], crn="X980001")
        client = as_persona("pp")
        page(client, reverse("referrals:drafts"))
    _ndelius_goes_down()

    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        listed = _text(page(client, reverse("referrals:drafts")))

    assert ("Ashgrove" in listed) is shown
    assert ("1 draft is not shown" in listed) is bool(hidden)


def test_the_list_of_cases_leaves_people_out_and_says_how_many(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    a_sent_referral(personas["pp"], crn="X980001")
    hidden = a_sent_referral(personas["pp"], crn="X980017")
    Referral.objects.filter(pk=hidden.pk).update(created_by=personas["pp.barred"])
    shown = a_sent_referral(personas["pp"], crn="X980010")
    Referral.objects.filter(pk=shown.pk).update(created_by=personas["pp.barred"])

    listed = page(as_persona("pp.barred"), reverse("referrals:cases"))

    assert "1 case is not shown" in _text(listed)
    assert shown.reference in _text(listed)
    assert not [word for word in ("Quarrington", hidden.reference) if word in str(listed)]
    assert "X980001" not in str(listed)  # neither sent by them nor managed by them


def test_a_sent_case_of_somebody_they_may_not_see_is_refused(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    case = a_sent_referral(personas["pp"], crn="X980017")
    Referral.objects.filter(pk=case.pk).update(created_by=personas["pp.barred"])

    refused = page(as_persona("pp.barred"), reverse("referrals:case", args=[case.pk]), status=403)

    assert EXCLUDED in _text(refused)
    assert "Quarrington" not in str(refused)


@pytest.mark.slow
def test_the_cases_of_the_people_they_manage_are_listed_and_others_are_not(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    managed = a_sent_referral(personas["pp"], crn="X980022")  # J.ARKWRIGHT manages her
    other = a_sent_referral(personas["pp"], crn="X980001")
    client = as_persona("pp.colleague")

    listed = page(client, reverse("referrals:cases"))
    assert managed.reference in _text(listed)
    assert other.reference not in _text(listed)
    page(client, reverse("referrals:case", args=[managed.pk]))
    page(client, reverse("referrals:case", args=[other.pk]), status=404)


def test_the_suppliers_pages_do_not_depend_on_ndelius(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    case = a_sent_referral(personas["pp"], crn="X980010")
    access_asked = _access_calls()
    _ndelius_goes_down()
    supplier = as_persona("sp.caseworker")

    assert case.reference in _text(page(supplier, reverse("monitoring:all_cases")))
    page(supplier, reverse("monitoring:referral_details", args=[case.received_id]))
    assert _access_calls() == access_asked
