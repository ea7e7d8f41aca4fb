"""Background work of the supplier's side. Tasks may run twice."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from events.one_by_one import OneByOne
from monitoring.actions import change_provider
from monitoring.actions import make_performance_report as performance_reports
from monitoring.actions.keep_counts import keep_counts
from monitoring.actions.standing import refresh, standing
from monitoring.models import Pause, ReceivedReferral
from monitoring.rules import stages


@shared_task
def refresh_paused_cases() -> int:
    """Move the due dates of cases whose clocks stand still on by the day that has passed; returns how many moved.

    Nothing else about where a case stands depends on the clock. Runs every night, after midnight in the UK.
    """
    paused = Pause.objects.unscoped().going_on().filter(received__concluded_at=None)
    with OneByOne() as each:
        return sum(each([*paused.values_list("received", flat=True)], _refresh))


def _refresh(case_id: UUID) -> int:
    """One case in a transaction of its own: a caseworker who acts on it now waits no longer than that."""
    with transaction.atomic():
        rows = ReceivedReferral.objects.unscoped().select_for_update(of=("self",))
        case = rows.get(pk=case_id)
        if stages.stored(case) == standing(case):
            return 0
        refresh(case)
        return 1


@shared_task
def count_ended_cases() -> None:
    """Keep how many cases were received and had ended, for the lists. Runs every night; without it lists count more."""
    keep_counts()


@shared_task
def carry_out_provider_changes() -> int:
    """Carry out changes of service provider whose minute has come; returns how many. Runs every minute."""
    return change_provider.carry_out_all(now=timezone.now())


@shared_task
def keep_performance_reports() -> None:
    """Have reports made that nobody is making any more, and let go of old ones. Runs every minute."""
    for report_id in performance_reports.take_up_again():
        performance_reports.make_in_background.delay(str(report_id))
    performance_reports.let_go()
