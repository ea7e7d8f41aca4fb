"""Writing an action plan: a draft that is changed step by step, and submitted once, which approves it (decision M1).

A submitted version never changes; the database refuses it too. The version before stays in force until then.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import Gone, OutOfDate, Refused
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions import transition as moving
from monitoring.actions.announce import Event, announce
from monitoring.actions.idempotency import already_made, insert
from monitoring.actions.standing import facts_of
from monitoring.models import (
    ActionPlan,
    DeliverySession,
    PlanActivity,
    PlanChangeRequest,
    ReceivedOutcome,
    ReceivedReferral,
)
from monitoring.rules.moves import Move
from monitoring.rules.version_seen import fingerprint

MOST_SESSIONS = 99  # live service: no limit; a slip of the keyboard must not make thousands of sessions
#: Outbox kinds. Payload: ``plan``, an id.
PLAN_SUBMITTED = "email.plan_submitted"
PLAN_CHANGE_ASKED = "email.plan_change_asked"
SUBMITTED = "This version of the action plan has been submitted, so you cannot change it. Start a new version instead."
NOT_THERE = "Someone has removed this activity. Go back to the action plan."
CHANGED_MEANWHILE = "The action plan changed after you opened this page. Go back and check it again."


class NotComplete(Refused):
    """What is missing before a plan can be submitted."""


@transaction.atomic
def start_plan(*, received: ReceivedReferral, by: User, at: datetime | None = None) -> ActionPlan:
    """The draft: the one that is there, or a new one with what the version in force says."""
    held = moving.begin(received, Move.WRITE_PLAN, by=by)
    draft = held.action_plans.drafts().first()
    if draft is not None:
        return draft
    in_force = held.plan_in_force()
    number = (held.action_plans.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = ActionPlan(
        received=held,
        number=number,
        sessions=in_force.sessions if in_force else None,
        created_by=by,
        created_at=at or timezone.now(),
    )
    draft.save(force_insert=True)
    if in_force:
        PlanActivity.objects.unscoped().bulk_create(
            PlanActivity(plan=draft, outcome_id=one.outcome_id, position=one.position, text=one.text)
            for one in in_force.activities.filter(outcome__removed_at=None)
        )
    _saved(held, draft, by=by, change="started")
    return draft


@transaction.atomic
def add_activity(
    *, received: ReceivedReferral, number: int, outcome: UUID, text: str, by: User, form_key: UUID
) -> PlanActivity:
    """One more activity, after the others. The same form again adds nothing, and raises SentBefore for other words.

    The key of the form is the activity's own.
    """
    held = moving.hold(received, by=by)
    draft = _version(held, number)
    already = already_made(
        PlanActivity.objects.unscoped(),
        form_key,
        key="pk",
        of={"plan_id": draft.pk},
        said={"outcome_id": outcome, "text": text},
    )
    if already is not None:
        return already
    _require_draft(held, draft)
    last = draft.activities.aggregate(last=Max("position"))["last"] or 0
    activity = PlanActivity(
        pk=form_key,
        plan=draft,
        outcome=_outcome(held, outcome),
        position=last + 1,
        text=text,
    )
    insert(activity)
    _saved(held, draft, by=by, change="activity_added")
    return activity


@transaction.atomic
def change_activity(
    *, received: ReceivedReferral, number: int, activity: UUID, outcome: UUID, text: str, by: User
) -> None:
    """Other words, or another outcome, for an activity of a draft. Raises OutOfDate when it was removed."""
    held, draft = _draft(received, number, by=by)
    row = draft.activities.filter(pk=activity).first()
    if row is None:
        raise OutOfDate(NOT_THERE)
    row.outcome, row.text = _outcome(held, outcome), text
    row.save(update_fields=["outcome", "text"])
    _saved(held, draft, by=by, change="activity_changed")


@transaction.atomic
def remove_activity(*, received: ReceivedReferral, number: int, activity: UUID, by: User) -> None:
    """Take an activity out of a draft. One that is gone already stays gone."""
    held, draft = _draft(received, number, by=by)
    gone, _ = draft.activities.filter(pk=activity).delete()
    if gone:
        _saved(held, draft, by=by, change="activity_removed")


@transaction.atomic
def set_sessions(*, received: ReceivedReferral, number: int, sessions: int, by: User) -> None:
    """How many delivery sessions a draft provides for. Raises Refused below ``fewest_sessions`` or above the most."""
    held, draft = _draft(received, number, by=by)
    _check_sessions(held, sessions)
    draft.sessions = sessions
    draft.save(update_fields=["sessions"])
    _saved(held, draft, by=by, change="sessions")


@transaction.atomic
def submit_plan(
    *, received: ReceivedReferral, number: int, by: User, seen: str | None = None, at: datetime | None = None
) -> ActionPlan:
    """Approve the draft by submitting it: sessions are made, the version before is replaced, requests are answered.

    ``seen`` is the fingerprint of what was checked; OutOfDate is raised when it changed. Raises NotComplete for a
    draft without an activity or a number of sessions. A version that was submitted already is answered as it is.
    """
    held = moving.hold(received, by=by)
    draft = _version(held, number)
    if draft.is_submitted:
        return draft
    moving.require(held, Move.SUBMIT_PLAN)
    if seen is not None and seen != content_of(draft):
        raise OutOfDate(CHANGED_MEANWHILE)
    missing = what_is_missing(held, draft)
    if missing:
        raise NotComplete(missing[0], code="incomplete")
    now = at or timezone.now()
    _check_sessions(held, draft.sessions or 0)
    held.action_plans.in_force().update(superseded_at=now)
    draft.submitted_by, draft.submitted_at = by, now
    draft.save(update_fields=["submitted_by", "submitted_at"])
    answered = PlanChangeRequest.objects.unscoped().waiting().filter(plan__received=held)
    count = answered.update(answered_at=now)
    _make_sessions(held, draft.sessions or 0)
    audit.record(
        AuditAction.PLAN_SUBMITTED, by=by, referral=held.pk, crn=held.crn, number=draft.number,
        sessions=draft.sessions or 0, requests_answered=count,
    )  # fmt: skip
    outbox.enqueue(
        PLAN_SUBMITTED, key=f"{PLAN_SUBMITTED}:{draft.pk}", referral=held.pk, payload={"plan": str(draft.pk)}
    )
    for event in (Event.PLAN_SUBMITTED, Event.PLAN_APPROVED):  # it needs no approval of its own (decision M1)
        announce(event, held, about=draft.pk)
    moving.finish(held)
    return draft


@transaction.atomic
def ask_for_plan_change(
    *, received: ReceivedReferral, text: str, by: User, form_key: UUID, at: datetime | None = None
) -> PlanChangeRequest:
    """The practitioner asks for a change to the version in force, with a reason.

    The same form again asks once, and raises SentBefore for other words.
    """
    held = moving.hold(received, by=by)
    already = already_made(
        PlanChangeRequest.objects.unscoped().annotate(received_id=F("plan__received")),
        form_key,
        of={"received_id": held.pk, "asked_by_id": by.pk},
        said={"text": text},
    )
    if already is not None:
        return already
    moving.require(held, Move.ASK_FOR_PLAN_CHANGE)
    request = record_plan_change(held, text=text, by=by, form_key=form_key, at=at or timezone.now())
    outbox.enqueue(
        PLAN_CHANGE_ASKED,
        key=f"{PLAN_CHANGE_ASKED}:{request.pk}",
        referral=held.pk,
        receiver=caseworker_as_receiver(held.caseworker_id),
    )
    moving.finish(held)
    return request


def record_plan_change(
    held: ReceivedReferral, *, text: str, by: User, form_key: UUID, at: datetime
) -> PlanChangeRequest:
    """Keep that a change to the version in force is asked for, on a locked case whose stage allows it. Tells nobody."""
    in_force = held.plan_in_force()
    assert in_force is not None  # the stage says so
    request = PlanChangeRequest(form_key=form_key, plan=in_force, text=text, asked_by=by, asked_at=at)
    insert(request)
    audit.record(AuditAction.PLAN_CHANGE_ASKED, by=by, referral=held.pk, crn=held.crn, number=in_force.number)
    return request


def fewest_sessions(received: ReceivedReferral) -> int:
    """As many as the version in force provides for and as are recorded: sessions are never taken away."""
    facts = facts_of(received)
    return max(1, facts.planned_sessions or 0, facts.sessions_recorded)


def what_is_missing(received: ReceivedReferral, draft: ActionPlan) -> list[str]:
    """What must be done before a draft can be submitted, in sentences; nothing when it is complete."""
    missing = []
    if not draft.activities.exists():
        missing.append("Add at least one activity")
    if draft.sessions is None:
        missing.append("Enter how many delivery sessions there will be")
    elif draft.sessions < fewest_sessions(received):
        missing.append(_too_few(fewest_sessions(received)))
    return missing


def content_of(plan: ActionPlan) -> str:
    """A fingerprint of everything a plan says."""
    rows = plan.activities.order_by("position").values_list("outcome_id", "text")
    return fingerprint(plan.sessions, *(part for row in rows for part in row))


def _draft(received: ReceivedReferral, number: int, *, by: User) -> tuple[ReceivedReferral, ActionPlan]:
    held = moving.hold(received, by=by)
    plan = _version(held, number)
    _require_draft(held, plan)
    return held, plan


def _require_draft(held: ReceivedReferral, plan: ActionPlan) -> None:
    moving.require(held, Move.WRITE_PLAN)
    if plan.is_submitted:
        raise Gone(SUBMITTED)


def _version(held: ReceivedReferral, number: int) -> ActionPlan:
    plan = held.action_plans.filter(number=number).first()
    if plan is None:
        raise OutOfDate("We could not find this version of the action plan.")
    return plan


def _outcome(held: ReceivedReferral, pk: UUID) -> ReceivedOutcome:
    outcome = ReceivedOutcome.objects.unscoped().filter(service__received=held, removed_at=None, pk=pk).first()
    if outcome is None:
        raise OutOfDate("This desired outcome is no longer part of the referral. Choose another.")
    return outcome


def _check_sessions(held: ReceivedReferral, sessions: int) -> None:
    fewest = fewest_sessions(held)
    if sessions < fewest:
        raise Refused(_too_few(fewest), code="sessions")
    if sessions > MOST_SESSIONS:
        raise Refused(f"An action plan can have up to {MOST_SESSIONS} sessions.", code="sessions")


def _too_few(fewest: int) -> str:
    return f"There must be at least {fewest} sessions, because that many are already planned or recorded"


def _make_sessions(held: ReceivedReferral, sessions: int) -> None:
    last = held.sessions.aggregate(last=Max("number"))["last"] or 0
    DeliverySession.objects.unscoped().bulk_create(
        DeliverySession(received=held, number=number) for number in range(last + 1, sessions + 1)
    )


def _saved(held: ReceivedReferral, draft: ActionPlan, *, by: User, change: str) -> None:
    audit.record(
        AuditAction.PLAN_SAVED, by=by, referral=held.pk, crn=held.crn, number=draft.number, change=change
    )
    moving.finish(held)
