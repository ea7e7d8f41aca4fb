"""Which performance reports somebody may still have: none with cases of a contract that is theirs no more.

A contract that their service provider left and came back to is another one: cases that ended in between are not theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import User
from events.refusals import Refused
from interventions.models import Contract
from monitoring.models import PerformanceReport

NO_LONGER_THEIRS = (
    "This report includes referrals on a contract that you can no longer see. Request the report again to get those "
    "on your contracts."
)


def no_longer_theirs(user: User, reports: Iterable[PerformanceReport]) -> set[UUID]:
    """Those of the reports that ``user`` asked for and may not have any more. One statement, if any was made."""
    made = [report for report in reports if report.state == PerformanceReport.State.READY]
    if not made:
        return set()
    granted = dict(Contract.objects.granted_to(user).order_by().values_list("pk", "joined_at"))  # type: ignore[misc]
    return {report.pk for report in made if not _is_theirs(report, granted)}


def _is_theirs(report: PerformanceReport, granted: Mapping[int, datetime | None]) -> bool:
    """``granted``: since when their provider is on each of their contracts; None: since it began."""
    if report.contracts is None or report.started_at is None:
        return False  # from before it was noted whose cases a report has: kept for seven days only
    joined = [granted.get(contract) for contract in report.contracts if contract in granted]
    return len(joined) == len(report.contracts) and all(
        at is None or at <= report.started_at for at in joined
    )


def require_theirs(user: User, report: PerformanceReport) -> None:
    """Raise Refused for a report that ``user`` asked for and may not have any more."""
    if no_longer_theirs(user, [report]):
        raise Refused(NO_LONGER_THEIRS, code="no_contract")
