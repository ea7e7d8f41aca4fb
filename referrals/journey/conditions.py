"""When a question is asked, in words: small predicates over a draft, each with its own table of tests."""

from __future__ import annotations

from collections.abc import Callable

from referrals.models import Referral

Condition = Callable[[Referral], bool]


def always(draft: Referral) -> bool:
    """Asked of everybody."""
    return True


def in_the_community(draft: Referral) -> bool:
    """The person is in the community now."""
    return draft.location == "COMMUNITY"
