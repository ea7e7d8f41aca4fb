"""Who can be given a case by whom, and how many open cases they have. Reads; changes nothing.

Names are read in the few columns that a supplier may read.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Membership, User
from interventions.models import Contract, ContractGrant
from monitoring.models import ReceivedReferral
from monitoring.rules.stages import OPEN

COLUMNS = ("username", "first_name", "last_name")


def colleagues_on(contract: Contract, user: User) -> QuerySet[User]:
    """The people whom ``user`` can give a case of this contract: those who may see it now, of a provider of theirs.

    Not typed email addresses, as in the live service: a case went to whoever was behind the address. Somebody who is
    not supplier staff (an administrator, a demo) can choose among all who may see the contract's cases.
    """
    return _beside(user, contract.staff().only(*COLUMNS))


def colleagues_on_any(contracts: Collection[Contract], user: User) -> QuerySet[User]:
    """The same for several contracts: those who may see the cases of one of them at least."""
    granted = ContractGrant.objects.effective().filter(contract__in=[one.pk for one in contracts])
    staff = User.objects.filter(pk__in=granted.values("user")).order_by("name_folded", "pk")
    return _beside(user, staff.only(*COLUMNS))


def _beside(user: User, staff: QuerySet[User]) -> QuerySet[User]:
    """Those of a provider of theirs."""
    if not user.is_supplier:
        return staff
    theirs = Membership.objects.filter(user=user, ended_at=None).values("provider")
    beside = Membership.objects.filter(provider__in=theirs, ended_at=None)
    return staff.filter(pk__in=beside.values("user"))


def load_of(people: Iterable[User], *, seen_by: User) -> dict[int, int]:
    """How many open cases each of them has, of those that ``seen_by`` may see; none: no entry."""
    cases = ReceivedReferral.objects.open_to(seen_by).filter(
        caseworker__in=[person.pk for person in people], stage__in=OPEN
    )
    return dict(cases.order_by().values_list("caseworker").annotate(count=Count("pk")))


@dataclass(frozen=True, slots=True)
class Load:
    """How much somebody has. ``may_see`` is False for somebody who has cases that they cannot see (any more)."""

    user_id: int | None  # None: the cases that nobody has
    name: str
    may_see: bool
    cases: int
    overdue: int


def loads_on(contracts: Collection[Contract], *, today: datetime.date) -> tuple[list[Load], int]:
    """Everybody who may see cases of these contracts or has some, by name, and what nobody has. Three reads.

    And how many cases their caseworkers left behind: those of a contract whose cases they may not see any more.
    """
    cases = ReceivedReferral.objects.on_contracts(contracts).not_ended().order_by()
    counted = cases.values_list("caseworker", "contract").annotate(
        count=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today))
    )
    grants = ContractGrant.objects.effective().filter(contract__in=contracts)
    granted = {*grants.order_by().values_list("user", "contract")}
    staff = {user for user, _ in granted}
    has, late, left = Counter[int | None](), Counter[int | None](), 0
    for caseworker, contract, count, overdue in counted:
        has[caseworker] += count
        late[caseworker] += overdue
        if caseworker is not None and (caseworker, contract) not in granted:
            left += count
    people = User.objects.filter(pk__in=staff | {pk for pk in has if pk is not None}).only(*COLUMNS)
    loads = [
        Load(person.pk, person.display_name, person.pk in staff, has[person.pk], late[person.pk])
        for person in people.order_by("name_folded", "pk")
    ]
    return [Load(None, "", True, has[None], late[None]), *loads], left
