"""What happened on the referrals of one person, in one line of time: sent, the key steps, the end. Not their texts.

Reads the supplier's rows for dates only; must not know any page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Value

from monitoring.models import ActionPlan, Appointment, Assignment, EndOfServiceReport, ReceivedReferral
from monitoring.models.appointments import Purpose
from referrals.cases.case_pages import received_of
from referrals.models import Referral

#: Kinds of steps that are read from the supplier's rows.
STEPS = {
    "assigned": "Caseworker assigned",
    "assessment": "Supplier assessment took place",
    "session": "Delivery session took place",
    "plan": "Action plan submitted",
    "report": "End of service report submitted",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened on a referral, when, and on which."""

    at: datetime
    words: str
    referral: Referral


def time_line(cases: Iterable[Referral], drafts: Iterable[Referral]) -> list[Step]:
    """Everything that happened on these, the newest first. One statement, however many there are."""
    sent = {received_of(case).pk: case for case in cases}
    steps = [Step(draft.created_at, "Draft referral started", draft) for draft in drafts]
    for received, kind, at in _read(sent):
        steps.append(Step(at, STEPS[kind], sent[received]))
    for case in sent.values():
        steps.extend(_of_the_case(case, received_of(case)))
    return sorted(steps, key=lambda step: (step.at, step.words), reverse=True)


def _of_the_case(case: Referral, received: ReceivedReferral) -> Iterator[Step]:
    assert case.sent_at is not None
    yield Step(case.sent_at, "Referral sent", case)
    if received.end_requested_at is not None:
        yield Step(received.end_requested_at, "Referral withdrawn or closed early", case)
    if received.concluded_at is not None:
        yield Step(received.concluded_at, received.get_conclusion_display(), case)


def _read(of: Iterable[UUID]) -> Iterator[tuple[UUID, str, datetime]]:
    """Received referral, kind of step and time."""
    cases = [*of]
    held = Appointment.objects.unscoped().happened().filter(received__in=cases)
    rows = [
        _steps(held.filter(purpose=Purpose.ASSESSMENT), "assessment", "starts_at"),
        _steps(held.filter(purpose=Purpose.SESSION), "session", "starts_at"),
        _steps(Assignment.objects.unscoped().filter(received__in=cases), "assigned", "assigned_at"),
        _steps(ActionPlan.objects.unscoped().filter(received__in=cases).submitted(), "plan", "submitted_at"),
        _steps(
            EndOfServiceReport.objects.unscoped().filter(received__in=cases).submitted(),
            "report",
            "submitted_at",
        ),
    ]
    return iter(rows[0].union(*rows[1:], all=True))


def _steps(rows: QuerySet[Any], kind: str, when: str) -> QuerySet[Any, tuple[UUID, str, datetime]]:
    return rows.order_by().annotate(kind=Value(kind), at=F(when)).values_list("received", "kind", "at")
