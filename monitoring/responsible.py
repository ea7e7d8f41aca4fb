"""Who is at work on a case today, on either side, and so who is told about it (decision W5).

Knows accounts, grants and the addresses that were handed over. Must not know what is told, or any page.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from accounts.models import Audience, User
from interventions.models import ContractGrant
from monitoring.models import ReceivedReferral


class Absence(Enum):
    """Why somebody who has a case does not work with it."""

    CLOSED = "closed"  # their account
    NO_ACCESS = "no access"  # the grant was revoked, or their provider left the contract


def absence_of_caseworker(received: ReceivedReferral) -> Absence | None:
    """Why the caseworker cannot open the case any more; None when they can, or when there is no caseworker."""
    if received.caseworker_id is None:
        return None
    return absences([received]).get((received.caseworker_id, received.contract_id))


def absences(cases: Iterable[ReceivedReferral]) -> dict[tuple[int, int], Absence]:
    """The caseworkers of these cases who cannot open them any more, by user and contract. Two statements."""
    wanted = {(case.caseworker_id, case.contract_id) for case in cases if case.caseworker_id is not None}
    if not wanted:
        return {}
    users = {user for user, _ in wanted}
    grants = ContractGrant.objects.effective().filter(
        user__in=users, contract__in={contract for _, contract in wanted}
    )
    missing = wanted - {*grants.order_by().values_list("user", "contract")}
    if not missing:
        return {}
    open_accounts = {*User.objects.filter(pk__in=users, is_active=True).values_list("pk", flat=True)}
    return {
        (user, contract): Absence.NO_ACCESS if user in open_accounts else Absence.CLOSED
        for user, contract in missing
    }


def address_of_caseworker(received: ReceivedReferral) -> str:
    """Where whoever has the case reads their email, if they can open it; empty when there is nobody such."""
    if received.caseworker_id is None or absence_of_caseworker(received) is not None:
        return ""
    return address_of(received.caseworker_id)


def address_of(user_id: int) -> str:
    """The email address of somebody whose account is open; empty when there is none."""
    return User.objects.filter(pk=user_id, is_active=True).values_list("email", flat=True).first() or ""


def has_open_account(user_id: int) -> bool:
    """Whether somebody can still sign in."""
    return User.objects.filter(pk=user_id, is_active=True).exists()


def may_open(received: ReceivedReferral, user_id: int) -> bool:
    """Whether this member of supplier staff can open the case today."""
    grants = ContractGrant.objects.effective()
    return grants.filter(user=user_id, contract=received.contract_id).exists()


def has_left(email: str) -> bool:
    """Whether this is the address of a practitioner whose account is closed. An unknown address may be anybody's."""
    if not email:
        return False
    accounts = User.objects.filter(email__iexact=email, audience=Audience.PRACTITIONER)
    standing = {*accounts.values_list("is_active", flat=True)}
    return standing == {False}


def stand_in_of_practitioner(received: ReceivedReferral) -> str:
    """Name of the back-up contact, who is there when the practitioner is not; empty when nobody was named."""
    return "" if has_left(received.back_up_email) else received.back_up_name


def caseworker_as_receiver(user_id: int | None) -> str:
    """Whom the outbox keeps in order: each caseworker of a case for themselves, so that none waits for another."""
    return f"caseworker {user_id}" if user_id is not None else "team"
