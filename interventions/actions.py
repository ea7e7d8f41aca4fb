"""Giving supplier staff a contract, and taking it away: audited. Everybody who writes grants does it through here."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from interventions.models import Contract, ContractGrant


def check_may_be_granted(user: User) -> None:
    """Raise ValidationError when the user is not supplier staff."""
    if not user.is_supplier:
        raise ValidationError({"user": "Only service provider staff can be granted a contract"})


def grant_contract(*, user: User, contract: Contract, by: User, at: datetime | None = None) -> ContractGrant:
    """Let ``user`` see the contract's cases, once their provider is on it. The grant there already is returned.

    Raises ValidationError when the user is not supplier staff: nobody else ever works on a contract.
    """
    if not user.is_supplier:
        raise ValidationError(
            {"user": "Only service provider staff can be granted a contract"}, code="audience"
        )
    with transaction.atomic():
        given, is_new = ContractGrant.objects.current().get_or_create(
            user=user,
            contract=contract,
            defaults={"granted_by": by, "granted_at": at or timezone.now()},
        )
        if is_new:
            audit.record(AuditAction.CONTRACT_GRANTED, by=by, contract=contract.reference, person=user.pk)
    return given


@transaction.atomic
def revoke_grant(*, grant: ContractGrant, by: User, at: datetime | None = None) -> bool:
    """Take the contract away. The row stays, with who did it. False when somebody had done so before."""
    still_current = ContractGrant.objects.current().filter(pk=grant.pk)
    changed = still_current.update(revoked_by=by, revoked_at=at or timezone.now())
    if changed:
        grant.refresh_from_db(fields=["revoked_by", "revoked_at"])
        contract, person = grant.contract.reference, grant.user_id
        audit.record(AuditAction.CONTRACT_GRANT_REVOKED, by=by, contract=contract, person=person)
    return bool(changed)
