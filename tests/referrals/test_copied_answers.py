"""Drafts in tests are answered through the actions once and copied from then on: a copy is what the actions leave."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from accounts.models import User
from events.models import AuditEvent
from referrals.models import Referral
from tests.factories import answering
from tests.factories.referrals import a_draft
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

TEXTS = {"reason_for_referral": "Needs help with a budget."}


@pytest.fixture
def pp(personas: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(answering, "_left", {})
    return personas["pp"]


@pytest.mark.parametrize(("crn", "contract"), [("X980010", "DEMO_0001"), ("X980017", "DEMO_0002")])
def test_a_copy_is_what_the_actions_leave(pp: User, crn: str, contract: str) -> None:
    drafts = [a_draft(pp, crn=crn, contract=contract) for _ in range(2)]
    for draft in drafts:
        answering.answer(draft, pp, **TEXTS)

    through_actions, copied = (_rows(draft) for draft in drafts)

    assert copied == through_actions
    assert copied["draft"]["reason_for_referral"] == TEXTS["reason_for_referral"]
    assert len(copied["events"]) > 15
    assert all(outcomes for _, outcomes in copied["services"])
    assert len(answering._left) == 1


def test_other_texts_are_answered_anew(pp: User) -> None:
    first, second = a_draft(pp), a_draft(pp)
    answering.answer(first, pp)
    answering.answer(second, pp, **TEXTS)

    assert Referral.objects.get(pk=second.pk).reason_for_referral == TEXTS["reason_for_referral"]


def test_nothing_is_remembered_of_a_day_on_which_a_system_fails(pp: User) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="oasys"))
    answering.answer(a_draft(pp), pp)

    assert answering._left == {}


def _rows(draft: Referral) -> dict[str, Any]:
    """All that answering writes, but for keys and moments."""
    draft = Referral.objects.get(pk=draft.pk)
    return {
        "draft": _columns(draft),
        "services": [
            (_columns(one), [*one.outcomes.order_by("pk").values_list("pk", flat=True)])
            for one in draft.services.all()
        ],
        "events": [
            _columns(one) for one in AuditEvent.objects.filter(referral=draft.pk).order_by("at", "pk")
        ],
    }


def _columns(row: Model) -> dict[str, Any]:
    keys = ("id", "form_key", "risk_id", "referral_id", "referral")
    moments = {"DateTimeField"}
    return {
        one.attname: getattr(row, one.attname) is None
        if one.get_internal_type() in moments
        else getattr(row, one.attname)
        for one in row._meta.concrete_fields
        if one.attname not in keys
    }
