"""Action plans in words, for either side. Must not know any address, or how the page looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from govuk.template_filters import date, plural
from monitoring.access.staff_names import People
from monitoring.actions.write_end_of_service_report import outcomes_ever_of
from monitoring.models import ActionPlan, PlanChangeRequest, ReceivedReferral


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One activity. ``name`` tells it from the others, for links: "activity 2"."""

    id: UUID
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class OutcomeCard:
    """A desired outcome and the activities towards it."""

    category: str
    outcome: str
    activities: tuple[ActivityLine, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One version of an action plan."""

    number: int
    status: str
    tone: str
    sessions: str
    submitted: str
    submitted_by: str
    is_in_force: bool
    outcomes: tuple[OutcomeCard, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list of versions."""

    number: int
    status: str
    tone: str
    sessions: str
    submitted: str
    is_draft: bool


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A change that the practitioner asked for. Without ``answered`` it is open."""

    text: str
    who: str
    at: datetime
    answered: str


def present(plan: ActionPlan) -> PlanPage:
    """One version: every desired outcome of the referral with its activities. Four reads.

    With those that were taken off since and have activities: the version is shown as it was written.
    """
    activities: dict[UUID, list[ActivityLine]] = {}
    for count, one in enumerate(plan.activities.order_by("position"), start=1):
        line = ActivityLine(one.pk, f"activity {count}", one.text)
        activities.setdefault(one.outcome_id, []).append(line)
    status, tone = _status(plan)
    submitter = People([plan.submitted_by_id])[plan.submitted_by_id].name if plan.submitted_by_id else ""
    outcomes = tuple(
        OutcomeCard(outcome.service.category_name, outcome.text, tuple(activities.get(outcome.pk, ())))
        for outcome in outcomes_ever_of(plan.received)
        if outcome.removed_at is None or outcome.pk in activities
    )
    return PlanPage(
        number=plan.number,
        status=status,
        tone=tone,
        sessions=str(plan.sessions or ""),
        submitted=date(plan.submitted_at),
        submitted_by=submitter,
        is_in_force=plan.is_in_force,
        outcomes=outcomes,
        warnings=() if plan.is_submitted else tuple(_warnings(plan, outcomes)),
    )


def _warnings(plan: ActionPlan, outcomes: Sequence[OutcomeCard]) -> Iterator[str]:
    """Of a draft with more sessions than the referral has days for, or with outcomes that nothing is done towards."""
    without = [str(number) for number, card in enumerate(outcomes, start=1) if not card.activities]
    if len(without) == 1:
        yield f"Outcome {without[0]} has no activities. Check that this is right."
    elif without and len(without) < len(outcomes):
        listed = f"{', '.join(without[:-1])} and {without[-1]}"
        yield f"Outcomes {listed} have no activities. Check that this is right."
    days = plan.received.enforceable_days
    if not plan.sessions or plan.sessions <= days:
        return
    yield (
        f"There are {plural(plan.sessions, 'session')}, but the referral allows {plural(days, 'enforceable day')}. "
        "Check that the number of sessions is right."
    )


def versions(received: ReceivedReferral, *, with_draft: bool) -> list[VersionLine]:
    """All versions, the newest first; the practitioner sees no draft."""
    return [
        VersionLine(
            plan.number,
            *_status(plan),
            str(plan.sessions or ""),
            date(plan.submitted_at),
            not plan.is_submitted,
        )
        for plan in received.action_plans.order_by("-number")
        if with_draft or plan.is_submitted
    ]


def requests(received: ReceivedReferral) -> list[RequestLine]:
    """Changes that were asked for, the newest first."""
    rows = [*PlanChangeRequest.objects.unscoped().filter(plan__received=received).order_by("-asked_at")]
    people = People(row.asked_by_id for row in rows)
    return [
        RequestLine(row.text, people[row.asked_by_id].name, row.asked_at, date(row.answered_at))
        for row in rows
    ]


def _status(plan: ActionPlan) -> tuple[str, str]:
    if not plan.is_submitted:
        return "Draft", "waiting"
    if plan.is_in_force:
        return "Approved", "done"
    return "Replaced", "neutral"
