"""A practitioner changes what they sent, item by item: both sides read from what, to what, why and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from govuk.template_filters import date
from integrations.establishments import establishments
from interventions.models import ProbationOffice
from monitoring.actions.as_sent import as_sent
from monitoring.handover.seal import seal
from monitoring.models import ReceivedReferral, ReferralChange, Topic
from monitoring.rules.shared_parts import PART_OF
from referrals.cases.amend_forms import FORMS
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=40)
REASON = "The court said so <b>twice</b> & once more."


@dataclass(frozen=True)
class Change:
    """One item: what is typed, and how it reads before (where the test made it so) and after."""

    item: str
    topic: Topic
    typed: dict[str, Any] | Callable[[], dict[str, Any]]
    after: str
    before: str = ""
    is_of_a_service: bool = False
    is_offered: tuple[str, int] = field(default=("", 0))  # name of radios or boxes, and which one is taken


def _day(name: str) -> dict[str, Any]:
    return {f"{name}_day": SOON.day, f"{name}_month": SOON.month, f"{name}_year": SOON.year}


def _office(name: str) -> Callable[[], dict[str, Any]]:
    def typed() -> dict[str, Any]:
        office = ProbationOffice.objects.in_use().get(name=_an_office())
        return {name: str(office.register_id), "office_is": "OFFICE"}

    return typed


def _an_office() -> str:
    return ProbationOffice.objects.in_use().order_by("name")[0].name


CHANGES = [
    Change("completion-date", Topic.COMPLETION_DATETIME, _day("completion_date"), date(SOON)),
    Change("enforceable-days", Topic.MAXIMUM_ENFORCEABLE_DAYS, {"enforceable_days": "39"}, "39"),
    Change(
        "complexity-level", Topic.COMPLEXITY_LEVEL, {}, "High complexity",
        is_of_a_service=True, is_offered=("complexity_level", -1),
    ),
    Change("desired-outcomes", Topic.DESIRED_OUTCOMES, {}, "", is_of_a_service=True, is_offered=("outcomes", -1)),
    Change("additional-needs", Topic.ADDITIONAL_INFORMATION, {"additional_needs": ""}, "Not provided"),
    Change("accessibility-needs", Topic.ACCESSIBILITY_NEEDS, {"accessibility_needs": "A ramp"}, "A ramp"),
    Change(
        "interpreter", Topic.INTERPRETER_REQUIRED, {"needs_interpreter": "YES", "interpreter_language": "Welsh"},
        "Yes Interpreter language: Welsh",
    ),
    Change(
        "responsibilities", Topic.RESPONSIBILITIES,
        {"has_responsibilities": "YES", "when_unavailable": "Night shifts"},
        "Yes When they are unavailable: Night shifts",
    ),
    Change("diversity", Topic.DIVERSITY, {"diversity": "Ramadan"}, "Ramadan"),
    Change("reason-for-referral", Topic.REASON_FOR_REFERRAL, {"reason_for_referral": "A home"}, "A home"),
    Change("further-information", Topic.FURTHER_INFORMATION, {"further_information": "A dog"}, "A dog"),
    Change("establishment", Topic.ESTABLISHMENT, {}, "", is_offered=("establishment", -1)),
    Change(
        "expected-release-date", Topic.RELEASE_DATE,
        {"release": "UNKNOWN", "release_date_unknown_reason": "Parole is open"},
        "Not known Why the release date is not known: Parole is open", date(SOON),
    ),
    Change(
        "expected-probation-office", Topic.EXPECTED_OFFICE, _office("expected_office"), "",
        "Not known Why the probation office is not known: No address",
    ),
    Change("practitioner-name", Topic.PRACTITIONER_NAME, {"practitioner_name": "Pat Wood"}, "Pat Wood"),
    Change(
        "practitioner-email-address", Topic.PRACTITIONER_EMAIL, {"practitioner_email": "p.w@justice.gov.uk"},
        "p.w@justice.gov.uk",
    ),
    Change(
        "practitioner-phone-number", Topic.PRACTITIONER_PHONE, {"practitioner_phone": "01632 960999"},
        "01632 960999",
    ),
    Change(
        "practitioner-probation-office", Topic.PRACTITIONER_OFFICE, _office("practitioner_office"), "",
    ),
    Change(
        "team-phone-number", Topic.TEAM_PHONE, {"practitioner_team_phone": "01632 960998"}, "01632 960998"
    ),
]  # fmt: skip


def test_every_item_that_can_be_changed_is_told() -> None:
    assert {change.item: change.topic for change in CHANGES} == {
        slug: form.amended.topic for slug, form in FORMS.items()
    }


@pytest.mark.slow
def test_each_item_is_changed_and_both_sides_read_it(
    as_persona: Callable[[str], Client], personas: dict[str, User], page: Page
) -> None:
    # Given a sent referral of somebody in custody, whose page offers to change each item
    referral = a_sent_referral(personas["pp"])
    case = _in_custody(referral)
    sealed = seal(case.as_handover())
    practitioner, supplier = as_persona("pp"), as_persona("sp.caseworker")
    details = page(practitioner, reverse("referrals:case", args=[referral.pk]))
    offered = {str(link["href"]).rpartition("/")[2]: str(link["href"]) for link in details.select("dl a")}
    assert set(offered) >= {change.item for change in CHANGES}

    for change in CHANGES:
        address = offered[change.item]
        form = page(practitioner, address)

        # When they save it as it stands and without a reason, then both are said, and nothing is changed
        refused = page.post(practitioner, address, filled_in(form), status=422)
        said = refused.select_one(".govuk-error-summary").get_text(" ", strip=True)
        assert "Enter why you are changing this" in said, change.item
        assert "This is what the referral says now." in said, change.item

        # When they change it, say why, and press the button twice
        typed = _filled(form, change) | {"reason": REASON}
        page.post(practitioner, address, typed)
        page.post(practitioner, address, typed)

        # Then it is changed once, and the change log has from what, to what, why (as typed), and by whom
        kept = ReferralChange.objects.unscoped().get(received=case, topic=change.topic)
        assert kept.before != kept.after
        single = reverse("monitoring:referral_change", args=[case.pk, kept.pk])
        said = " ".join(page(supplier, single).main.get_text(" ").split())
        assert f"After {change.after or ' '.join(kept.after.split())}" in said, change.item
        assert f"Before {change.before}" in said, change.item
        assert f"Reason {REASON} Changed by {personas['pp'].display_name}" in said, change.item

    # Then both sides read the same log, and the service provider’s page has the new values
    ours = page(practitioner, reverse("referrals:case_changes", args=[referral.pk])).main
    theirs = page(supplier, reverse("monitoring:changes", args=[case.pk])).main
    assert ours.table.get_text() == theirs.table.get_text()
    newest = " ".join(ours.select_one("tbody tr").get_text(" ").split())
    assert newest.startswith(CHANGES[-1].topic.label)
    words = " ".join(page(supplier, reverse("monitoring:referral_details", args=[case.pk])).main.get_text(" ").split())
    for kept in ReferralChange.objects.unscoped().filter(received=case):
        for line in kept.after.splitlines():
            assert line.rpartition(": ")[2] in words, kept.topic

    # And the caseworker is told without a word of it; audit and disclosure record know the items by their names
    emails = OutboxEntry.objects.filter(kind="email.referral_changed")
    keys = {str(key) for key in ReferralChange.objects.unscoped().values_list("pk", flat=True)}
    assert {(*email.payload.items(),) for email in emails} == {(("change", key),) for key in keys}
    events = AuditEvent.objects.filter(action=AuditAction.REFERRAL_CHANGED)
    assert sorted(event.facts["topic"] for event in events) == sorted(change.topic for change in CHANGES)
    disclosed = DisclosureEvent.objects.filter(referral=case.pk, reason="Referral changed")
    assert sorted(part for entry in disclosed for part in entry.shared) == sorted(
        PART_OF[change.topic] for change in CHANGES
    )

    # And what was sent can still be put together, to the letter
    case.refresh_from_db()
    assert seal(case.as_handover()) != sealed
    assert seal(as_sent(case)) == sealed


def _in_custody(referral: Referral) -> ReceivedReferral:
    rows = ReceivedReferral.objects.unscoped().filter(pk=referral.received_id)
    rows.update(
        location="CUSTODY", establishment=establishments().known[0].name, release_date=SOON,
        expected_office_unknown_reason="No address", practitioner_email="a.practitioner@justice.gov.uk",
    )  # fmt: skip
    return rows.get()


def _filled(form: Any, change: Change) -> dict[str, Any]:
    fields = filled_in(form)
    name, place = change.is_offered
    if name:
        offered = [
            one["value"] for one in form.select(f"[name={name}], select[name={name}] option") if one.get("value")
        ]
        fields[name] = offered[place]
    return fields | (change.typed() if callable(change.typed) else change.typed)
