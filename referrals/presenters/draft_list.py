"""A draft as a line of the list."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from govuk.addresses import reverse
from govuk.template_filters import date, date_time, plural
from referrals.journey.structure import TaskStatus
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.models.referral import DRAFT_WARNING

COLUMNS = {
    "name": "Person",
    "intervention": "Service",
    "progress": "Progress",
    "changed": "Last changed",
    "ends": "Will be deleted",
    "continue": "Continue",
    "delete": "Delete",
}


def row(draft: Referral, *, by: User, now: datetime) -> list[object]:
    """Person, service, how far it is, last changed, when it is deleted, and what can be done."""
    return [
        {"text": draft.person_name, "hint": draft.crn},
        {"text": draft.contract.title, "hint": draft.contract.prime.name},
        _progress(draft, by, now),
        {"text": date_time(draft.changed_at), "hint": f"Started {date(draft.created_at)}"},
        _end(draft, now),
        {
            "text": "Continue",
            "href": reverse("referrals:resume", args=[draft.pk]),
            "hidden": f"{draft.person_name}, {draft.contract.title}",
        },
        {
            "text": "Delete",
            "href": reverse("referrals:delete_draft", args=[draft.pk]),
            "hidden": f"{draft.person_name}, {draft.contract.title}",
        },
    ]


def _progress(draft: Referral, by: User, now: datetime) -> object:
    if not draft.contract.is_open(timezone.localdate(now)):
        return {"text": "Cannot be sent", "hint": "The service no longer takes referrals"}
    tasks = [
        task
        for section in MAKE_A_REFERRAL.on(draft, by, timezone.localdate(now)).sections
        for task in section.tasks
    ]
    done = sum(task.status is TaskStatus.COMPLETED for task in tasks)
    return "Ready to send" if done == len(tasks) else f"{done} of {len(tasks)} tasks"


def _end(draft: Referral, now: datetime) -> object:
    """The days left, with the date when they are few."""
    ends = draft.expires_at(now)
    days = (timezone.localdate(ends) - timezone.localdate(now)).days
    left = f"In {plural(days, 'day', 'days')}" if days > 0 else "Tonight"
    return {"text": left, "hint": f"On {date(ends)}"} if ends - now <= DRAFT_WARNING else left
