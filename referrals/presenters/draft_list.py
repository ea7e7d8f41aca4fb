"""A draft as a line of the list."""

from __future__ import annotations

from django.urls import reverse

from govuk.template_filters import date, date_time
from referrals.models import Referral


def row(draft: Referral) -> list[object]:
    """Person, service, provider, started, last changed, and what can be done."""
    return [
        {"text": draft.person_name, "hint": draft.crn},
        draft.contract.title,
        draft.contract.prime.name,
        date(draft.created_at),
        date_time(draft.changed_at),
        {
            "text": "Continue",
            "href": reverse("referrals:resume", args=[draft.pk]),
            "hidden": draft.person_name,
        },
        {
            "text": "Delete",
            "href": reverse("referrals:delete_draft", args=[draft.pk]),
            "hidden": draft.person_name,
        },
    ]
