"""Correcting the CRN of a case by its practitioner, when nDelius has nobody of the old one any more."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import User
from events.crn_changes.models import CrnChange
from events.refusals import Refused, Unanswered
from integrations.failure_wording import NDELIUS, what_happened
from integrations.failures import Trouble
from referrals.access import limited_access
from referrals.access.caseload import is_covered_by, is_given_to
from referrals.access.managed import managed_crns
from referrals.actions.correct_crn import correct
from referrals.actions.look_for_crn import is_still_there
from referrals.models import Referral

REASON = "nDelius no longer had the old CRN."
STILL_THERE = "nDelius still has CRN {crn}, so you do not need to change it."
NOT_THEIRS = (
    "You can only change the CRN of referrals you sent, and of people you manage in nDelius. Ask the probation "
    "practitioner of this case."
)
NOT_CHECKED = "so we cannot check the old CRN. We have not changed anything. Try again in a few minutes."


def require_gone(crn: str) -> None:
    """Raise Refused while nDelius has somebody of this CRN, and Unanswered when it does not say."""
    there = is_still_there(crn)
    if there is None:
        raise Unanswered(f"{what_happened(NDELIUS, Trouble.UNREACHABLE)}, {NOT_CHECKED}")
    if there:
        raise Refused(STILL_THERE.format(crn=crn), code="still_there")


def require_practitioner(user: User, referral: Referral, new: str) -> None:
    """Raise Refused for whoever only opened the case with a reason: it is theirs under the new CRN, or it is not."""
    is_theirs = (
        referral.created_by_id == user.pk or is_given_to(user, referral) or is_covered_by(user, referral)
    )
    if not is_theirs and new not in managed_crns(user, including=new)[0]:
        raise Refused(NOT_THEIRS, code="not_theirs")


def correct_crn_of_case(
    *, referral: Referral, new: str, seen: str, confirmed: Collection[str], by: User
) -> CrnChange:
    """Correct the CRN of this case's person everywhere; ``by`` follows the case, which the page has checked.

    Whether they may see the person is asked for the new CRN (decision A2). Raises Refused, Unanswered, OutOfDate and
    UpstreamFailure: see ``correct_crn``.
    """
    limited_access.check(by, new)
    require_practitioner(by, referral, new)
    require_gone(referral.crn)
    return correct(
        old=referral.crn, new=new, seen=seen, confirmed=confirmed, reason=REASON, by=by,
        source=CrnChange.Source.PRACTITIONER,
    )  # fmt: skip
