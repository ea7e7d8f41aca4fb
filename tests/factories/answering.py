"""Answers every question of a draft, as the demo does: through the actions once a worker, and copied from then on.

Answering means some twenty actions, each of which goes through the whole journey. What they leave behind is the same
for the same person, contract, author, day and texts, so it is remembered: columns of the draft, its services, and its
audit events. A test holds both ways against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from demo import referrals as demo
from events.models import AuditEvent
from referrals.models import ChosenService, Referral
from tests.factories.rows import set_on_each
from upstream_stub import adapter
from upstream_stub.people.everyone import PEOPLE


@dataclass(frozen=True, slots=True)
class _Left:
    """What answering left behind. Whatever of it tells a moment happened now."""

    columns: dict[str, Any]  # that are no longer as they were
    services: list[tuple[dict[str, Any], list[int]]]  # each with the keys of its outcomes
    events: list[dict[str, Any]]  # in order


_left: dict[tuple[Any, ...], _Left] = {}


def answer(draft: Referral, by: User, **texts: str) -> None:
    """Answer everything but risk. The row changes, not ``draft``."""
    contract = draft.contract
    categories = tuple(sorted(contract.contract_type.categories.values_list("pk", flat=True)))
    key = (
        draft.crn,
        contract.pk,
        categories,
        by.pk,
        by.display_name,
        timezone.localdate(),
        *sorted(texts.items()),
    )
    if adapter.state().faults or PEOPLE[draft.crn].faults:
        demo.answer(draft, by, **texts)  # not all of it may have worked
    elif key in _left:
        _write(_left[key], draft)
    else:
        before = _columns(Referral.objects.get(pk=draft.pk))
        events_before = set(_events(draft).values_list("pk", flat=True))
        demo.answer(draft, by, **texts)
        _left[key] = _read(draft, before, events_before)


def _read(draft: Referral, before: dict[str, Any], events_before: set[Any]) -> _Left:
    after = _columns(Referral.objects.get(pk=draft.pk))
    return _Left(
        {name: value for name, value in after.items() if value != before[name]},
        [
            (_columns(one, "id", "referral_id"), [*one.outcomes.values_list("pk", flat=True)])
            for one in ChosenService.objects.filter(referral=draft).order_by("pk")
        ],
        [
            _columns(one, "id", "referral")
            for one in _events(draft).exclude(pk__in=events_before).order_by("at")
        ],
    )


def _write(left: _Left, draft: Referral) -> None:
    set_on_each(Referral.objects.filter(pk=draft.pk), **_now(left.columns))
    for columns, outcomes in left.services:
        service, _ = ChosenService.objects.update_or_create(
            referral=draft, category_id=columns["category_id"], defaults=columns
        )
        service.outcomes.set(outcomes)
    AuditEvent.objects.bulk_create(AuditEvent(referral=draft.pk, **_now(one)) for one in left.events)


def _columns(row: Model, *but: str) -> dict[str, Any]:
    return {
        one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if one.attname not in but
    }


def _now(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: timezone.now() if isinstance(value, datetime) else value for name, value in columns.items()}


def _events(draft: Referral) -> Any:
    return AuditEvent.objects.filter(referral=draft.pk)
