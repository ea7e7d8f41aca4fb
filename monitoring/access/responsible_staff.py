"""Who is at work on a case today, on either side, and so who is told about it (decision W5).

Knows accounts, grants and the addresses that were handed over. Must not know what is told, or any page.
"""

from __future__ import annotations

from accounts.models import Audience, User
from interventions.models import ContractGrant
from monitoring.access.staff_names import Absence, People
from monitoring.models import ReceivedReferral


def absence_of_caseworker(received: ReceivedReferral) -> Absence | None:
    """Why the caseworker cannot open the case any more; None when they can, or when there is no caseworker."""
    if received.caseworker_id is None:
        return None
    return People([received.caseworker_id], contract=received.contract_id)[received.caseworker_id].absence


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


def has_left(email: str, *, audience: Audience = Audience.PRACTITIONER) -> bool:
    """Whether this is the address of closed accounts and no open one. An unknown address may be anybody's."""
    if not email:
        return False
    accounts = User.objects.filter(email__iexact=email, audience=audience)
    standing = {*accounts.values_list("is_active", flat=True)}
    return standing == {False}


def stand_in_of_practitioner(received: ReceivedReferral) -> str:
    """Name of the back-up contact, who is there when the practitioner is not; empty when nobody was named."""
    return "" if has_left(received.back_up_email) else received.back_up_name


def caseworker_as_receiver(user_id: int | None) -> str:
    """How the outbox names who has a case; it is looked up anew when an email goes out."""
    return f"caseworker {user_id}" if user_id is not None else "team"
