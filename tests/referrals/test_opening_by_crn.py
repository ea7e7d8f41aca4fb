"""Opening the cases of a person by CRN: one reason, every sent referral of the person, and nobody they may not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from measurements.page_cost import statements_of
from monitoring.models import ReceivedReferral, Stage
from referrals.models import CaseOpening, Referral
from tests.conftest import Page
from tests.factories.monitoring_delivery import BUILDERS, again, assigned
from tests.factories.referrals import a_draft, a_sent_referral
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
OSKAR = "X980001"  # whom pp.colleague does not manage
REASON = {"reason": "I cover for a colleague."}


def _open(client: Client, page: Page, crn: str, *, status: int = 302) -> object:
    url = reverse("referrals:open_by_crn")
    return page.post(client, url, filled_in(page(client, url)) | {"crn": crn} | REASON, status=status)


def _same_person(case: Referral) -> str:
    return reverse("referrals:same_person", args=[case.pk])


def _offered(soup: BeautifulSoup) -> list[str]:
    """The addresses that the list leads to, in its order."""
    return [str(link["href"]) for link in soup.select("main tbody th a")]


def _address(case: Referral) -> str:
    return reverse("referrals:case", args=[case.pk])


@pytest.mark.slow
def test_one_reason_opens_every_referral_of_the_person(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    older = a_sent_referral(personas["pp"], crn=OSKAR, contract="DEMO_0001")
    assigned(ReceivedReferral.objects.unscoped().get(pk=older.received_id), to=personas["sp.caseworker"])
    newer = a_sent_referral(personas["pp"], crn=OSKAR, contract="DEMO_0002")
    a_draft(personas["pp"], crn=OSKAR)
    somebody_else = a_sent_referral(personas["pp"], crn="X980010")
    reader = as_persona("pp.colleague")

    _open(reader, page, OSKAR)
    listed = page(reader, _same_person(newer))

    assert _offered(listed) == [_address(newer), _address(older)]
    sent = listed.select_one("main table").select("tbody tr")
    first, second = (row.get_text(" ", strip=True) for row in sent)
    for case, stage, row in ((newer, "New", first), (older, "Assigned", second)):
        assert all(
            words in row for words in (case.contract.title, case.reference, case.contract.prime.name, stage)
        )
    for case in (newer, older):
        page(reader, _address(case))
        assert page(reader, _address(case)).find("a", href=_same_person(case))
    page(reader, _address(somebody_else), status=404)
    recorded = AuditEvent.objects.filter(
        action=AuditAction.CASE_OPENED_WITH_REASON, user=personas["pp.colleague"]
    )
    assert {event.referral for event in recorded} == {newer.pk, older.pk}


def test_the_form_leads_to_the_list_when_there_are_several_and_to_the_case_when_there_is_one(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    only = a_sent_referral(personas["pp"], crn="X980010")
    older = a_sent_referral(personas["pp"], crn=OSKAR)
    newer = a_sent_referral(personas["pp"], crn=OSKAR, contract="DEMO_0002")
    reader, url = as_persona("pp.colleague"), reverse("referrals:open_by_crn")

    assert reader.post(url, {"crn": "x980010"} | REASON)["Location"] == _address(only)
    assert reader.post(url, {"crn": OSKAR} | REASON)["Location"] == _same_person(newer)
    assert _offered(page(reader, _same_person(older))) == [_address(newer), _address(older)]


def test_the_reason_holds_for_twelve_hours(as_persona: SignIn, personas: dict[str, User], page: Page) -> None:
    older = a_sent_referral(personas["pp"], crn=OSKAR)
    own = a_sent_referral(personas["pp.colleague"], crn=OSKAR, contract="DEMO_0002")
    _open(as_persona("pp.colleague"), page, OSKAR)

    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
        reader = as_persona("pp.colleague")
        assert _offered(page(reader, _same_person(own))) == [_address(own)]
        page(reader, _same_person(older), status=404)


def test_without_a_reason_only_what_they_may_open_is_listed(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    theirs = a_sent_referral(personas["pp"], crn=OSKAR)
    own = a_sent_referral(personas["pp.colleague"], crn=OSKAR, contract="DEMO_0002")
    reader = as_persona("pp.colleague")

    assert _offered(page(reader, _same_person(own))) == [_address(own)]
    page(reader, _same_person(theirs), status=404)


def test_the_practitioner_of_the_person_sees_them_all(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    managed = a_sent_referral(personas["pp"], crn="X980022")  # J.ARKWRIGHT manages her
    own = a_sent_referral(personas["pp.colleague"], crn="X980022", contract="DEMO_0002")

    listed = page(as_persona("pp.colleague"), _same_person(own))

    assert _offered(listed) == [_address(own), _address(managed)]


def test_the_page_of_a_person_tells_what_happened_and_shows_ones_own_drafts_only(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    done = a_sent_referral(personas["pp"], crn=OSKAR)
    received = ReceivedReferral.objects.unscoped().get(pk=done.received_id)
    BUILDERS[Stage.COMPLETED](again(received))
    own, theirs = (a_draft(personas[key], crn=OSKAR) for key in ("pp", "pp.colleague"))
    client = as_persona("pp")

    told = page(client, reverse("referrals:person_of_draft", args=[own.pk]))

    assert "X980001" not in reverse("referrals:person_of_draft", args=[own.pk])
    steps = [row.select_one("td").get_text(strip=True) for row in told.select("table")[-1].select("tbody tr")]
    assert {*steps} == {
        "Completed", "End of service report submitted", "Delivery session took place", "Action plan submitted",
        "Supplier assessment took place", "Caseworker assigned", "Referral sent", "Draft referral started",
    }  # fmt: skip
    assert (
        steps.index("Completed") < steps.index("Action plan submitted") < steps.index("Caseworker assigned")
    )
    assert _offered(told) == [_address(done), reverse("referrals:resume", args=[own.pk])]
    assert str(theirs.pk) not in str(told)
    page(client, reverse("referrals:person_of_draft", args=[theirs.pk]), status=404)


def test_somebody_barred_from_the_person_opens_nothing(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    """X980017, from whom pp.barred is excluded: not by a reason, not from a case that they sent themselves."""
    a_sent_referral(personas["pp"], crn="X980017")
    own = a_sent_referral(personas["pp"], crn="X980017", contract="DEMO_0002")
    Referral.objects.filter(pk=own.pk).update(created_by=personas["pp.barred"])
    reader = as_persona("pp.barred")

    _open(reader, page, "X980017", status=403)
    refused = page(reader, _same_person(own), status=403)

    assert "Quarrington" not in str(refused)
    assert not CaseOpening.objects.exists()


def test_a_person_without_a_sent_referral_is_said_and_what_was_typed_stays(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    a_draft(personas["pp"], crn=OSKAR)
    client, url = as_persona("pp.colleague"), reverse("referrals:open_by_crn")

    again = page.post(client, url, {"crn": OSKAR} | REASON, status=422)

    assert "There are no sent referrals for this CRN" in again.get_text()
    assert REASON["reason"] in str(again.select_one("textarea"))


def test_the_list_costs_as_many_statements_for_one_referral_as_for_several(
    as_persona: SignIn, personas: dict[str, User]
) -> None:
    case = a_sent_referral(personas["pp"], crn=OSKAR)
    client = as_persona("pp")
    statements_of(client, _same_person(case))
    alone = len(statements_of(client, _same_person(case)))
    for contract in ("DEMO_0002", "DEMO_0001"):
        a_sent_referral(personas["pp"], crn=OSKAR, contract=contract)

    assert len(statements_of(client, _same_person(case))) == alone <= 12
