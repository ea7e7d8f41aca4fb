"""Drafts belong to their author: several at once, saved page by page, resumed with fresh details, deleted for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Gone, Refused
from referrals.actions.delete_draft import delete_draft
from referrals.actions.send_referral import send_referral
from referrals.models import ChosenService, KeptText, Referral
from risk.actions import change_section as changing
from risk.models import RiskInformation, RiskSection, RiskSnapshot, SectionChange
from tests.conftest import Page
from tests.factories.referrals import a_declared_draft, a_draft, an_answered_draft
from tests.stories.referring import Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
NOON = datetime(2026, 6, 3, 12, 0, tzinfo=ZoneInfo("Europe/London"))
DRAFTS = "/probation-practitioner/drafts/"


@pytest.fixture(autouse=True)
def _without_waiting(settings: Settings) -> None:
    settings.UPSTREAM_BACKOFF = 0


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def _text(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _people(page: BeautifulSoup) -> list[str]:
    return [row.get_text(" ", strip=True).split(" X98")[0] for row in page.select("tbody th")]


# --- The list


def test_the_list_shows_their_drafts_last_changed_first(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    with time_machine.travel(NOON, tick=False):
        first = a_draft(personas["pp"], crn="X980001")
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        a_draft(personas["pp"], crn="X980002")
        a_draft(personas["pp.colleague"], crn="X980003")
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        changing_page = Practitioner(as_persona("pp"), str(first.pk))
        changing_page.answer("additional-needs", additional_needs="More.")

        listed = page(as_persona("pp"), DRAFTS)

    assert _people(listed) == ["Marlon Ashgrove", "Ivy Penhallow"]
    assert "Rafferty" not in _text(listed)


def test_an_empty_list_says_so(as_persona: AsPersona, page: Page) -> None:
    assert "You have no draft referrals." in _text(page(as_persona("pp"), DRAFTS))


def test_a_long_list_has_pages(as_persona: AsPersona, pp: User, page: Page) -> None:
    for _ in range(21):
        a_draft(pp, crn="X980001")

    client = as_persona("pp")
    assert len(_people(page(client, DRAFTS))) == 20
    assert len(_people(page(client, f"{DRAFTS}?page=2"))) == 1
    assert len(_people(page(client, f"{DRAFTS}?page=x"))) == 20
    assert len(_people(page(client, f"{DRAFTS}?page=99"))) == 1


@pytest.mark.slow
def test_drafts_are_sorted_and_searched_as_the_lists_of_cases_are(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    """Marlon Ashgrove's is the oldest. What was typed stands in no address."""
    for hour, (whose, crn) in enumerate(
        [("pp", "X980001"), ("pp", "X980002"), ("pp", "X980010"), ("pp.colleague", "X980003")]
    ):
        with time_machine.travel(NOON + timedelta(hours=hour), tick=False):
            a_draft(personas[whose], crn=crn)
    client = as_persona("pp")
    marlon, ivy, kezia = "Marlon Ashgrove", "Ivy Penhallow", "Kezia Brackenridge"
    last_changed_first = [kezia, ivy, marlon]

    for asked, people in {
        "": last_changed_first,
        "?sort=name": sorted(last_changed_first, key=lambda name: name.split()[-1]),
        "?sort=-name": sorted(last_changed_first, key=lambda name: name.split()[-1], reverse=True),
        "?sort=changed": [marlon, ivy, kezia],
        "?sort=reference": last_changed_first,  # which a draft does not have
    }.items():
        assert _people(page(client, f"{DRAFTS}{asked}")) == people, asked
        page(client, f"{DRAFTS}?sort=")  # which is remembered

    for terms, people in {
        "x980 002": [ivy],
        "hallow  IVY": [ivy],
        "ashgrové": [marlon],
        "X980003": [],
        "KW5219ED": [],
    }.items():
        answer = client.post(DRAFTS, {"terms": terms})
        assert answer["Location"] == f"{DRAFTS}?search=1"
        found = page(client, answer["Location"])
        assert _people(found) == people, terms
        assert f"{len(people)} draft{'' if len(people) == 1 else 's'} found for" in _text(found)
    assert _people(page(client, DRAFTS)) == last_changed_first

    short = page.post(client, DRAFTS, {"terms": "a"}, status=422)
    assert "Enter at least 2 letters of the name" in _text(short)


def test_a_search_of_drafts_leads_to_matching_cases(as_persona: AsPersona, pp: User, page: Page) -> None:
    sent = send_referral(draft=a_declared_draft(pp, crn="X980001"), by=pp)
    client = as_persona("pp")

    client.post(DRAFTS, {"terms": sent.reference})

    assert "Show 1 case in Open cases" in _text(page(client, f"{DRAFTS}?search=1"))


def test_sent_referrals_are_no_drafts(as_persona: AsPersona, pp: User, page: Page) -> None:
    send_referral(draft=a_declared_draft(pp, crn="X980001"), by=pp)

    assert "You have no draft referrals." in _text(page(as_persona("pp"), DRAFTS))


# --- Going on with one


def test_resuming_pulls_the_details_again_and_leads_to_the_first_unanswered_question(
    as_persona: AsPersona, pp: User, page: Page
) -> None:
    draft = a_draft(pp, crn="X980001")
    Referral.objects.filter(pk=draft.pk).update(first_name="Earlier", mobile="")
    client = as_persona("pp")

    resumed = client.get(f"{DRAFTS}{draft.pk}/resume")

    assert resumed["Location"] == f"{DRAFTS}{draft.pk}/allocation"
    assert "Marlon Ashgrove" in _text(page(client, resumed["Location"]))
    after = Referral.objects.get(pk=draft.pk)
    assert (after.first_name, after.mobile) == ("Marlon", "07700 900001")
    assert after.person_pulled_at > draft.person_pulled_at


def test_resuming_a_complete_draft_leads_to_check_your_answers(
    as_persona: AsPersona, pp: User, page: Page
) -> None:
    draft = a_declared_draft(pp, crn="X980001")
    client = as_persona("pp")

    resumed = client.get(f"{DRAFTS}{draft.pk}/resume")

    assert resumed["Location"] == f"{DRAFTS}{draft.pk}/check-answers"
    page(client, resumed["Location"])


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        pytest.param(
            lambda: Fault(Effect.STATUS, path_regex="/details$", status=503),
            "nDelius is not answering",
            id="down",
        ),
        pytest.param(
            lambda: Fault(Effect.STATUS, path_regex="/details$", status=404),
            "nDelius no longer has this CRN",
            id="merged away",
        ),
    ],
)
def test_resuming_goes_on_with_what_was_pulled_last(
    as_persona: AsPersona, pp: User, page: Page, fault: Callable[[], Fault], says: str
) -> None:
    draft = a_draft(pp, crn="X980001")
    others = Referral.objects.filter(pk=draft.pk).values(
        *(
            field.attname
            for field in Referral._meta.concrete_fields
            if field.name != "practitioner_in_ndelius"
        )
    )
    before = others.get()
    client = as_persona("pp")
    adapter.state().faults.append(fault())

    tasks = page(client, client.get(f"{DRAFTS}{draft.pk}/resume")["Location"])

    assert says in _text(tasks)
    assert "the last time we checked" in _text(tasks)
    assert others.get() == before


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (503, "OASys cannot be reached, so we could not check for newer risk information."),
        (403, "You do not have permission to see this person’s OASys record, so we could not check"),
        (200, ""),
    ],
)
def test_resuming_says_when_oasys_could_not_be_asked_whether_it_changed(
    as_persona: AsPersona, pp: User, page: Page, status: int, says: str
) -> None:
    draft, client = a_declared_draft(pp, crn="X980001"), as_persona("pp")
    if says:
        adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/risks/crn/", status=status))

    shown = _text(page(client, client.get(f"{DRAFTS}{draft.pk}/resume")["Location"]))

    assert says in shown
    assert ("could not check for newer" in shown) == bool(says)
    assert "newer OASys" not in shown


def test_details_are_pulled_again_on_demand(as_persona: AsPersona, pp: User, page: Page) -> None:
    draft = a_draft(pp, crn="X980001")
    Referral.objects.filter(pk=draft.pk).update(last_name="Earlier")
    client = as_persona("pp")

    shown = page(client, client.post(f"{DRAFTS}{draft.pk}/refresh")["Location"])

    assert "We got the latest personal details from nDelius" in _text(shown)
    assert Referral.objects.get(pk=draft.pk).last_name == "Ashgrove"


def test_a_draft_keeps_what_was_answered(as_persona: AsPersona, pp: User) -> None:
    practitioner = Practitioner(as_persona("pp"), str(a_draft(pp, crn="X980001").pk))
    practitioner.answer("additional-needs", additional_needs="Reads slowly.")

    again = Practitioner(as_persona("pp"), practitioner.draft_id)
    box = again.open(again.address("additional-needs")).select_one("textarea")

    assert box is not None
    assert box.get_text().strip() == "Reads slowly."


# --- Deleting


def test_deleting_asks_first_and_then_deletes_everything(as_persona: AsPersona, pp: User, page: Page) -> None:
    # Given two drafts with everything that a draft can have
    drafts = [an_answered_draft(pp, crn=crn) for crn in ("X980001", "X980010")]
    for draft in drafts:
        changing.edit_section(risk=draft.risk, key="suicide", text="Mine.", by=pp)
        KeptText.objects.create(referral=draft, user=pp, path=f"/{draft.pk}", fields={"text": ["Typed."]})
    client = as_persona("pp")
    url = f"{DRAFTS}{drafts[0].pk}/delete"

    # When one of them is to be deleted, then nothing happens before it is confirmed
    assert "You cannot undo this" in _text(page(client, url))
    assert Referral.objects.count() == 2

    # And then nothing of it is left, and all of the other one
    listed = page(client, client.post(url)["Location"])
    assert "The draft referral was deleted." in _text(listed)
    left = [drafts[1].pk]
    assert [draft.pk for draft in Referral.objects.all()] == left
    assert [risk.pk for risk in RiskInformation.objects.all()] == left
    for rows in (
        RiskSnapshot.objects.values_list("risk_id", flat=True),
        RiskSection.objects.values_list("risk_id", flat=True),
        SectionChange.objects.values_list("section__risk_id", flat=True),
        KeptText.objects.values_list("referral_id", flat=True),
        ChosenService.objects.values_list("referral_id", flat=True),
    ):
        assert set(rows) == set(left)
    assert AuditEvent.objects.filter(action=AuditAction.DRAFT_DELETED, referral=drafts[0].pk).count() == 1
    page(client, f"{DRAFTS}{drafts[0].pk}/", status=404)


def test_only_the_author_deletes_a_draft(personas: dict[str, User]) -> None:
    draft = a_draft(personas["pp"], crn="X980001")

    with pytest.raises(Refused):
        delete_draft(draft=draft, by=personas["pp.colleague"])
    assert Referral.objects.exists()


def test_what_was_sent_is_not_deleted(pp: User) -> None:
    referral = send_referral(draft=a_declared_draft(pp, crn="X980001"), by=pp)

    with pytest.raises(Gone):
        delete_draft(draft=referral, by=pp)
    assert Referral.objects.get().sent_at is not None


def test_a_draft_deleted_in_another_tab_is_not_found(as_persona: AsPersona, pp: User, page: Page) -> None:
    draft = a_draft(pp, crn="X980001")
    client = as_persona("pp")
    url = reverse("referrals:additional-needs", args=[draft.pk])
    page(client, url)
    delete_draft(draft=draft, by=pp)

    page.post(client, url, {"additional_needs": "Too late."}, status=404)


def test_a_draft_says_when_it_was_last_changed(as_persona: AsPersona, pp: User, page: Page) -> None:
    with time_machine.travel(NOON, tick=False):
        draft = a_draft(pp, crn="X980001")
        listed = _text(page(as_persona("pp"), DRAFTS))

    assert "3 June 2026" in listed
    assert "delete a draft 90 days after you last change it" in listed
    assert timezone.localtime(draft.changed_at).hour == 12
