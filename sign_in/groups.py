"""What groups in HMPPS Auth amount to here: the service providers somebody works for, and the contracts they work on.

A group that leads nowhere costs that group alone, and says why. Reads; changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from accounts.models import Provider
from integrations.manage_users.types import Groups
from interventions.models import Contract


class Wrong(StrEnum):
    """Why a group gives nothing. Codes for the audit trail."""

    NO_SUCH_PROVIDER = "no_such_provider"
    CLOSED_PROVIDER = "closed_provider"
    NO_SUCH_CONTRACT = "no_such_contract"
    NOT_THEIR_CONTRACT = "not_their_contract"


@dataclass(frozen=True, slots=True)
class WrongGroup:
    """One group that gives nothing, by its code without what it begins with."""

    code: str
    why: Wrong


@dataclass(frozen=True, slots=True)
class Places:
    """Where somebody belongs, by their groups."""

    providers: list[Provider]
    contracts: list[Contract]
    wrong: list[WrongGroup]


def places_of(groups: Groups) -> Places:
    """What these groups amount to now. A contract counts while one of the same person's providers is on it (A1)."""
    known = {provider.code: provider for provider in Provider.objects.filter(code__in=groups.providers)}
    providers = [provider for provider in known.values() if provider.is_active]
    there = {contract.reference.upper(): contract for contract in _contracts_named(groups.contracts)}
    on_theirs = set(
        Contract.objects.filter(Q(prime__in=providers) | Q(subcontractors__in=providers)).values_list(
            "pk", flat=True
        )
    )
    wrong = [
        WrongGroup(code, Wrong.CLOSED_PROVIDER if code in known else Wrong.NO_SUCH_PROVIDER)
        for code in sorted(groups.providers)
        if code not in known or not known[code].is_active
    ]
    wrong += [
        WrongGroup(code, Wrong.NOT_THEIR_CONTRACT if code in there else Wrong.NO_SUCH_CONTRACT)
        for code in sorted(groups.contracts)
        if code not in there or there[code].pk not in on_theirs
    ]
    contracts = [contract for contract in there.values() if contract.pk in on_theirs]
    return Places(providers, contracts, wrong)


def _contracts_named(references: frozenset[str]) -> list[Contract]:
    """Capitals make no difference: group codes have no others."""
    named = Q()
    for reference in references:
        named |= Q(reference__iexact=reference)
    return list(Contract.objects.filter(named)) if references else []
