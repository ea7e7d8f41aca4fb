"""Referrals in tests are made through the actions once and copied from then on: a copy is what the actions leave."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import AutoField, Model

from accounts.models import User
from encryption.models import ReferralKey
from events.disclosures.verifying import verify
from events.models import AuditAction, AuditEvent
from monitoring.handover.seal import seal
from referrals.actions.send_referral import send_referral
from referrals.models import Referral
from risk import redaction
from tests.factories import copies
from tests.factories.referrals import a_declared_draft, a_sent_referral, an_answered_draft
from tests.referrals.test_branches import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

Make = Callable[..., Referral]
MAKERS: dict[str, Make] = {
    "answered": an_answered_draft,
    "declared": a_declared_draft,
    "sent": a_sent_referral,
    "in custody": lambda by, *, contract, **_: filled_in(by, "B: practitioner, custody", contract),
    "none yet": lambda by, *, contract, **_: filled_in(by, "C: none yet, releasing", contract),
}
TEXTS = {"reason_for_referral": "Needs help with a budget."}
SEALS = ("reference", "handover_hash", "hash", "canonical")  # other for each; tests below hold them
AN_ID_OR_HASH = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<='hash': ')[0-9a-f:]{64,73}")
A_TIME = re.compile(r"\b\d{1,2}(:\d\d)?(am|pm)\b")


@pytest.fixture
def pp(personas: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(copies, "_left", {})
    return personas["pp"]


@pytest.mark.parametrize(("crn", "contract"), [("X980010", "DEMO_0001"), ("X980017", "DEMO_0004")])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_copy_is_what_the_actions_leave(pp: User, make: Make, crn: str, contract: str) -> None:
    through_actions, copied = (added(lambda: make(pp, crn=crn, contract=contract, **TEXTS)) for _ in range(2))

    assert copied == through_actions
    assert len(copied[AuditEvent]) > 15
    assert len(copied[Referral]) == 1


def test_a_copied_draft_can_be_sent(pp: User) -> None:
    a_declared_draft(pp)
    sent = send_referral(draft=a_declared_draft(pp), by=pp)

    assert sent.received is not None
    assert redaction.standing_declaration(sent.risk) is not None


def test_a_copy_is_sealed_as_what_it_is(pp: User) -> None:
    first, second = a_sent_referral(pp), a_sent_referral(pp)
    assert first.received is not None
    assert second.received is not None
    shares = [one.received.current_share() for one in (first, second) if one.received]

    assert shares[0].handover_hash != shares[1].handover_hash
    assert shares[1].handover_hash == seal(second.received.as_handover(shares[1]))
    assert first.reference != second.reference


def test_the_disclosure_record_of_a_copy_holds(pp: User) -> None:
    for _ in range(2):
        a_sent_referral(pp)

    found = verify()

    assert found.entries == 2
    assert not found.faults


def test_moments_of_a_copy_follow_each_other_as_they_did(pp: User) -> None:
    orders = []
    for _ in range(2):
        sent = a_sent_referral(pp)
        events = AuditEvent.objects.filter(referral__in=[sent.pk, sent.received_id]).order_by("at")
        orders.append([event.action for event in events])

    assert orders[0] == orders[1]
    assert orders[1][-1] == AuditAction.REFERRAL_SENT


@pytest.mark.parametrize("changed", ["text", "author", "contract"])
def test_whatever_decides_what_is_left_is_asked_about(pp: User, changed: str) -> None:
    first = a_sent_referral(pp)
    if changed == "author":
        pp.last_name = "Newname"
        pp.save()
    if changed == "contract":
        first.contract.title = "Another title"
        first.contract.save()
    a_sent_referral(pp, **(TEXTS if changed == "text" else {}))

    assert len([key for key in copies._left if key.startswith("('sent'")]) == 2


@pytest.mark.slow
def test_nothing_is_remembered_of_a_day_on_which_a_system_fails(pp: User) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="oasys"))
    an_answered_draft(pp)

    assert copies._left == {}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_copied_where_it_is_committed(pp: User) -> None:
    an_answered_draft(pp)

    assert copies._left == {}


def added(make: Callable[[], object]) -> dict[type[Model], list[Any]]:
    """The rows that there are more of afterwards, of any table, without keys and moments."""
    before = {model: set(_keys(model)) for model in apps.get_models(include_auto_created=True)}
    make()
    added = {
        model: [row for row in model._base_manager.all() if row.pk not in there]
        for model, there in before.items()
    }
    return {model: sorted(map(_said, rows), key=repr) for model, rows in added.items() if rows}


def _keys(model: type[Model]) -> Any:
    return model._base_manager.values_list("pk", flat=True)


def _said(row: Model) -> dict[str, Any]:
    """What a row says, of which order it is in its table."""
    if isinstance(row, ReferralKey):
        return {}
    added: dict[str, Any] = {}
    for one in row._meta.concrete_fields:
        value = getattr(row, one.attname)
        refers_to_added = one.remote_field and one.remote_field.model in copies.COPIED
        if isinstance(one, AutoField) or refers_to_added or isinstance(value, UUID):
            added[one.attname] = value is not None
        elif isinstance(value, datetime):
            added[one.attname] = _moment(value)
        elif one.name in SEALS:
            added[one.attname] = len(value)
        else:
            added[one.attname] = A_TIME.sub("TIME", AN_ID_OR_HASH.sub("ID", repr(value)))
    return added


def _moment(value: datetime) -> str:
    """Moments of today differ between two ways; those that a system told are the same."""
    return value.isoformat() if value.date() < datetime.now(tz=value.tzinfo).date() else "now"
