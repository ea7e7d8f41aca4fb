"""Sent cases in words."""

from __future__ import annotations

from dataclasses import asdict

from django.urls import reverse

from events.models import OutboxEntry
from govuk.template_filters import date, plural, short_date
from referrals.cases.case_pages import received_of
from referrals.cases.standing import Standing
from referrals.models import Referral

#: The columns of "My cases", and of the list of one person's referrals.
CASE_COLUMNS = ("Reference", "Person", "Service", "Sent", "Status", "Next step", "Due")
SAME_PERSON_COLUMNS = ("Service", "Service provider", "Status", "Next step", "Due", "Sent", "Completion")


def case_row(case: Referral, standing: Standing, *, is_waiting: bool, questions: int) -> list[object]:
    """Reference, person, service and provider, when and by whom it was sent, and where the case stands.

    Beside its status: that nDelius does not know yet, and questions that wait for an answer.
    """
    status, step, due = standing
    beside = (
        "Waiting to update nDelius" if is_waiting else "",
        plural(questions, "open question") if questions else "",
    )
    return [
        {"text": case.reference, "href": reverse("referrals:case", args=[case.pk])},
        {"text": case.person_name, "hint": case.crn},
        {"text": case.contract.title, "hint": case.contract.prime.name},
        {"text": short_date(case.sent_at), "hint": f"by {case.created_by.display_name}"},
        asdict(status) | {"hint": ". ".join(part for part in beside if part)},
        asdict(step),
        asdict(due),
    ]


def same_person_row(case: Referral, standing: Standing) -> list[object]:
    """Service, reference, provider, where the case stands, sent, and when it is to be completed or ended."""
    received = received_of(case)
    ended = received.concluded_at
    return [
        {
            "text": case.contract.title,
            "href": reverse("referrals:case", args=[case.pk]),
            "hint": case.reference,
        },
        case.contract.prime.name,
        *(asdict(cell) for cell in standing),
        short_date(case.sent_at),
        f"Ended on {date(ended)}" if ended else f"Complete by {date(received.completion_date)}",
    ]


def ndelius_words(entry: OutboxEntry | None) -> str:
    """What to say about nDelius while it does not know of the referral; nothing once it does (decision F8)."""
    if entry is None or entry.state == OutboxEntry.State.DELIVERED:
        return ""
    if entry.state == OutboxEntry.State.GIVEN_UP:
        return "We could not update nDelius. An administrator needs to fix this. The service provider has the referral."
    return "Waiting to update nDelius. You do not need to do anything. The service provider already has the referral."
