"""Who may do what with a referral on the practitioner's side. Pure: actions refuse with them, pages hide with them."""

from __future__ import annotations

from accounts.models import User
from referrals.models import Referral


def may_change(user: User, draft: Referral) -> bool:
    """Only its author, and only while it is a draft (decision F3)."""
    return draft.created_by_id == user.pk and not draft.is_sent


def may_delete(user: User, draft: Referral) -> bool:
    """As changing."""
    return may_change(user, draft)


def may_send(user: User, draft: Referral) -> bool:
    """As changing; that it is complete and declared is checked apart."""
    return may_change(user, draft)
