"""Cases whose retention period is over are blanked on both sides, once, and the record of disclosures still holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import JSONField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.disclosures.verifying import verify
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from monitoring.models import ReceivedReferral
from personal_records.actions.apply_retention import apply_retention
from personal_records.blanking import DELETED, LEFT, NO_DATE, STAYS, blanks_of
from personal_records.held import HELD, LABELS
from personal_records.models import RetentionHold, RetentionRule
from personal_records.reading import Person, rows_of
from referrals.models import Referral
from tests.factories.monitoring_work import delivered, reported_on
from tests.factories.referrals import a_sent_referral

CRN = "X980010"
Kind = RetentionRule.Kind


# --- What becomes of each table --------------------------------------------------------------------


def test_every_table_about_a_person_is_decided_about_once() -> None:
    assert STAYS.keys() | set(DELETED) | LEFT.keys() == LABELS
    assert len(STAYS) + len(DELETED) + len(LEFT) == len(LABELS)


@pytest.mark.parametrize("held", [held for held in HELD if held.label in STAYS], ids=lambda held: held.label)
def test_what_stays_is_there_and_the_rest_goes(held: Any) -> None:
    fields = {field.name: field for field in held.model._meta.concrete_fields}

    assert STAYS[held.label] <= fields.keys()
    assert blanks_of(held.model)
    assert not STAYS[held.label] & blanks_of(held.model).keys()
    assert "crn" not in fields or blanks_of(held.model)["crn"] == ""


# --- Blanking --------------------------------------------------------------------------------------


@pytest.fixture
def case(personas: dict[str, User]) -> ReceivedReferral:
    """A delivered case with something in every table, which ended 100 days ago; and one that ended yesterday."""
    case = delivered(_sent(personas["pp"]), personas["sp.caseworker"])
    _end(case, days=100)
    _end(reported_on(_sent(personas["pp"], crn="X980001"), personas["sp.caseworker"]), days=1)
    for received in ReceivedReferral.objects.unscoped():
        OutboxEntry.objects.create(
            kind="tests.told", key=str(received.pk), referral=received.pk, state="DELIVERED"
        )
    return case


def _sent(by: User, *, crn: str = CRN) -> ReceivedReferral:
    sent = a_sent_referral(by, crn=crn)
    assert sent.received is not None
    return sent.received


def _end(case: ReceivedReferral, *, days: int) -> None:
    ended = timezone.now() - timedelta(days=days)
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(
        concluded_at=ended, conclusion="COMPLETED", end_comments="They moved to Harrowgate."
    )


def _rule(kind: str = Kind.CASE, *, days: int = 90, is_on: bool = True) -> RetentionRule:
    return RetentionRule.objects.create(kind=kind, days=days, is_on=is_on)


def _texts(person: Person) -> set[str]:
    """Whatever of the person's rows is going to be blanked, and long enough to be looked for."""
    found = set()
    for held in HELD:
        if held.label in STAYS:
            names = [
                name
                for name in blanks_of(held.model)
                if not isinstance(held.model._meta.get_field(name), JSONField)
            ]
            for row in rows_of(held, person).values_list(*names):
                found |= {value for value in row if isinstance(value, str) and len(value) > 3}
    return found - {"Accommodation"}  # a need that is called as a service is


def _everything(person: Person) -> str:
    return "\n".join(str(row) for held in HELD for row in rows_of(held, person).values())


def test_a_case_is_blanked_on_both_sides_and_nothing_of_the_person_is_left(
    case: ReceivedReferral, as_persona: Callable[[str], Client]
) -> None:
    _rule()
    person = Person.with_crn(CRN)
    texts = _texts(person)
    assert len(texts) > 40
    referral = Referral.objects.get(received=case)
    (planned,) = apply_retention(now=timezone.now(), dry_run=True)
    assert _texts(person) == texts

    (done,) = apply_retention(now=timezone.now())

    assert done == planned
    assert (
        [*apply_retention(now=timezone.now())] == [*apply_retention(now=timezone.now(), dry_run=True)] == []
    )
    left = _everything(person)
    assert [text for text in texts if text in left] == []
    case = ReceivedReferral.objects.unscoped().get(pk=case.pk)
    assert (case.person_date_of_birth, case.person_name, case.person_sortable_name) == (
        NO_DATE,
        "Details deleted",
        "",
    )
    assert case.reference == referral.reference
    assert not AuditEvent.objects.filter(crn=CRN).exists()
    assert not DisclosureEvent.objects.filter(crn=CRN).exists()
    assert DisclosureEvent.objects.filter(referral=case.pk).exists()

    # The record still holds, and says what is gone.
    assert (verify().wrong, verify().blanked) == (0, DisclosureEvent.objects.filter(referral=case.pk).count())

    for persona, address in (
        ("sp.caseworker", reverse("monitoring:progress", args=[case.pk])),
        ("sp.caseworker", reverse("monitoring:referral_details", args=[case.pk])),
        ("pp", reverse("referrals:case", args=[referral.pk])),
    ):
        gone = as_persona(persona).get(address)
        assert gone.status_code == 410, address
        assert "The details of this case were deleted" in gone.content.decode()
    assert as_persona("sp.caseworker").get(reverse("monitoring:all_cases")).status_code == 200


def test_the_command_says_before_what_it_does_and_then_does_it(case: ReceivedReferral) -> None:
    _rule()
    _rule(Kind.MESSAGES, days=1)

    def said(**options: Any) -> str:
        out = StringIO()
        call_command("apply_retention", stdout=out, **options)
        return out.getvalue()

    before = said(dry_run=True)
    assert OutboxEntry.objects.filter(kind="tests.told").count() == 2

    assert said() == before
    assert f"{case.reference}: Delete all personal details of the case" in before
    assert CRN not in before
    assert not OutboxEntry.objects.filter(kind="tests.told").exists()
    assert AuditEvent.objects.filter(action=AuditAction.RETENTION_APPLIED, referral=case.pk).count() == 3
    assert said() == ""


def test_an_administrator_sees_what_a_rule_would_delete_before_switching_it_on(
    case: ReceivedReferral, as_persona: Callable[[str], Client]
) -> None:
    admin, form = as_persona("admin"), {"kind": Kind.CASE, "days": "90", "authority": "Policy 7", "_save": "Save"}

    preview = admin.post(reverse("admin:personal_records_retentionrule_add"), form, follow=True).content.decode()

    assert "This rule is switched off" in preview
    assert case.reference in preview
    assert "Cases: 1<" in preview
    assert CRN not in preview
    rule = RetentionRule.objects.get()
    assert not rule.is_on
    RetentionRule.objects.update(is_on=True)
    assert [applied.reference for applied in apply_retention(now=timezone.now())] == [case.reference]
    page = admin.get(reverse("admin:personal_records_retentionrule_preview", args=[rule.pk])).content.decode()
    assert "There is no case that this rule would delete tonight" in page


@pytest.mark.parametrize("days", [None, 0])
def test_a_rule_without_days_is_not_switched_on(as_persona: Callable[[str], Client], days: int | None) -> None:
    form = {"kind": Kind.CASE, "days": "" if days is None else days, "is_on": "on", "_save": "Save"}

    page = as_persona("admin").post(reverse("admin:personal_records_retentionrule_add"), form).content.decode()

    assert "Enter a number of days before you switch the rule on." in page or days == 0
    assert not RetentionRule.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRule.objects.create(kind=Kind.CASE, days=days, is_on=True)


def test_a_preview_costs_the_same_for_many_cases(
    case: ReceivedReferral, as_persona: Callable[[str], Client]
) -> None:
    rule, admin = _rule(days=1, is_on=False), as_persona("admin")
    place = reverse("admin:personal_records_retentionrule_preview", args=[rule.pk])
    ReceivedReferral.objects.unscoped().update(concluded_at=timezone.now())

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(place).status_code == 200
        return len(asked)

    statements()
    none = statements()
    ReceivedReferral.objects.unscoped().update(concluded_at=timezone.now() - timedelta(days=9))
    assert none <= statements() <= none + 1  # the rows, which a list without any does not ask for


@pytest.mark.parametrize("why", ["the rule is off", "a hold", "too early", "still open"])
def test_nothing_is_blanked(why: str, case: ReceivedReferral, personas: dict[str, User]) -> None:
    _rule(is_on=why != "the rule is off", days=400 if why == "too early" else 90)
    if why == "a hold":
        RetentionHold.objects.create(crn=CRN, reason="A claim.", placed_by=personas["admin"])
    if why == "still open":
        ReceivedReferral.objects.unscoped().update(concluded_at=None, conclusion="")

    assert [*apply_retention(now=timezone.now())] == []
    assert not ReceivedReferral.objects.unscoped().filter(person_last_name="").exists()


def test_a_hold_is_placed_and_lifted_in_somebodys_name_and_no_history_has_the_crn(
    as_persona: Callable[[str], Client], personas: dict[str, User]
) -> None:
    admin, placed = as_persona("admin"), {"crn": CRN, "reason": "A claim."}
    admin.post(reverse("admin:personal_records_retentionhold_add"), placed)
    hold = RetentionHold.objects.get(crn=CRN)
    lift = {"action": "lift", "_selected_action": [hold.pk]}

    for _ in range(2):
        admin.post(reverse("admin:personal_records_retentionhold_changelist"), lift)

    history = LogEntry.objects.filter(object_id=str(hold.pk)).order_by("pk")
    assert [entry.get_change_message() for entry in history] == ["Added.", "Lifted."]
    assert {entry.user for entry in history} == {personas["admin"]}
    assert CRN not in " ".join(history.values_list("object_repr", flat=True))
    audited = AuditEvent.objects.filter(crn=CRN, user=personas["admin"]).order_by("at")
    assert [*audited.values_list("action", flat=True)] == ["retention.hold_placed", "retention.hold_lifted"]
