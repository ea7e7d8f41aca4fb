"""A sent referral that follows other systems: what is written, what both sides read, who is told, and once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.disclosures.verifying import verify
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from interventions.models import Contract
from monitoring.actions.amend_referral import ChangedMeanwhile
from monitoring.actions.as_sent import as_sent
from monitoring.actions.follow_records import FromRecords, Source, follow_records
from monitoring.handover.acceptance import NotAcceptable
from monitoring.handover.contents import SharedCustody, SharedPerson
from monitoring.handover.seal import seal
from monitoring.models import Conclusion, ReceivedReferral, ReferralChange, Stage, Topic
from monitoring.rules.amendments import (
    Amendment,
    NewEstablishment,
    NewPersonalDetails,
    NewPractitioner,
    NewReleaseDate,
)
from monitoring.rules.personal_details import DETAILS
from monitoring.rules.shared_parts import PARTS
from tests.conftest import Page
from tests.factories.monitoring import a_person, received
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all

pytestmark = pytest.mark.django_db
IN_LEEDS = SharedCustody("A9812ZZ", "Leeds (HMP)", None, "Parole is open", "", "")


@pytest.fixture
def case(personas: dict[str, User]) -> ReceivedReferral:
    """Of somebody in custody, with a caseworker; the mobile number was kept back."""
    contract = Contract.objects.get(reference="DEMO_0001")
    person = a_person(mobile="", withheld=("mobile",))
    made = received(contract, person=person, location="CUSTODY", custody=IN_LEEDS)
    return assigned(made, to=personas["sp.caseworker"])


def _again(case: ReceivedReferral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.pk)


def _person(case: ReceivedReferral, **changes: Any) -> FromRecords:
    person: SharedPerson = replace(case.shared_person(), **changes)
    return FromRecords(Source.NDELIUS, NewPersonalDetails(person))


def _from_prison(amendment: Amendment) -> FromRecords:
    return FromRecords(Source.PRISON_RECORDS, amendment)


def test_both_sides_read_what_it_was_and_is_and_that_ndelius_changed_it(
    case: ReceivedReferral, as_persona: Callable[[str], Client], page: Page
) -> None:
    # Given a case, its seal, and the name that lists sort by
    sealed, before = seal(as_sent(case)), case.shared_person()

    # When nDelius has another surname, no address and another telephone number
    said = _person(case, last_name="Ångström-Moor", address_lines=(), no_fixed_abode=True, telephone="1")
    (change,) = follow_records(received=case, said=[said])

    # Then the row holds these and nothing else, and says so in the log
    after = _again(case).shared_person()
    assert after == replace(
        before, last_name="Ångström-Moor", address_lines=(), no_fixed_abode=True, telephone="1"
    )
    assert _again(case).person_sortable_name == "angstrom moor alex"
    assert change.before.splitlines() == [
        "Last name: River", "Last known address: 4 Rushy Glen, Durham, DH1 1AA", "Phone number: 0161 496 0000",
    ]  # fmt: skip
    assert change.after.splitlines() == [
        "Last name: Ångström-Moor", "Last known address: No fixed abode", "Phone number: 1"
    ]  # fmt: skip
    assert (change.by, change.by_name) == (None, "nDelius")
    assert change.reason == "Updated from nDelius: last name, last known address, phone number."

    # And the service provider reads it: in the log, on its page, and when
    client = as_persona("sp.caseworker")
    log = page(client, reverse("monitoring:changes", args=[case.pk])).get_text(" ")
    assert "Personal details" in log
    assert "nDelius" in log
    read = page(client, reverse("monitoring:referral_change", args=[case.pk, change.pk])).main.get_text(" ")
    assert "Phone number: 0161 496 0000" in read
    assert "probation practitioner" not in read.lower()
    details = page(client, reverse("monitoring:referral_details", args=[case.pk])).get_text(" ")
    assert "No fixed abode" in details
    assert "Updated from nDelius on" in details

    # And what was sent can still be proved, it is a disclosure of these parts, and audited without a word of it
    assert seal(as_sent(_again(case))) == sealed
    kind = DisclosureEvent.Kind.SHARED
    entry = DisclosureEvent.objects.filter(referral=case.pk, kind=kind).latest("number")
    assert (entry.shared, entry.by_name) == (["identity", "person.address", "person.telephone"], "nDelius")
    assert verify().faults == []
    event = AuditEvent.objects.get(action=AuditAction.REFERRAL_CHANGED)
    assert (event.user, event.facts) == (None, {"topic": "PERSONAL_DETAILS"})


@pytest.mark.parametrize(
    ("amendment", "source", "before", "after"),
    [
        pytest.param(NewEstablishment("Hull (HMP)"), Source.PRISON_RECORDS, "Leeds (HMP)", "Hull (HMP)", id="prison"),
        pytest.param(
            NewReleaseDate(date(2020, 1, 2), ""), Source.PRISON_RECORDS,
            "Not known\nWhy the release date is not known: Parole is open", "2 January 2020",
            id="a release date that has passed, where none was known",
        ),
        pytest.param(NewPractitioner("Carl Carr"), Source.NDELIUS, "Bernard", "name: Carl Carr", id="practitioner"),
    ],
)  # fmt: skip
def test_other_items_follow_too(
    case: ReceivedReferral, amendment: Amendment, source: Source, before: str, after: str
) -> None:
    sealed = seal(as_sent(case))

    (change,) = follow_records(received=case, said=[FromRecords(source, amendment)])

    assert before in change.before
    assert after in change.after
    assert change.by_name == source.value
    assert change.reason
    assert type(amendment).standing(_again(case)) == amendment
    assert seal(as_sent(_again(case))) == sealed


def test_the_caseworker_is_told_once_and_by_whom(case: ReceivedReferral, personas: dict[str, User]) -> None:
    deliver_all()
    mail.outbox.clear()
    said = [_person(case, telephone="1"), _from_prison(NewEstablishment("Hull (HMP)"))]

    assert len(follow_records(received=case, said=said)) == 2
    assert follow_records(received=_again(case), said=said) == [], "the same again"
    deliver_all()

    (email,) = mail.outbox
    assert email.to == [personas["sp.caseworker"].email]
    assert "One of your cases was updated from nDelius or prison records." in email.body
    assert reverse("monitoring:changes", args=[case.pk]) in email.body
    assert "Hull" not in email.body
    follow_records(received=_again(case), said=[_person(_again(case), telephone="2")])
    deliver_all()
    newest = ReferralChange.objects.unscoped().latest("at")
    assert reverse("monitoring:referral_change", args=[case.pk, newest.pk]) in mail.outbox[-1].body
    assert "A probation practitioner" not in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("case_is", "topics"),
    [
        pytest.param({}, {Topic.PERSONAL_DETAILS, Topic.ESTABLISHMENT}, id="open"),
        pytest.param({"end_requested_at": timezone.now()}, {Topic.PERSONAL_DETAILS}, id="ending"),
        pytest.param({"location": "COMMUNITY"}, {Topic.PERSONAL_DETAILS}, id="in the community"),
        pytest.param(
            {"stage": Stage.COMPLETED, "concluded_at": timezone.now(), "conclusion": Conclusion.COMPLETED}, set(),
            id="ended",
        ),
    ],
)  # fmt: skip
def test_what_cannot_change_any_more_is_left_out(
    case: ReceivedReferral, case_is: dict[str, Any], topics: set[Topic]
) -> None:
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(**case_is)

    changes = follow_records(
        received=case, said=[_person(case, telephone="1"), _from_prison(NewEstablishment("Hull (HMP)"))]
    )

    assert {change.topic for change in changes} == topics


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        pytest.param({"mobile": "07700 900001"}, NotAcceptable, id="what was kept back"),
        pytest.param({"telephone": "1" * 4001}, NotAcceptable, id="too long"),
    ],
)
def test_what_may_not_cross_changes_nothing(
    case: ReceivedReferral, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    entries = OutboxEntry.objects.count()

    with pytest.raises(refusal) as raised:
        follow_records(received=case, said=[_person(case, **wrong)])

    assert wrong[next(iter(wrong))] not in str(raised.value)
    assert _again(case).shared_person() == case.shared_person()
    assert not case.changes.exists()
    assert OutboxEntry.objects.count() == entries


def test_of_a_page_only_the_version_that_it_showed_is_replaced(
    case: ReceivedReferral, personas: dict[str, User]
) -> None:
    seen = NewEstablishment.standing(case).seen_as()
    new = replace(_from_prison(NewEstablishment("Hull (HMP)")), seen=seen)
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(establishment="York (HMP)")

    with pytest.raises(ChangedMeanwhile):
        follow_records(received=case, said=[new], by=personas["pp"])

    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(establishment="Leeds (HMP)")
    (change,) = follow_records(received=case, said=[new], by=personas["pp"])
    assert (change.by, change.by_name) == (personas["pp"], personas["pp"].display_name)


def test_every_detail_has_a_part_of_the_disclosure_record_and_every_field_a_detail() -> None:
    assert {detail.part for detail in DETAILS} <= PARTS.keys()
    named = {name for detail in DETAILS for name in detail.fields}
    assert named | {"pulled_at", "withheld"} == set(SharedPerson.__dataclass_fields__)
