"""Every job on the schedule may run twice: the second time it changes nothing and tells nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts.models import User, WebSession
from events.models import AuditAction, AuditEvent
from interventions.models import ProviderChange
from monitoring.models import PerformanceReport, ReceivedReferral
from notifications.models import Notification
from personal_records.models import RetentionRule
from refer_monitor.celery import app
from referrals.models import Referral
from sign_in.models import UserToken
from tests.factories.accounts import ProviderFactory
from tests.factories.monitoring import a_contract, received
from tests.factories.referrals import a_draft, a_sent_referral

pytestmark = pytest.mark.django_db
State = PerformanceReport.State
#: Without anything to do in this setting, and with a test of their own elsewhere.
IDLE_HERE = {
    "accounts.tasks.forget_kept_text",
    "encryption.tasks.rotate_outer_key",
    "monitoring.tasks.count_ended_cases",
    "monitoring.tasks.refresh_paused_cases",
    "referrals.tasks.catch_up_with_crns",
    "referrals.tasks.end_corrections",
    "sign_in.tasks.check_accounts",  # people sign in with a password here
}


@pytest.fixture
def setting(personas: dict[str, User]) -> None:
    """Something that is due for almost every job."""
    now, pp = timezone.now(), personas["pp"]
    _changed(a_draft(pp), now - timedelta(days=80))  # to warn about
    over = now - timedelta(days=91)
    _changed(a_draft(pp, crn="X980001"), over, expiry_warned_at=over + timedelta(days=76))
    sent = a_sent_referral(pp, crn="X980017")  # to tell nDelius and the service provider of
    ended = ReceivedReferral.objects.unscoped().filter(pk=a_sent_referral(pp, crn="X980001").received_id)
    ended.update(concluded_at=now - timedelta(days=100), conclusion="COMPLETED")
    RetentionRule.objects.create(kind=RetentionRule.Kind.CASE, days=90, is_on=True)
    for days in (1, 91):
        Notification.objects.create(
            user=pp, entry=uuid4(), kind="tests.told", referral=sent.pk, subject="Told", sentence="Told.",
            path="/", at=now - timedelta(days=days), in_digest=True,
        )  # fmt: skip
    WebSession.objects.create(
        session_key="ended", session_data="", expire_date=now - timedelta(hours=1), user=pp,
        began_at=now - timedelta(days=1), last_used_at=now - timedelta(days=1),
    )  # fmt: skip
    in_use = WebSession.objects.create(
        session_key="in use", session_data="", expire_date=now + timedelta(hours=1), user=pp,
        began_at=now - timedelta(hours=1), last_used_at=now,
    )  # fmt: skip
    UserToken.objects.create(web_session=in_use, user=pp, sealed=b"", ends_at=now - timedelta(minutes=1))
    asker, day = personas["sp.caseworker"], timezone.localdate()
    for state, then in ((State.WAITING, now - timedelta(minutes=5)), (State.READY, now - timedelta(days=8))):
        PerformanceReport.objects.unscoped().create(
            form_key=uuid4(), requested_by=asker, requested_at=then, finished_at=then, from_date=day,
            to_date=day, state=state,
        )  # fmt: skip
    AuditEvent.objects.create(
        action=AuditAction.SIGNED_IN, at=now - timedelta(days=70)
    )  # of a month that is over
    case = received(a_contract())
    ProviderChange.objects.create(
        contract=case.contract, prime=ProviderFactory(), incoming_email="new@provider.example",
        takes_effect_at=now - timedelta(minutes=1), set_by=personas["admin"], set_at=now - timedelta(days=1),
    )  # fmt: skip


def _changed(draft: Referral, at: datetime, **further: Any) -> None:
    Referral.objects.filter(pk=draft.pk).update(changed_at=at, **further)


def _everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, and the emails that were sent."""
    rows = {
        model._meta.label: sorted(map(repr, model._base_manager.order_by().values_list()))
        for model in apps.get_models(include_auto_created=True)
    }
    return {**rows, "emails": sorted((email.subject, *email.to) for email in mail.outbox)}  # type: ignore[dict-item]


def test_each_job_finds_nothing_to_do_the_second_time(
    setting: None, django_capture_on_commit_callbacks: Any
) -> None:
    app.loader.import_default_modules()
    idle, changed_again = set(), {}
    before = _everything()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        task = app.tasks[entry["task"]]
        # What a job sets off belongs to it: an email, the work on a report.
        with django_capture_on_commit_callbacks(execute=True):
            task.apply(throw=True)
        once = _everything()
        with django_capture_on_commit_callbacks(execute=True):
            task.apply(throw=True)
        twice = _everything()
        if once == before:
            idle.add(entry["task"])
        if twice != once:
            changed_again[entry["task"]] = [name for name in twice if twice[name] != once[name]]
        before = twice  # nothing happens between one job and the next

    assert changed_again == {}
    assert idle == IDLE_HERE, "a test of jobs that have nothing to do shows nothing"
