"""Performance reports in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from govuk.addresses import reverse
from govuk.template_filters import date, date_time
from monitoring.actions.make_performance_report import KEPT_FOR
from monitoring.models import PerformanceReport

State = PerformanceReport.State


@dataclass(frozen=True, slots=True)
class ReportProgress:
    """One report: its period, how far it is, and where its file is."""

    period: str
    state: str
    rows: str
    kept_until: str
    download: str
    is_going_on: bool
    has_failed: bool


def progress(report: PerformanceReport) -> ReportProgress:
    """The page of one report."""
    ready = report.state == State.READY
    until = report.finished_at + KEPT_FOR if report.finished_at else None
    return ReportProgress(
        period=_period(report),
        state=report.get_state_display(),
        rows=_rows(report),
        kept_until=date(until) if ready and until else "",
        download=reverse("monitoring:download_performance_report", args=[report.pk]) if ready else "",
        is_going_on=report.state in (State.WAITING, State.RUNNING),
        has_failed=report.state == State.FAILED,
    )


def row(report: PerformanceReport, *, is_theirs: bool) -> list[object]:
    """One line of the list of requests. The page of one that is theirs no more says why."""
    return [
        {"text": _period(report), "href": reverse("monitoring:performance_report", args=[report.pk])},
        date_time(report.requested_at),
        report.get_state_display() if is_theirs else "No longer available",
    ]


def _period(report: PerformanceReport) -> str:
    if report.to_date - report.from_date < timedelta(days=1):
        return date(report.from_date)
    return f"{date(report.from_date)} to {date(report.to_date)}"


def _rows(report: PerformanceReport) -> str:
    if report.rows_in_all is None:
        return "Not counted yet"
    return f"{report.rows_done:,} of {report.rows_in_all:,} referrals"
