"""When a question is asked, in words: small predicates over a draft, each with its own table of tests.

The branch matrix of the live service: with a practitioner in the community (A) or in custody (B); without one and
releasing during the intervention (C), or not (D). Who has no practitioner is in custody.
"""

from __future__ import annotations

from collections.abc import Callable

from referrals.models import Location, Referral

Condition = Callable[[Referral], bool]


def always(draft: Referral) -> bool:
    """Asked of everybody."""
    return True


def has_practitioner(draft: Referral) -> bool:
    """The person has an allocated community practitioner."""
    return draft.has_practitioner is True


def has_no_practitioner(draft: Referral) -> bool:
    """The person has no allocated community practitioner."""
    return draft.has_practitioner is False


def is_in_custody(draft: Referral) -> bool:
    """The person is in custody."""
    return draft.current_location == Location.CUSTODY


def release_is_expected(draft: Referral) -> bool:
    """The person is in custody, and has a practitioner or will be released during the intervention."""
    return is_in_custody(draft) and (has_practitioner(draft) or draft.is_releasing is True)


def is_releasing_before_allocation(draft: Referral) -> bool:
    """The person has no practitioner yet and will be released during the intervention."""
    return has_no_practitioner(draft) and draft.is_releasing is True


def has_services_to_choose(draft: Referral) -> bool:
    """The contract offers several services."""
    return draft.contract.offers_several_services


#: The questions whose answers decide each condition, by slug, in the order asked: the last that applies has decided it.
DECIDED_BY: dict[Condition, tuple[str, ...]] = {
    has_practitioner: ("allocation",),
    has_no_practitioner: ("allocation",),
    is_in_custody: ("allocation", "current-location", "release"),
    release_is_expected: ("allocation", "current-location", "release"),
    is_releasing_before_allocation: ("allocation", "release"),
}
SERVICES = "services"  # decides what is asked for each service
