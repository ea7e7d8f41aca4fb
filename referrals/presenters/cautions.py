"""What to think about before a referral is made or sent: warnings, never a refusal (decision F5).

The service may not fit the person (sex, age, dates, area where that is known), or there is a referral already.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from referrals.finding.already_referred import already_referred
from referrals.finding.person_to_match import PersonToMatch
from referrals.models import Referral


def about(user: User, person: PersonToMatch, contract: Contract) -> dict[str, Any]:
    """Before a draft is started: what ``templates/referrals/_cautions.html`` takes."""
    return {
        "reasons": [reason.sentence for reason in person.reasons_against(contract)],
        "already": already_referred(user, person.person.crn, [contract.pk]).get(contract.pk, []),
    }


def about_draft(user: User, draft: Referral) -> dict[str, Any]:
    """While it is written: by the details pulled last. The area is not asked for again."""
    same = already_referred(user, draft.crn, [draft.contract_id], besides=draft.pk)
    return {
        "reasons": reasons_against_draft(draft),
        "already": same.get(draft.contract_id, []),
        "not_open": _not_open(draft.contract),
        "has_ended": draft.contract.has_ended(),
    }


def reasons_against_draft(draft: Referral) -> list[str]:
    """What speaks against the service for the person: no statement. That it has ended is said apart."""
    today = timezone.localdate()
    person: dict[str, Any] = {"sex": draft.sex, "date_of_birth": draft.date_of_birth}
    if draft.contract.has_ended(today):
        reasons = draft.contract.eligibility.reasons_against(on=today, **person)
    else:
        reasons = draft.contract.reasons_against(on=today, **person)
    return [reason.sentence for reason in reasons]


def _not_open(contract: Contract) -> str:
    why = contract.why_not_open()
    if not why:
        return ""
    if contract.has_ended():
        return f"{why} This referral cannot be sent. What you wrote is kept until the draft is deleted."
    return f"{why} You can prepare the referral now and send it from that day."
