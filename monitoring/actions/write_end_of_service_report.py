"""Writing the end of service report: one answer for each desired outcome, submitted once, locked afterwards (Q24).

Submitting it concludes the case.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import Gone, OutOfDate, Refused
from monitoring.actions import transition as moving
from monitoring.actions.announce import Event, announce
from monitoring.actions.conclude_case import conclude_when_over
from monitoring.models import EndOfServiceReport, OutcomeAchievement, ReceivedOutcome, ReceivedReferral
from monitoring.rules.moves import Move
from monitoring.rules.version_seen import fingerprint

#: Outbox kind: tells the practitioner. Payload: ``report``, an id.
REPORT_SUBMITTED = "email.report_submitted"
SUBMITTED = "The end of service report has been submitted, so you cannot change it."
NOT_STARTED = "The end of service report has not been started."
CHANGED_MEANWHILE = (
    "The end of service report changed after you opened this page. Go back and check it again."
)


@transaction.atomic
def start_report(*, received: ReceivedReferral, by: User, at: datetime | None = None) -> EndOfServiceReport:
    """The report of a case: the one that is there, or a new one. One a referral."""
    held = moving.hold(received, by=by)
    report = _report_of(held)
    if report is not None and report.is_submitted:
        return report
    moving.require(held, Move.WRITE_REPORT)
    if report is not None:
        return report
    report = EndOfServiceReport(received=held, started_by=by, started_at=at or timezone.now())
    report.save(force_insert=True)
    _saved(held, by=by, change="started")
    return report


@transaction.atomic
def save_achievement(
    *,
    received: ReceivedReferral,
    outcome: UUID,
    level: str,
    progress: str,
    remaining: str,
    by: User,
) -> None:
    """What became of one desired outcome; an earlier answer is replaced."""
    held, report = _draft(received, by=by)
    row = outcomes_of(held).filter(pk=outcome).first()
    if row is None:
        raise OutOfDate("This desired outcome is no longer part of the referral. Go back to the report.")
    OutcomeAchievement.objects.unscoped().update_or_create(
        report=report,
        outcome=row,
        defaults={
            "level": OutcomeAchievement.Level(level),
            "progress": progress,
            "remaining": remaining,
        },
    )
    _saved(held, by=by, change="outcome")


@transaction.atomic
def save_further_information(*, received: ReceivedReferral, text: str, by: User) -> None:
    """What else there is to say; empty means nothing."""
    held, report = _draft(received, by=by)
    report.further_information = text
    report.save(update_fields=["further_information"])
    _saved(held, by=by, change="further_information")


@transaction.atomic
def submit_report(
    *, received: ReceivedReferral, by: User, seen: str | None = None, at: datetime | None = None
) -> EndOfServiceReport:
    """Submit the report and conclude the case. One that was submitted already is answered as it is.

    Raises Refused while an outcome has no answer or the report is not due, and OutOfDate when the report is not
    what was checked (``seen``).
    """
    held = moving.hold(received, by=by)
    report = _report_of(held)
    if report is not None and report.is_submitted:
        return report
    moving.require(held, Move.WRITE_REPORT)
    if report is None:
        raise OutOfDate(NOT_STARTED)
    if seen is not None and seen != content_of(report):
        raise OutOfDate(CHANGED_MEANWHILE)
    missing = what_is_missing(held, report)
    if missing:
        raise Refused(missing[0], code="incomplete")
    now = at or timezone.now()
    report.submitted_by, report.submitted_at = by, now
    report.save(update_fields=["submitted_by", "submitted_at"])
    audit.record(AuditAction.REPORT_SUBMITTED, by=by, referral=held.pk, crn=held.crn)
    conclude_when_over(held, by=by, at=now)
    outbox.enqueue(
        REPORT_SUBMITTED,
        key=f"{REPORT_SUBMITTED}:{report.pk}",
        referral=held.pk,
        payload={"report": str(report.pk)},
    )
    announce(Event.REPORT_SUBMITTED, held, about=report.pk)
    moving.finish(held)
    return report


def outcomes_of(received: ReceivedReferral) -> QuerySet[ReceivedOutcome]:
    """The desired outcomes across all service categories, in the order of the referral."""
    return outcomes_ever_of(received).filter(removed_at=None)


def outcomes_ever_of(received: ReceivedReferral) -> QuerySet[ReceivedOutcome]:
    """With those that were taken off since: what was written towards them names them."""
    rows = ReceivedOutcome.objects.unscoped().filter(service__received=received)
    return rows.select_related("service").order_by("service__position", "position")


def what_is_missing(received: ReceivedReferral, report: EndOfServiceReport) -> list[str]:
    """What must be done before a report can be submitted, in sentences; nothing when it is complete."""
    answered = set(report.achievements.values_list("outcome_id", flat=True))
    missing = [
        f"Select how far outcome {place} was achieved"
        for place, outcome in enumerate(outcomes_of(received), start=1)
        if outcome.pk not in answered
    ]
    if report.further_information is None:
        missing.append("Enter further information, or continue without any")
    return missing


def content_of(report: EndOfServiceReport) -> str:
    """A fingerprint of everything a report says."""
    rows = report.achievements.order_by("outcome_id").values_list(
        "outcome_id", "level", "progress", "remaining"
    )
    return fingerprint(report.further_information, *(part for row in rows for part in row))


def _report_of(received: ReceivedReferral) -> EndOfServiceReport | None:
    return EndOfServiceReport.objects.unscoped().filter(received=received).first()


def _draft(received: ReceivedReferral, *, by: User) -> tuple[ReceivedReferral, EndOfServiceReport]:
    held = moving.hold(received, by=by)
    report = _report_of(held)
    if report is not None and report.is_submitted:
        raise Gone(SUBMITTED)
    moving.require(held, Move.WRITE_REPORT)
    if report is None:
        raise OutOfDate(NOT_STARTED)
    return held, report


def _saved(held: ReceivedReferral, *, by: User, change: str) -> None:
    audit.record(AuditAction.REPORT_SAVED, by=by, referral=held.pk, crn=held.crn, change=change)
    moving.finish(held)
