"""Sent cases in words."""

from __future__ import annotations

from django.urls import reverse

from events.models import OutboxEntry
from govuk.template_filters import date, plural
from monitoring.models import Stage
from referrals.cases.case_pages import received_of
from referrals.models import Referral


def case_row(case: Referral, *, is_waiting: bool, questions: int) -> list[object]:
    """Reference, person, service, provider, sent, whether nDelius knows yet, and questions that wait for an answer."""
    return [
        {"text": case.reference, "href": reverse("referrals:case", args=[case.pk])},
        {"text": case.person_name, "hint": case.crn},
        case.contract.title,
        case.contract.prime.name,
        date(case.sent_at),
        case.created_by.display_name,
        {
            "text": "Waiting to update nDelius" if is_waiting else "Sent",
            "hint": plural(questions, "open question") if questions else "",
        },
    ]


def same_person_row(case: Referral) -> list[object]:
    """Service, reference, provider, stage, sent, and when it is to be completed or ended."""
    received = received_of(case)
    ended = received.concluded_at
    return [
        {
            "text": case.contract.title,
            "href": reverse("referrals:case", args=[case.pk]),
            "hint": case.reference,
        },
        case.contract.prime.name,
        Stage(received.stage).label,
        date(case.sent_at),
        f"Ended on {date(ended)}" if ended else f"Complete by {date(received.completion_date)}",
    ]


def ndelius_words(entry: OutboxEntry | None) -> str:
    """What to say about nDelius while it does not know of the referral; nothing once it does (decision F8)."""
    if entry is None or entry.state == OutboxEntry.State.DELIVERED:
        return ""
    if entry.state == OutboxEntry.State.GIVEN_UP:
        return "nDelius could not be updated; an administrator has to look. The service provider has the referral."
    return "Waiting to update nDelius. You do not need to do anything. The service provider has the referral already."
