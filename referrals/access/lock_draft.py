"""Locking a draft for a change: the same first step of every action on a draft."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import User
from events.refusals import Refused
from prepared.queries import PreparedQuery
from referrals.access import policies
from referrals.access.already_sent import already_sent
from referrals.models import Referral
from risk.actions.change_section import locked as locked_risk

_LOCKED = PreparedQuery(
    lambda key: (
        Referral.objects.select_for_update(of=("self",))
        .select_related("contract__contract_type", "contract__prime", "risk")
        .filter(pk=key)
        .with_services_offered()
    )
)


def locked_row(referral_id: UUID) -> Referral:
    """The row, locked for this transaction, whoever asks. Raises Referral.DoesNotExist."""
    assert connection.in_atomic_block, "outside a transaction the lock would end at once"
    for held in _LOCKED.rows(key=referral_id):
        return held
    raise Referral.DoesNotExist


def locked(draft: Referral, by: User) -> Referral:
    """The draft, locked for this transaction. Raises Gone once sent, Refused for anybody but its author.

    A sent referral whose ``risk`` is a corrected version: its author may go on with that until it is shared.
    """
    held = locked_row(draft.pk)
    if held.is_sent and held.risk_id != draft.risk_id:
        held.risk = locked_risk(draft.risk, by)
        return held
    if held.is_sent:
        raise already_sent(held)
    if not policies.may_change(by, held):
        raise Refused("Only the person who started this referral can change it.", code="not_author")
    return held


def touch(draft: Referral) -> None:
    """Say that the draft was changed just now; its 90 days begin again (decision F3)."""
    draft.changed_at = timezone.now()
    Referral.objects.filter(pk=draft.pk, sent_at__isnull=True).update(changed_at=draft.changed_at)
