"""Ravi Sundaram-Pike, of whom nDelius had two records and made one: what was begun under the CRN that is gone."""

from __future__ import annotations

from accounts.models import User
from events.crn_changes.models import CrnChange
from referrals.actions import correct_crn as correcting
from referrals.models import Referral
from tests.factories.referrals import a_draft, a_sent_referral
from upstream_stub.adapter import state

OLD, NEW = "X980020", "X980021"
#: Of no other test that has OASys say something else of this person (see ``tests.factories.copies``).
SERVICE = "DEMO_0002"


def a_case_merged_since(by: User) -> Referral:
    """Sent when nDelius had its CRN."""
    with state().before_the_merge(OLD):
        return a_sent_referral(by, crn=OLD, contract=SERVICE)


def a_draft_merged_since(by: User, *, contract: str = "DEMO_0001") -> Referral:
    """Begun when nDelius had its CRN."""
    with state().before_the_merge(OLD):
        return a_draft(by, crn=OLD, contract=contract)


def as_shown(old: str = OLD, new: str = NEW) -> str:
    """What the page that asks to correct the CRN carries."""
    planned = correcting.plan(old=old, new=new)
    return correcting.seen_as(planned, correcting.compare(planned.newest, new))


def corrected(by: User, *, old: str = OLD, new: str = NEW) -> CrnChange:
    """By an administrator, who saw no difference."""
    return correcting.correct_crn(
        old=old, new=new, seen=as_shown(old, new), confirmed=(), reason="Merged in nDelius.", by=by
    )
