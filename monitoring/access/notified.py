"""Of what supplier staff were told about, what they may open today: cases on their contracts, reports of their own."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from accounts.models import User
from monitoring.access.reports import no_longer_theirs
from monitoring.models import PerformanceReport, ReceivedReferral


def may_still_open(user: User, subjects: frozenset[UUID], *, asks: bool) -> Mapping[UUID, str]:
    """The reference of each case of these; a report has none. No other system is ever asked."""
    cases = ReceivedReferral.objects.open_to(user).filter(pk__in=subjects)
    reports = [*PerformanceReport.objects.asked_for_by(user).filter(pk__in=subjects).order_by()]
    theirs = {report.pk for report in reports} - no_longer_theirs(user, reports)
    return {
        **dict(cases.order_by().values_list("pk", "reference")),
        **dict.fromkeys(theirs, ""),
    }
