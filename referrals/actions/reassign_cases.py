"""Giving the open cases of one practitioner to another, such as of somebody who leaves: an administrator's.

What would be done is worked out first (``plan``), shown, and then done just so (``reassign``). Drafts stay their
author's. Where the service provider contacts the leaver, they get the successor's name and email address instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import OutOfDate, Refused
from monitoring.actions.amend_referral import replace_practitioner
from monitoring.models import ReceivedReferral
from monitoring.rules.amendments import NewPractitioner
from monitoring.rules.version_seen import fingerprint
from referrals.access import limited_access
from referrals.models import Reassignment, Referral

CHANGED = "The cases have changed since you checked them. Check them again."


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reassignment does. ``kept_back``: cases of people whom nDelius does not let the successor see."""

    leaver: User
    successor: User
    cases: tuple[Referral, ...]
    kept_back: int
    drafts: int

    @property
    def seen_as(self) -> str:
        """The same for the same cases and people."""
        return fingerprint(self.leaver.pk, self.successor.pk, *(case.pk for case in self.cases))


def in_charge(user: User) -> Q:
    """The sent cases that are in this practitioner's hands: given to them, or sent by them and given to nobody."""
    given = Reassignment.objects.in_force().filter(referral=OuterRef("pk"))
    return Q(created_by=user) & ~Q(Exists(given)) | Q(Exists(given.filter(successor=user)))


def is_contact(user: User, received: ReceivedReferral) -> bool:
    """Whether this is the practitioner whom the service provider contacts."""
    return bool(user.email) and user.email.casefold() == received.practitioner_email.casefold()


def plan(*, leaver: User, successor: User) -> Plan:
    """What would be given to whom. Raises Refused for people who cannot give or take cases."""
    if not leaver.is_practitioner or not successor.is_practitioner:
        raise Refused("Cases can only be reassigned between probation practitioners.", code="audience")
    if leaver == successor or not successor.is_active:
        raise Refused("Enter a different probation practitioner, whose account is open.", code="successor")
    theirs = Referral.objects.sent().filter(in_charge(leaver), received__concluded_at=None, blanked_at=None)
    cases = [*theirs.select_related("received", "contract", "created_by").order_by("sent_at", "pk")]
    visible = limited_access.visible_among(successor, {case.crn for case in cases})
    given = tuple(case for case in cases if case.crn in visible)
    drafts = Referral.objects.filter(created_by=leaver, sent_at=None).count()
    return Plan(leaver, successor, given, len(cases) - len(given), drafts)


def reassign(*, leaver: User, successor: User, seen: str, reason: str, by: User) -> int:
    """Do what was shown; how many cases were given. Done before, it gives none.

    ``seen``: what the page showed (``Plan.seen_as``). Raises OutOfDate, with nothing done, when that has changed.
    """
    if not by.is_administrator:
        raise Refused("Only an administrator can reassign cases.", code="audience")
    if not reason.strip():
        raise Refused("Enter a reason.", code="reason")
    now = plan(leaver=leaver, successor=successor)
    if now.seen_as != seen:
        raise OutOfDate(CHANGED)
    return sum(_give(case, now, reason=reason, by=by) for case in now.cases)


@transaction.atomic
def _give(case: Referral, now: Plan, *, reason: str, by: User) -> bool:
    """One case, if it is still the leaver's and still open."""
    held = Referral.objects.select_for_update(of=("self",)).filter(in_charge(now.leaver), pk=case.pk).first()
    if held is None:
        return False
    # Read under its lock, as it is now: the plan was read before, and it may have ended or changed since.
    assert held.received_id is not None  # of a sent referral
    received = ReceivedReferral.objects.unscoped().select_for_update(of=("self",)).get(pk=held.received_id)
    if received.concluded_at is not None:
        return False
    at = timezone.now()
    held.reassignments.in_force().update(superseded_at=at)
    Reassignment.objects.create(
        referral=held, leaver=now.leaver, successor=now.successor, reason=reason, by=by, at=at
    )
    audit.record(
        AuditAction.CASE_REASSIGNED, by=by, referral=received.pk, crn=held.crn,
        leaver=now.leaver.pk, successor=now.successor.pk,
    )  # fmt: skip
    if is_contact(now.leaver, received):
        # Team, unit and office stay; whose phone number it was does not.
        contact = replace(
            NewPractitioner.standing(received),
            practitioner_name=now.successor.display_name,
            practitioner_email=now.successor.email,
            practitioner_phone="",
        )
        why = "An administrator reassigned this case to another practitioner."
        replace_practitioner(received=received, practitioner=contact, reason=why, by=by)
    return True
