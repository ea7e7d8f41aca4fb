"""Who can be given a case by whom, and how many open cases they have. Reads; changes nothing.

Names are read in the few columns that a supplier may read.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accounts.models import Membership, User
from interventions.models import Contract
from monitoring.models import ReceivedReferral
from monitoring.stages import OPEN

COLUMNS = ("username", "first_name", "last_name")


def colleagues_on(contract: Contract, user: User) -> QuerySet[User]:
    """The people whom ``user`` can give a case of this contract: those who may see it now, of a provider of theirs.

    Not typed email addresses, as in the live service: a case went to whoever was behind the address. Somebody who is
    not supplier staff (an administrator, a demo) can choose among all who may see the contract's cases.
    """
    staff = contract.staff().only(*COLUMNS)
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
