"""What the last comparison of a sent case with other systems found, in words for its pages. Asks nobody."""

from __future__ import annotations

from dataclasses import dataclass

from govuk.addresses import reverse
from govuk.template_filters import date
from monitoring.handover import labels
from monitoring.rules.moves import Move, is_allowed
from monitoring.rules.personal_details import DETAILS
from referrals.cases.case_pages import received_of
from referrals.models import CaseCheck, Referral
from referrals.pulls.since_sending import (
    ESTABLISHMENT,
    NO_PRACTITIONER,
    PERSON,
    PRACTITIONER,
    RELEASE_DATE,
    as_sent,
)

LABELS = {
    **{f"{PERSON}{detail.key}": detail.label for detail in DETAILS},
    ESTABLISHMENT: labels.ESTABLISHMENT,
    RELEASE_DATE: labels.RELEASE_DATE,
    PRACTITIONER: labels.PRACTITIONER,
    NO_PRACTITIONER: f"{labels.PRACTITIONER}: nDelius names no one",
}
LIMITED = (
    "nDelius limits who can see this person’s record, so we do not update what the service provider sees. You decide "
    "what to update."
)


@dataclass(frozen=True, slots=True)
class RecordsNotice:
    """Sentences, the names of details that differ, and where to decide. Never what the systems say.

    That nDelius no longer has the CRN is said by ``referrals.cases.correct_crn``, with what can be done about it.
    """

    limited: str = ""
    differing: tuple[str, ...] = ()
    silence: str = ""
    href: str = ""


def records_of(referral: Referral, *, but: str = "") -> RecordsNotice:
    """For the pages of a case. Nothing once it has ended, or before it was compared.

    ``but``: a difference of which the page says more itself.
    """
    check = getattr(referral, "case_check", None)
    if check is None or not is_allowed(Move.CHANGE_CONTACT, received_of(referral)):
        return RecordsNotice()
    return RecordsNotice(
        limited=LIMITED if check.is_limited else "",
        differing=tuple(label for name, label in LABELS.items() if name in check.waiting and name != but),
        silence=_silence(check),
        href=reverse("referrals:case_records", args=[referral.pk]),
    )


def check_of(referral: Referral) -> CaseCheck:
    """What was compared last; or what was known when the referral was sent."""
    return getattr(referral, "case_check", None) or as_sent(referral)


def _silence(check: CaseCheck) -> str:
    if not check.silent or check.checked_at is None:
        return ""
    return f"{' and '.join(check.silent)} did not answer when we checked on {date(check.checked_at)}."
