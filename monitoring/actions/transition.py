"""What every action on a case begins and ends with: lock it, check the move, and work its stage out anew."""

from __future__ import annotations

from accounts.models import User
from events.refusals import Refused
from interventions.models import Contract
from interventions.models.contracts import ids_granted_to
from monitoring.actions.standing import refresh
from monitoring.models import ReceivedReferral
from monitoring.rules.moves import Move, why_not


def begin(received: ReceivedReferral, move: Move, *, by: User) -> ReceivedReferral:
    """The case, locked for this transaction. Raises Refused for a move that its stage does not allow (with why)."""
    held = hold(received, by=by)
    require(held, move)
    return held


def hold(received: ReceivedReferral, *, by: User) -> ReceivedReferral:
    """The case, locked for this transaction, before it is known whether there is anything left to do.

    For actions that move the stage themselves: the same form sent twice must find what it made, not a refusal. Supplier
    staff must have the contract (decision A1): checked here again, whatever page called.
    """
    held = ReceivedReferral.objects.unscoped().select_for_update(of=("self",)).get(pk=received.pk)
    if by.is_supplier and not Contract.objects.filter(pk__in=ids_granted_to(by), pk=held.contract_id).exists():
        raise Refused("You do not have access to this contract.", code="not_granted")
    return held


def require(received: ReceivedReferral, move: Move) -> None:
    """Raise Refused when a move may not be made now: for the pages that ask before anything is sent."""
    reason = why_not(move, received)
    if reason:
        raise Refused(reason, code="stage")


def finish(received: ReceivedReferral) -> None:
    """Write where the case stands now."""
    refresh(received)
