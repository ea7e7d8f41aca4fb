"""nDelius makes one record of two: the case of the old CRN says so, and its practitioner gives it the new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.crn_changes.models import CrnChange
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from monitoring.models import ReceivedReferral
from referrals.actions import compare_sent
from referrals.actions.correct_crn_of_case import REASON, correct_crn_of_case
from referrals.actions.crn_not_found import crn_not_found
from referrals.actions.open_case import open_cases
from referrals.models import CaseCheck, Referral
from referrals.pulls.people_to_ask import Claimed, due
from referrals.tasks import compare_open_cases
from tests.conftest import Page
from tests.factories.merged import NEW, OLD, a_case_merged_since, a_draft_merged_since, as_shown, corrected
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import case_details

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
GONE = f"nDelius no longer has CRN {OLD}. It may have been merged with another record."


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    """With a caseworker, sent and told to nDelius while it had the CRN."""
    with adapter.state().before_the_merge(OLD):
        sent = a_case_merged_since(personas["pp"])
        assigned(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), to=personas["sp.caseworker"])
        deliver_all()
    mail.outbox.clear()
    return sent


def _words(page: BeautifulSoup) -> str:
    return " ".join(page.select_one("main").get_text(" ").split())


def _urls(case: Referral) -> tuple[str, str, str]:
    names = ("referrals:case_progress", "referrals:enter_crn", "referrals:check_crn")
    progress, enter, check = (reverse(name, args=[case.pk]) for name in names)
    return progress, enter, check


@pytest.mark.slow
def test_the_practitioner_gives_their_case_the_new_number(
    as_persona: SignIn, page: Page, case: Referral, personas: dict[str, User]
) -> None:
    client, (progress, enter, check) = as_persona("pp"), _urls(case)
    draft = a_draft_merged_since(personas["pp"])

    # Given that nDelius has nobody of the CRN any more, every page of the case says so
    shown = page(client, progress)
    assert GONE in _words(shown)
    assert shown.select_one("#gone a")["href"] == enter
    assert GONE in _words(page(client, reverse("referrals:case", args=[case.pk])))

    deliver_all()
    assert [email.to for email in mail.outbox] == [["patience.okonjo@example.com"]], "they are told once"
    mail.outbox.clear()

    # When the practitioner enters the new one, they see whom nDelius has under it
    answers = filled_in(page(client, enter))
    answer = client.post(enter, answers | {"crn": "x 980021"})
    assert answer["Location"] == check
    shown = page(client, check)
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in shown.select("tbody tr")
    ]
    assert rows == [
        ["CRN", OLD, NEW],
        ["Full name", "Ravi Sundaram-Pike", "Ravi Sundaram-Pike"],
        ["Date of birth", "12 December 1987", "12 December 1987"],
    ]
    assert "This is the same person" not in _words(shown)

    # Then the case has it, and their draft, and the service provider; and the notice is gone
    answer = client.post(check, filled_in(shown))
    assert answer["Location"] == progress
    shown = page(client, progress)
    assert f"This person’s CRN is now {NEW}." in _words(shown)
    assert GONE not in _words(shown)
    assert NEW in shown.select_one(".rm-person").get_text()
    assert Referral.objects.get(pk=draft.pk).crn == NEW
    change = CrnChange.objects.get()
    assert (change.by, change.source, change.reason) == (
        personas["pp"],
        CrnChange.Source.PRACTITIONER,
        REASON,
    )
    logged = ReceivedReferral.objects.unscoped().get(key=case.pk).changes.get()
    words = _words(page(client, reverse("referrals:case_change", args=[case.pk, logged.pk])))
    assert all(crn in words for crn in (OLD, NEW))
    deliver_all()
    assert [email.to for email in mail.outbox] == [[personas["sp.caseworker"].email]]
    assert OLD not in mail.outbox[0].body + mail.outbox[0].subject

    # And pressing twice changes nothing
    assert client.post(check, {"seen": "x"})["Location"] == progress
    assert CrnChange.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("", "Enter a CRN", id="nothing"),
        pytest.param("X98", "Enter a CRN in the correct format", id="no CRN"),
        pytest.param(OLD, "The new CRN must be different from the old CRN", id="the one it has"),
        pytest.param("X989998", "No person with this CRN was found in nDelius", id="nobody"),
        pytest.param("X980129", "nDelius could not answer because of a fault", id="nDelius fails"),
    ],
)
def test_a_number_that_cannot_be_used_says_why(
    as_persona: SignIn, page: Page, case: Referral, typed: str, said: str
) -> None:
    client, (_, enter, _) = as_persona("pp"), _urls(case)

    shown = page.post(client, enter, filled_in(page(client, enter)) | {"crn": typed}, status=422)

    assert said in _words(shown)
    assert shown.select_one("input[name=crn]").get("value", "") == typed


def test_somebody_else_has_to_be_confirmed(
    as_persona: SignIn, page: Page, case: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, (progress, enter, check) = as_persona("pp"), _urls(case)
    renamed = case_details(NEW, "Ravi", "Sundaram", "1987-12-12", "Male")
    monkeypatch.setitem(PEOPLE, NEW, replace(PEOPLE[NEW], case=renamed))  # type: ignore[index]
    client.post(enter, filled_in(page(client, enter)) | {"crn": NEW})

    shown = page(client, check)
    assert "This is the same person, although the name is different" in _words(shown)
    refused = page.post(client, check, filled_in(shown), status=422)
    assert "Confirm that this is the same person, or enter a different CRN" in _words(refused)
    assert not CrnChange.objects.exists()

    # Nor is somebody confirmed whom the page did not show
    answers = filled_in(refused) | {"same_person": "YES"}
    another = case_details(NEW, "Rav", "Sunder", "1987-12-12", "Male")
    monkeypatch.setitem(PEOPLE, NEW, replace(PEOPLE[NEW], case=another))  # type: ignore[index]
    assert "Check them again" in _words(page.post(client, check, answers, status=409))
    assert not CrnChange.objects.exists()

    shown = page(client, check)
    assert "Rav Sunder" in _words(shown)
    assert client.post(check, filled_in(shown) | {"same_person": "YES"})["Location"] == progress
    assert CrnChange.objects.get().differences == ["name"]


def test_where_nothing_fits_only_an_administrator_can_confirm_it(
    as_persona: SignIn, page: Page, case: Referral, personas: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nDelius has of another person would reach the service provider with the next daily comparison."""
    # Given a page that showed a person with another name
    client, (_, enter, check) = as_persona("pp"), _urls(case)
    renamed = case_details(NEW, "Ravi", "Sundaram", "1987-12-12", "Male")
    monkeypatch.setitem(PEOPLE, NEW, replace(PEOPLE[NEW], case=renamed))  # type: ignore[index]
    client.post(enter, filled_in(page(client, enter)) | {"crn": NEW})
    answers = filled_in(page(client, check)) | {"same_person": "YES"}

    # When nDelius has another date of birth as well
    other = case_details(NEW, "Ravi", "Sundaram", "1990-01-02", "Male")
    monkeypatch.setitem(PEOPLE, NEW, replace(PEOPLE[NEW], case=other))  # type: ignore[index]

    # Then there is nothing to confirm, whatever is sent
    for answer in (client.get(check), client.post(check, answers)):
        shown = assert_page(answer, status=409)
        assert "ask an administrator of this service to change the CRN" in _words(shown)
        assert "2 January 1990" in _words(shown)
        assert shown.select_one("main form") is None
        assert shown.select_one(f"main a[href='{enter}']") is not None
    with pytest.raises(Refused) as refused:
        correct_crn_of_case(
            referral=case, new=NEW, seen=as_shown(), confirmed=["name", "date_of_birth"], by=personas["pp"]
        )
    assert refused.value.code == "somebody_else"
    assert not CrnChange.objects.exists()


def test_the_new_number_of_a_person_they_may_not_see_is_refused_in_ndelius_words(
    as_persona: SignIn, page: Page, case: Referral
) -> None:
    """Asked for the new CRN (decision A2), and before anything of that person is shown."""
    client, (_, enter, check) = as_persona("pp"), _urls(case)
    barred = {"crn": NEW, "userExcluded": True, "userRestricted": False, "exclusionMessage": "Ask Ann."}
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/access$", crn=NEW, status=200, body={"access": [barred]})
    )

    refused = page.post(client, enter, filled_in(page(client, enter)) | {"crn": NEW}, status=403)

    assert "Ask Ann." in _words(refused)
    assert "Sundaram" not in _words(refused)
    assert client.get(check)["Location"] == enter, "nothing was kept"


@pytest.mark.parametrize(
    ("who", "crn", "status"),
    [
        pytest.param("pp.colleague", NEW, 403, id="who opened the case with a reason"),
        pytest.param("pp.colleague", "X980022", 302, id="who manages the person of the new CRN"),
        pytest.param("pp", NEW, 302, id="who sent it"),
    ],
)
def test_it_is_for_the_practitioner_of_the_case(
    as_persona: SignIn, page: Page, case: Referral, personas: dict[str, User], who: str, crn: str, status: int
) -> None:
    open_cases(crn=OLD, by=personas["pp.colleague"], reason="I was asked about it.")
    client, (_, enter, _) = as_persona(who), _urls(case)

    answer = client.post(enter, filled_in(page(client, enter)) | {"crn": crn})

    assert answer.status_code == status
    if status == 403:
        assert "Ask the probation practitioner of this case." in _words(assert_page(answer, 403))


def test_nothing_is_offered_while_ndelius_has_the_number(
    as_persona: SignIn, page: Page, case: Referral
) -> None:
    client, (progress, enter, _) = as_persona("pp"), _urls(case)
    crn_not_found(OLD, at=timezone.now())
    assert GONE in _words(page(client, progress))

    with adapter.state().before_the_merge(OLD):  # it is back: the records were separated again
        cache.clear()
        refused = page(client, enter, status=403)
        assert f"nDelius still has CRN {OLD}" in _words(refused)
        assert GONE not in _words(page(client, progress))


@pytest.mark.slow
def test_what_the_daily_comparison_finds_is_on_every_page_of_the_case(
    as_persona: SignIn, page: Page, case: Referral, personas: dict[str, User]
) -> None:
    client, progress = as_persona("pp"), _urls(case)[0]
    details = reverse("referrals:case", args=[case.pk])
    assert GONE not in _words(page(client, details))

    compare_open_cases()

    for url in (progress, details):
        assert GONE in _words(page(client, url))
    corrected(personas["admin"])
    for url in (progress, details):
        assert "no longer has CRN" not in _words(page(client, url))
    assert NEW in due(timezone.now(), 10), "compared anew"
    compare_open_cases()
    assert CaseCheck.objects.get(referral=case).not_found_at is None


def test_what_was_asked_about_the_old_number_is_not_kept_under_the_new_one(
    case: Referral, personas: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison asked before the correction, and writes after it."""
    ask = compare_sent.ask_after_sending

    def asked_before(crn: str, **how: bool) -> object:
        said = ask(crn, **how)
        corrected(personas["admin"])
        return said

    monkeypatch.setattr(compare_sent, "ask_after_sending", asked_before)
    compare_sent.compare_person(Claimed(OLD, timezone.now()))

    assert not CaseCheck.objects.filter(referral=case).exists()
    assert not AuditEvent.objects.filter(action=AuditAction.CRN_NOT_FOUND).exists()


@pytest.mark.slow
def test_what_was_entered_stays_for_each_case_whatever_is_entered_for_another(
    as_persona: SignIn, page: Page, case: Referral, personas: dict[str, User]
) -> None:
    """In another tab, or because nDelius has nobody of the new CRN any more, or does not answer."""
    with adapter.state().before_the_merge(OLD):
        other = a_sent_referral(personas["pp"], crn=OLD)
    client, (_, enter, check), (_, enter_other, _) = as_persona("pp"), _urls(case), _urls(other)
    client.post(enter, filled_in(page(client, enter)) | {"crn": NEW})
    answers = filled_in(page(client, check))
    client.post(enter_other, filled_in(page(client, enter_other)) | {"crn": "X980022"})

    for status, said in ((404, "No person with this CRN was found"), (503, "so we cannot check the new CRN")):
        adapter.state().faults = [Fault(Effect.STATUS, path_regex="/details$", crn=NEW, status=status)]
        assert client.post(check, answers)["Location"] == enter
        shown = page(client, enter)
        assert said in _words(shown)
        assert shown.select_one("input[name=crn]")["value"] == NEW
    assert not CrnChange.objects.exists()

    adapter.state().faults = []
    assert client.post(check, answers)["Location"] == _urls(case)[0]
    assert CrnChange.objects.get().new_crn == NEW


@pytest.mark.slow
def test_ndelius_is_silent(as_persona: SignIn, page: Page, case: Referral) -> None:
    client, (progress, enter, _) = as_persona("pp"), _urls(case)
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/details$|/responsible-officer$", status=503)
    )

    assert GONE not in _words(page(client, progress)), "silence is no answer"
    shown = page(client, enter)
    assert "so we cannot check the old CRN" in _words(shown)
    typed = page.post(client, enter, filled_in(shown) | {"crn": NEW}, status=422)
    assert "so we cannot check the old CRN" in _words(typed)
    assert typed.select_one("input[name=crn]")["value"] == NEW
    assert not CrnChange.objects.exists()


def test_a_correction_meanwhile_is_not_overwritten(
    as_persona: SignIn, page: Page, case: Referral, personas: dict[str, User]
) -> None:
    client, (_, enter, check) = as_persona("pp"), _urls(case)
    client.post(enter, filled_in(page(client, enter)) | {"crn": NEW})
    answers = filled_in(page(client, check))
    a_draft_merged_since(personas["pp"])

    assert "Check them again." in _words(page.post(client, check, answers, status=409))
    corrected(personas["admin"])

    assert client.post(check, answers)["Location"] == reverse("referrals:case_progress", args=[case.pk])
    assert CrnChange.objects.get().by == personas["admin"]
