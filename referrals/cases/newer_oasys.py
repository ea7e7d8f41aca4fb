"""Newer OASys information about sent cases, in words: on the case, and for lists of cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from govuk.addresses import reverse
from govuk.template_filters import date
from monitoring.rules.moves import Move, is_allowed
from monitoring.rules.risk_sections import RISK_LABELS
from referrals.actions.check_oasys import SignInAgain, check_oasys
from referrals.cases.case_pages import received_of
from referrals.models import OasysCheck, Referral


@dataclass(frozen=True, slots=True)
class NewerOasys:
    """What OASys has otherwise by now: a sentence, and the names of sections and levels. Never what they say."""

    sentence: str
    changed: tuple[str, ...]
    correct_href: str
    silence: str = ""  # that OASys did not answer when it was asked last

    @property
    def is_newer(self) -> bool:
        """Whether there is something to look at."""
        return bool(self.changed)


def newer_oasys_of(referral: Referral, user: User) -> NewerOasys | None:
    """For the page of a case: asks OASys, at most once a day. Nothing for a case that has ended.

    While it cannot be asked because the practitioner has to sign in again (which every page says), what is known.
    """
    if not is_allowed(Move.SHARE_CORRECTION, received_of(referral)):
        return None
    try:
        return in_words(check_oasys(referral=referral, by=user))
    except SignInAgain as again:
        return in_words(again.known) if again.known is not None else None


def newer_oasys_among(cases: Iterable[Referral]) -> dict[UUID, NewerOasys]:
    """What is known of these cases, by the referral, without asking; only where OASys has something newer.

    One statement, however many there are.
    """
    checks = OasysCheck.objects.filter(referral__in=[case.pk for case in cases])
    return {check.referral_id: in_words(check) for check in checks if check.has_newer}


def in_words(check: OasysCheck) -> NewerOasys:
    """One check for its page."""
    newer_at = f" on {date(check.assessed_at)}" if check.assessed_at else ""
    sections = tuple(RISK_LABELS[key] for key in RISK_LABELS if key in check.changed_sections)
    levels = tuple(
        f"Risk of serious harm level: {group}" if group else "Risk of serious harm levels"
        for group in check.changed_levels
    )
    return NewerOasys(
        sentence=f"OASys was updated{newer_at}. These are different from the OASys information you used:",
        changed=sections + levels,
        correct_href=reverse("referrals:correct_risk", args=[check.referral_id]),
        silence=""
        if check.answered
        else f"OASys did not answer when we checked it on {date(check.checked_at)}.",
    )
