"""Sent cases in words."""

from __future__ import annotations

from events.models import OutboxEntry
from govuk.addresses import reverse
from govuk.template_filters import date, date_time, short_date
from referrals.cases.case_pages import received_of
from referrals.cases.standing import Standing
from referrals.cases.time_line import Step
from referrals.models import Referral

#: The columns of the list of one person's referrals.
SAME_PERSON_COLUMNS = ("Service", "Service provider", "Status", "Next step", "Due", "Sent", "Completion")


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
        *(cell._asdict() for cell in standing),
        short_date(case.sent_at),
        f"Ended on {date(ended)}" if ended else f"Complete by {date(received.completion_date)}",
    ]


def draft_row(draft: Referral) -> list[object]:
    """Service, provider, and when the draft was changed last."""
    return [
        {"text": draft.contract.title, "href": reverse("referrals:resume", args=[draft.pk])},
        draft.contract.prime.name,
        date_time(draft.changed_at),
    ]


def step_row(step: Step) -> list[object]:
    """When, what, and on which referral."""
    return [
        date_time(step.at),
        step.words,
        {"text": step.referral.contract.title, "hint": step.referral.reference or "Draft referral"},
    ]


def ndelius_words(entry: OutboxEntry | None) -> str:
    """What to say about nDelius while it does not know of the referral; nothing once it does (decision F8)."""
    if entry is None or entry.state == OutboxEntry.State.DELIVERED:
        return ""
    if entry.state == OutboxEntry.State.DISMISSED:
        return "An administrator decided not to update nDelius. The service provider has the referral."
    if entry.state == OutboxEntry.State.GIVEN_UP:
        return "We could not update nDelius. An administrator needs to fix this. The service provider has the referral."
    return "Waiting to update nDelius. You do not need to do anything. The service provider already has the referral."
