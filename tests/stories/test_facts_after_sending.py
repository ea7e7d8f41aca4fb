"""Facts stay true after sending: what both sides read by then, and what the practitioner decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from monitoring.actions.as_sent import as_sent
from monitoring.handover.seal import seal
from monitoring.models import Conclusion, ReceivedReferral, Stage
from referrals.models import CaseCheck, Referral
from tests.conftest import Page
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.referrals.records import CARL, Records, compare, received_of
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NEW_MOBILE, NEW_ADDRESS = "07700 900123", "9 Sorrel Yard"


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Records:
    return Records(monkeypatch)


@pytest.fixture
def case(personas: dict[str, User], records: Records) -> Referral:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    assigned(received_of(sent), to=personas["sp.caseworker"])
    deliver_all()
    mail.outbox.clear()
    return sent


@pytest.fixture
def practitioner(as_persona: SignIn, page: Page, case: Referral) -> Callable[..., BeautifulSoup]:
    """A function that opens one of the practitioner's pages of the case."""
    client = as_persona("pp")
    return lambda name="case", **kwargs: page(client, reverse(f"referrals:{name}", args=[case.pk]), **kwargs)


@pytest.fixture
def provider(as_persona: SignIn, page: Page, case: Referral) -> Callable[..., BeautifulSoup]:
    """The same of the service provider's."""
    client = as_persona("sp.caseworker")
    return lambda name="referral_details": page(
        client, reverse(f"monitoring:{name}", args=[case.received_id])
    )


def waiting(case: Referral) -> list[str]:
    """The names of what waits for the practitioner."""
    return [*CaseCheck.objects.get(referral=case).waiting]


def _words(page: BeautifulSoup, selector: str = "main") -> str:
    part = page.select_one(selector)
    return " ".join(part.get_text(" ").split()) if part else ""


Opens = Callable[..., BeautifulSoup]


def test_a_new_mobile_number_reaches_the_service_provider_without_anybody_retyping_it(
    case: Referral, records: Records, practitioner: Opens, provider: Opens, personas: dict[str, User]
) -> None:
    # Given a sent referral, and nDelius that has another mobile number by now
    records.person = {"mobile": NEW_MOBILE}

    # When the scheduler's task comes to this person
    compare(case)
    deliver_all()

    # Then both read the new number, and in the change log from what to what, and that nDelius changed it
    for details, log in (
        (practitioner("case"), practitioner("case_changes")),
        (provider(), provider("changes")),
    ):
        assert NEW_MOBILE in _words(details)
        assert "Updated from nDelius on" in _words(details)
        assert "Updated from nDelius: mobile number." in _words(log)
        assert "A probation practitioner" not in _words(log)
    # And the caseworker is told once, without a word of it
    (email,) = mail.outbox
    assert email.to == [personas["sp.caseworker"].email]
    assert NEW_MOBILE not in email.body
    # And there is nothing for the practitioner to decide
    assert not _words(practitioner("case"), "#records")


@pytest.mark.slow
def test_of_a_person_who_became_limited_access_the_practitioner_decides_detail_by_detail(
    case: Referral, records: Records, practitioner: Opens, provider: Opens, as_persona: SignIn, page: Page,
    personas: dict[str, User],
) -> None:  # fmt: skip
    # Given a sent referral, and nDelius that limits who may see the person, who has moved
    sealed, before = seal(as_sent(received_of(case))), received_of(case).shared_person()
    records.is_limited = True
    records.person = {"mobile": NEW_MOBILE, "address_lines": (NEW_ADDRESS,)}

    # When the task comes to this person
    compare(case)
    deliver_all()

    # Then nothing reaches the service provider, who is told nothing
    assert received_of(case).shared_person() == before
    read = _words(provider()) + _words(provider("changes")) + _words(provider("progress"))
    assert "nDelius limits" not in read
    assert NEW_MOBILE not in read
    # And the practitioner is told of both, and reads which details, and no value
    assert {tuple(email.to) for email in mail.outbox} == {(received_of(case).practitioner_email,)}
    assert len(mail.outbox) == 2
    for name in ("case", "case_progress"):
        shown = _words(practitioner(name), "#records")
        assert "nDelius limits who can see this person’s record" in shown
        assert "Mobile number" in shown
        assert NEW_MOBILE not in shown
    home = page(as_persona("pp"), reverse("referrals:home"))
    assert "Details that changed in nDelius or prison records" in _words(home)

    # When they look at both values, and update the mobile number alone, pressed twice
    decide = reverse("referrals:case_records", args=[case.pk])
    shown_both = practitioner("case_records")
    assert NEW_ADDRESS in _words(shown_both)
    assert "Only update what the service provider needs" in _words(shown_both)
    client = as_persona("pp")
    page.post(client, decide, {**filled_in(shown_both), "take": []}, status=422)
    for _ in range(2):
        page.post(client, decide, {**filled_in(shown_both), "take": ["person.mobile"]})

    # Then the service provider reads that, and not where they live
    assert NEW_MOBILE in _words(provider())
    assert NEW_ADDRESS not in _words(provider())
    (change,) = received_of(case).changes.all()
    assert (change.by, change.after) == (personas["pp"], f"Mobile number: {NEW_MOBILE}")
    assert seal(as_sent(received_of(case))) == sealed
    # And the address waits until they decide to keep what is shared; then it does no more, until it changes again
    assert waiting(case) == ["person.address"]
    page.post(client, decide, {**filled_in(practitioner("case_records")), "keep": "yes"})
    for day in (1, 2):
        compare(case, day=day)
        assert waiting(case) == []
    records.is_limited = False
    compare(case, day=3)
    assert NEW_ADDRESS not in _words(provider()), "it was decided to keep what is shared"
    records.person["address_lines"] = ("1 Quarry Hill",)
    compare(case, day=4)
    assert waiting(case) == ["person.address"]
    decided = AuditEvent.objects.filter(action=AuditAction.RECORDS_DECIDED, referral=case.pk).order_by("at")
    assert [event.facts for event in decided] == [{"taken": 1, "kept": 0}, {"taken": 0, "kept": 1}]


def test_what_changes_while_the_page_is_open_is_not_taken_unseen(
    case: Referral, records: Records, practitioner: Opens, as_persona: SignIn, page: Page
) -> None:
    records.is_limited, records.person = True, {"mobile": NEW_MOBILE}
    compare(case)
    fields = {**filled_in(practitioner("case_records")), "take": ["person.mobile"]}

    records.person = {"mobile": "07700 900999"}
    again = page.post(as_persona("pp"), reverse("referrals:case_records", args=[case.pk]), fields, status=409)

    assert "The details have changed since you opened this page" in _words(again, "body")
    assert not received_of(case).changes.exists()


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param({"take": ["person.mobile"]}, id="updates"),
        pytest.param({"keep": "yes"}, id="keeps"),
    ],
)
def test_a_decision_that_could_not_be_saved_says_so(
    case: Referral, records: Records, practitioner: Opens, as_persona: SignIn, page: Page,
    decision: dict[str, Any],
) -> None:  # fmt: skip
    records.is_limited, records.person = True, {"mobile": NEW_MOBILE}
    compare(case)
    client, url = as_persona("pp"), reverse("referrals:case_records", args=[case.pk])
    fields = filled_in(practitioner("case_records")) | decision

    records.is_silent("person")
    shown = page.post(client, url, fields, status=409)
    assert "nDelius is not answering" in _words(shown, "body")
    assert "your decision has not been saved" in _words(shown, "body")
    assert waiting(case) == ["person.mobile"]

    # Once nDelius answers again, the same form is accepted, and pressing twice is no error
    records.failing.clear()
    for _ in range(2):
        page.post(client, url, fields)
        assert waiting(case) == []
    assert "There are no changes for you to check" in _words(practitioner("case_records"))


def test_a_new_practitioner_becomes_the_contact_and_one_typed_by_hand_is_only_offered(
    case: Referral, records: Records, practitioner: Opens, provider: Opens, personas: dict[str, User]
) -> None:
    # Given a case whose contact is the one that nDelius named, and one whose contact was typed by hand
    by_hand = a_sent_referral(personas["pp"], crn="X980001")
    ReceivedReferral.objects.unscoped().filter(pk=by_hand.received_id).update(
        practitioner_name="Dora Dell", practitioner_email="dora.dell@justice.gov.uk"
    )

    # When nDelius names another
    records.officer = CARL
    compare(case)
    mail.outbox.clear()
    deliver_all()

    # Then they are the contact of the first, who is told, and the other is offered
    assert "Carl Carr" in _words(provider())
    assert received_of(by_hand).practitioner_name == "Dora Dell"
    assert waiting(by_hand) == ["practitioner"]
    assert CARL["email"] in {email.to[0] for email in mail.outbox}
    assert "dora.dell@justice.gov.uk" in {email.to[0] for email in mail.outbox}


def test_changing_it_by_hand_decides_about_what_the_records_have(
    case: Referral, records: Records, practitioner: Opens, as_persona: SignIn, page: Page
) -> None:
    # Given a contact who was typed by hand, and another whom nDelius names
    ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(
        practitioner_name="Dora Dell", practitioner_email="dora.dell@justice.gov.uk"
    )
    records.officer = CARL
    compare(case)
    assert waiting(case) == ["practitioner"]
    assert "Probation practitioner" in _words(practitioner("case"), "#records")

    # When the practitioner changes the contact by hand once more
    address = reverse("referrals:change_case", args=[case.pk, "practitioner-name"])
    typed = {"practitioner_name": "Dora Dale", "reason": "Her name"}
    page.post(as_persona("pp"), address, {**filled_in(page(as_persona("pp"), address)), **typed})

    # Then nothing waits any more, today or tomorrow
    assert not _words(practitioner("case"), "#records")
    compare(case, day=1)
    assert waiting(case) == []


def test_a_practitioner_who_has_left_is_noticed_and_stays_the_contact(
    case: Referral, records: Records, practitioner: Opens, provider: Opens
) -> None:
    name = received_of(case).practitioner_name
    records.officer = None

    compare(case)

    assert name in _words(provider())
    assert "Probation practitioner: nDelius names no one" in _words(practitioner("case"), "#records")
    assert "No probation practitioner in nDelius" in _words(practitioner("case_records"))


@pytest.mark.parametrize("says", ["nobody", "nothing"])
def test_without_an_answer_the_case_says_so_and_blanks_nothing(
    case: Referral, records: Records, practitioner: Opens, provider: Opens, says: str
) -> None:
    before = received_of(case).shared_person()
    if says == "nobody":
        records.has_nobody()
    else:
        records.is_silent("access", "person", "officer")
    compare(case)
    records.failing.pop("access", None)

    assert received_of(case).shared_person() == before
    shown = _words(practitioner("case"))
    expected = {
        "nobody": "nDelius no longer has CRN",
        "nothing": "nDelius did not answer when we checked on",
    }
    assert expected[says] in shown
    assert expected[says] not in _words(provider())
    cache.clear()
    assert "No action needed" not in _words(practitioner("case_records"))


def test_once_the_case_has_ended_nothing_is_shown_or_decided(
    case: Referral, records: Records, practitioner: Opens, personas: dict[str, User]
) -> None:
    records.is_limited, records.person = True, {"mobile": NEW_MOBILE}
    compare(case)
    ended: dict[str, Any] = {"stage": Stage.CANCELLED, "conclusion": Conclusion.CANCELLED}
    ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(
        **ended, concluded_at=timezone.now() - timedelta(days=1)
    )

    assert not _words(practitioner("case"), "#records")
    assert "This referral has ended" in _words(practitioner("case_records", status=403), "body")
    deliver_all()
    assert mail.outbox == [], "and nobody is told to look"
