"""A contract goes to other service providers at a given minute, and its open cases with it.

What it will do is worked out by ``effects_of``, which the administrator sees before; ``carry_out`` does just that and
answers the same. From the minute on those who leave see nothing of the contract, whether or not it was carried out yet
(``Contract.objects.granted_to``). Those who join see open cases with their history, and none that had ended before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Provider, User
from events import audit, outbox
from events.models import AuditAction
from events.one_by_one import OneByOne
from events.refusals import Refused
from interventions.actions import revoke_grant
from interventions.models import Contract, ContractGrant, ProviderChange, ProviderTerm
from interventions.models.grants import current_memberships
from monitoring.actions.record_disclosure import record_handed_on
from monitoring.actions.standing import refresh
from monitoring.models import ReceivedReferral

#: Outbox kinds: tell the mailbox of the contract from then on, and the one it had, where its provider leaves. Payload:
#: ``change``, an id; ``mailbox``, the address that nothing else keeps.
TAKEN_OVER, HANDED_ON = "email.contract_taken_over", "email.contract_handed_on"
#: Outbox kind: tell the practitioner of each open case, who sent it to another service provider.
TO_PRACTITIONER = "email.provider_changed"


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change does. Names of service providers and user names in order; cases by reference number."""

    leaving: tuple[str, ...]
    joining: tuple[str, ...]
    open_cases: tuple[str, ...]
    without_caseworker: tuple[str, ...]
    grants_revoked: tuple[str, ...]
    ended_cases: int  # which those who join do not see


def effects_of(change: ProviderChange) -> Effects:
    """What the change would do now. The same statements for any number of cases."""
    contract = change.contract
    before, after = _on(contract), _from_then_on(change)
    cases = _open_cases(contract)
    return Effects(
        leaving=_names(before - after),
        joining=_names(after - before),
        open_cases=tuple(cases.values_list("reference", flat=True)),
        without_caseworker=tuple(_losing_caseworker(change, cases).values_list("reference", flat=True)),
        grants_revoked=tuple(_losing_grant(change).values_list("user__username", flat=True)),
        ended_cases=ReceivedReferral.objects.unscoped()
        .filter(contract=contract, concluded_at__lt=change.takes_effect_at)
        .count(),
    )


def carry_out(change_id: int, *, now: datetime) -> Effects | None:
    """Carry out one change whose minute has come, at once and once. None: there was nothing (left) to do."""
    with transaction.atomic():
        # The contract first, as long as anybody writes to it.
        change = ProviderChange.objects.due(now).select_for_update().filter(pk=change_id).first()
        if change is None:
            return None
        contract = Contract.objects.select_for_update(of=("self",)).get(pk=change.contract_id)
        change.contract = contract
        moving = _lock_those_that_move(change)
        effects = effects_of(change)
        joining = sorted(_from_then_on(change) - _on(contract), key=lambda provider: provider.name)
        losing = {*_losing_caseworker(change, _open_cases(contract)).values_list("pk", flat=True)}
        for grant in [*_losing_grant(change)]:
            revoke_grant(grant=grant, by=change.set_by, at=now)
        _write_terms(change)
        _tell(change)
        contract.prime, contract.incoming_email = change.prime, change.incoming_email
        contract.save(update_fields=["prime", "incoming_email"])
        contract.subcontractors.set(change.subcontractors.all())
        for case in moving:
            _hand_on(case, change, joining, loses_caseworker=case in losing, now=now)
        change.carried_out_at = now
        change.save(update_fields=["carried_out_at"])
        return effects


@transaction.atomic
def cancel(*, change: ProviderChange, by: User, at: datetime | None = None) -> bool:
    """Cancel a change before its minute, in this administrator’s name. The row stays. False: nothing to do."""
    if not by.is_administrator:
        raise Refused("Only an administrator can cancel a change of service provider.", code="audience")
    now = at or timezone.now()
    to_come = ProviderChange.objects.to_come().filter(pk=change.pk, takes_effect_at__gt=now)
    if not to_come.update(cancelled_at=now, cancelled_by=by):
        return False
    audit.record(AuditAction.PROVIDER_CHANGE_CANCELLED, by=by, change=change.pk)
    return True


def _on(contract: Contract) -> set[Provider]:
    return {contract.prime, *contract.subcontractors.all()}


def _from_then_on(change: ProviderChange) -> set[Provider]:
    return {change.prime, *change.subcontractors.all()}


def _names(providers: set[Provider]) -> tuple[str, ...]:
    return tuple(sorted(provider.name for provider in providers))


def _lock_those_that_move(change: ProviderChange) -> list[UUID]:
    """The cases that those who join see from the minute on: nobody ends or assigns one until the change is done.

    One that ended after the minute and before this is among them; one that ended before it, or while this waited, is
    not.
    """
    theirs = ReceivedReferral.objects.unscoped().filter(contract=change.contract)
    theirs = theirs.exclude(concluded_at__lt=change.takes_effect_at)
    return [*theirs.select_for_update().order_by("pk").values_list("pk", flat=True)]


def _open_cases(contract: Contract) -> QuerySet[ReceivedReferral]:
    cases = ReceivedReferral.objects.unscoped().filter(contract=contract, concluded_at=None)
    return cases.order_by("reference")


def _staying(change: ProviderChange) -> QuerySet[User]:
    """People with a current grant on the contract who work for a provider that is on it from then on."""
    there = current_memberships().filter(provider__in=_from_then_on(change))
    granted = ContractGrant.objects.current().filter(contract=change.contract)
    return User.objects.filter(pk__in=there.values("user")).filter(pk__in=granted.values("user"))


def _losing_caseworker(
    change: ProviderChange, cases: QuerySet[ReceivedReferral]
) -> QuerySet[ReceivedReferral]:
    return cases.filter(caseworker__isnull=False).exclude(caseworker__in=_staying(change).values("pk"))


def _losing_grant(change: ProviderChange) -> QuerySet[ContractGrant]:
    """Grants of those who work for a provider that leaves and for none that is on the contract from then on."""
    leaving = current_memberships().filter(provider__in=_on(change.contract) - _from_then_on(change))
    return (
        ContractGrant.objects.current()
        .filter(contract=change.contract, user__in=leaving.values("user"))
        .exclude(user__in=_staying(change).values("pk"))
        .select_related("user")
        .order_by("user__username")
    )


def _write_terms(change: ProviderChange) -> None:
    """From when to when each provider is on the contract. Those who were on it without a term began with it."""
    contract, at = change.contract, change.takes_effect_at
    before, after = _on(contract), _from_then_on(change)
    for provider in before:
        term, _ = ProviderTerm.objects.get_or_create(
            contract=contract,
            provider=provider,
            ended_at=None,
            defaults={"is_prime": provider == contract.prime},
        )
        if provider not in after:
            term.ended_at = at
        term.is_prime = provider == (change.prime if provider in after else contract.prime)
        term.save(update_fields=["ended_at", "is_prime"])
    for provider in after - before:
        ProviderTerm.objects.create(
            contract=contract, provider=provider, is_prime=provider == change.prime, began_at=at
        )


def _hand_on(
    case_id: UUID, change: ProviderChange, joining: list[Provider], *, loses_caseworker: bool, now: datetime
) -> None:
    """One case, locked: its caseworker leaves it, the disclosure record says who has it, and the practitioner is told.

    One that has ended keeps its caseworker, and there is nothing left to tell of it.
    """
    case = ReceivedReferral.objects.unscoped().get(pk=case_id)
    if loses_caseworker:
        case.assignments.in_force().update(superseded_at=now)
        case.caseworker = None
        case.save(update_fields=["caseworker"])
        refresh(case)
    for provider in joining:
        record_handed_on(case, to=provider, change=change, at=now)
    if case.concluded_at is None:
        outbox.enqueue(TO_PRACTITIONER, key=f"{TO_PRACTITIONER}:{change.pk}:{case.pk}", referral=case.pk)
    audit.record(
        AuditAction.PROVIDER_CHANGED,
        by=change.set_by,
        referral=case.pk,
        crn=case.crn,
        change=change.pk,
        loses_caseworker=loses_caseworker,
    )


def _tell(change: ProviderChange) -> None:
    """Who delivers the contract from now on, and who did: by its mailboxes, before the old one is overwritten."""
    contract = change.contract
    subject = uuid5(NAMESPACE_URL, f"change of service provider {change.pk}")
    payload = {"change": str(change.pk)}
    outbox.enqueue(TAKEN_OVER, key=f"{TAKEN_OVER}:{change.pk}", referral=subject, payload=payload)
    before = contract.incoming_email
    if contract.prime not in _from_then_on(change) and before.casefold() != change.incoming_email.casefold():
        outbox.enqueue(
            HANDED_ON,
            key=f"{HANDED_ON}:{change.pk}",
            referral=subject,
            payload=payload | {"mailbox": before},
        )


def carry_out_all(*, now: datetime) -> int:
    """Every change whose minute has come; how many were carried out. One that fails holds up none of the others."""
    due = ProviderChange.objects.due(now).order_by("takes_effect_at").values_list("pk", flat=True)
    with OneByOne() as each:
        return sum(effects is not None for effects in each([*due], partial(carry_out, now=now)))
