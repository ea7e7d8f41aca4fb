"""Asking for a performance report, making it, and letting it go after seven days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.job_queue import queue_job
from events.models import AuditAction
from events.refusals import Refused
from interventions.models import Contract
from monitoring.actions.idempotency import already_made, once
from monitoring.models import PerformanceReport
from monitoring.performance import file

KEPT_FOR = timedelta(days=7)
LONGEST_SILENCE = timedelta(minutes=3)  # then whoever was making it is taken for dead
State = PerformanceReport.State
#: Outbox kind: tells whoever asked. No payload; the report's id stands in the place of the referral's.
REPORT_FINISHED = "email.performance_report"


class TakenOver(Exception):
    """Whoever was making a report was taken for dead, and another one makes it now."""


@transaction.atomic
def ask_for_report(
    *, from_date: date, to_date: date, form_key: UUID, by: User, at: datetime | None = None
) -> PerformanceReport:
    """Keep the request, once for each form, and start making the report after this transaction.

    Raises SentBefore for the same form with other dates.
    """
    if not by.is_supplier or not Contract.objects.granted_to(by).exists():
        raise Refused("You have no contract to report on.", code="no_contract")

    def made() -> PerformanceReport | None:
        return already_made(
            PerformanceReport.objects.unscoped(),
            form_key,
            of={"requested_by_id": by.pk},
            said={"from_date": from_date, "to_date": to_date},
        )

    def make() -> PerformanceReport:
        report = PerformanceReport(
            form_key=form_key,
            requested_by=by,
            requested_at=at or timezone.now(),
            from_date=from_date,
            to_date=to_date,
        )
        report.save(force_insert=True)
        audit.record(
            AuditAction.PERFORMANCE_REPORT_ASKED, by=by, first=from_date.isoformat(), last=to_date.isoformat()
        )
        # Without a queue it waits until ``take_up_again`` finds it.
        transaction.on_commit(partial(queue_job, make_in_background, str(report.pk)))
        return report

    return once(made, make)


@shared_task
def make_in_background(report_id: str) -> None:
    """Make one report's file, in the worker."""
    make_report(report_id)


def make_report(report_id: UUID | str, *, now: datetime | None = None) -> bool:
    """Make a waiting report's file. Exactly one of several workers does; False for the others.

    A failure leaves the report as failed, for its asker to see; it is never raised. A maker who was taken for dead
    stops: what the asker may see can be less by now.
    """
    now = now or timezone.now()
    reports = PerformanceReport.objects.unscoped().filter(pk=report_id)
    begun = {"state": State.RUNNING, "started_at": now, "progressed_at": now, "rows_done": 0}
    if not reports.filter(state=State.WAITING).update(**begun):
        return False
    # As long as nobody took this maker for dead and began again.
    ours = reports.filter(state=State.RUNNING, started_at=now)
    report = reports.select_related("requested_by").get()

    def progress(done: int, of: int) -> None:
        if not ours.update(rows_done=done, rows_in_all=of, progressed_at=timezone.now()):
            raise TakenOver

    try:
        made = file.write(report, progress=progress)
    except TakenOver:
        return False
    except Exception:  # whatever it was, the asker must not wait for ever
        with transaction.atomic():
            if ours.update(state=State.FAILED, finished_at=timezone.now()):
                _tell(report)
        return False
    facts = {"rows_done": made.rows, "rows_in_all": made.rows, "contracts": sorted(made.contracts)}
    with transaction.atomic():
        if not ours.update(state=State.READY, finished_at=timezone.now(), **facts):
            # This file may lie in the place of the other maker's.
            file.remove(report.pk)
            reports.filter(state=State.READY).update(state=State.WAITING)
            return False
        audit.record(AuditAction.PERFORMANCE_REPORT_MADE, by=report.requested_by, rows=made.rows)
        _tell(report)
    return True


def _tell(report: PerformanceReport) -> None:
    # A report is of no referral: its own id keeps it apart from what waits for others.
    outbox.enqueue(REPORT_FINISHED, key=f"{REPORT_FINISHED}:{report.pk}", referral=report.pk)


def take_up_again(*, now: datetime | None = None) -> list[UUID]:
    """Put back reports whose maker died, and name every report that waits."""
    now = now or timezone.now()
    reports = PerformanceReport.objects.unscoped()
    silent = Q(progressed_at__lt=now - LONGEST_SILENCE) | Q(progressed_at=None)
    reports.filter(silent, state=State.RUNNING).update(state=State.WAITING)
    waiting = reports.filter(state=State.WAITING, requested_at__lt=now - timedelta(minutes=1))
    return list(waiting.values_list("pk", flat=True)[:50])


def let_go(*, now: datetime | None = None) -> int:
    """Delete the files of reports that were finished more than seven days ago; returns how many."""
    now = now or timezone.now()
    old = PerformanceReport.objects.unscoped().filter(
        state__in=(State.READY, State.FAILED), finished_at__lt=now - KEPT_FOR
    )
    gone = list(old.values_list("pk", flat=True)[:1000])
    for report_id in gone:
        file.remove(report_id)
        PerformanceReport.objects.unscoped().filter(pk=report_id).update(state=State.EXPIRED)
    return len(gone)
