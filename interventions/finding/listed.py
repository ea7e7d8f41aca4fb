"""The services of one page of a list, with what a list says about each.

Which they are changes with every filter, so that is asked anew; what is said about them is asked in the same words
whatever was looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from interventions.models import Contract, ContractType
from interventions.models.contracts import ContractQuerySet
from prepared.prefetched import keep_prefetched
from prepared.queries import PreparedQuery

_LISTED = PreparedQuery(lambda services: Contract.objects.filter(pk__among=services).with_settings().order_by())
_OFFERED = PreparedQuery(
    lambda types: (
        ContractType.categories.through.objects.filter(contracttype__among=types)
        .select_related("servicecategory")
        .order_by("servicecategory__name_folded", "servicecategory__pk")
    )
)


def listed(found: ContractQuerySet) -> list[Contract]:
    """Those that were found, in their order and with what they are annotated with: three queries, however many.

    Without one that an administrator deletes between the first query and the second.
    """
    rows = [*found.only("pk")]
    known = {contract.pk: contract for contract in _LISTED.rows(services=frozenset(row.pk for row in rows))}
    rows = [row for row in rows if row.pk in known]
    for row in rows:
        for name in found.query.annotations:
            setattr(known[row.pk], name, getattr(row, name))
    _with_categories(known.values())
    return [known[row.pk] for row in rows]


def _with_categories(contracts: Iterable[Contract]) -> None:
    """Contracts of one type share it, with the service categories that it offers."""
    types = {contract.contract_type_id: contract.contract_type for contract in contracts}
    offered = defaultdict(list)
    for pair in _OFFERED.rows(types=frozenset(types)):
        offered[pair.contracttype_id].append(pair.servicecategory)
    for key, contract_type in types.items():
        keep_prefetched(contract_type, "categories", offered[key])
    for contract in contracts:
        contract.contract_type = types[contract.contract_type_id]
