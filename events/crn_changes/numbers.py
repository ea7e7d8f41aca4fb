"""Which CRN a person is known by now, and by which others they were known before."""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When

from events.crn import Crn
from events.crn_changes.models import CrnChange, FormerCrn


def current_crn(crn: str) -> Crn:
    """The CRN that took this one's place; itself when none did. One statement."""
    found = FormerCrn.objects.filter(former=crn).values_list("current", flat=True).first()
    return Crn(found or crn)


def as_current(crn: str) -> Case:
    """The same inside a statement: ``rows.filter(crn=as_current(typed))``.

    Not COALESCE, of which PostgreSQL does not know that it tells nobody what it was given: on a table with a policy it
    would read every row and leave the index alone.
    """
    taken = FormerCrn.objects.filter(former=crn)
    return Case(When(Exists(taken), then=Subquery(taken.values("current")[:1])), default=Value(crn))


def numbers_of(crn: str) -> frozenset[str]:
    """Every CRN of the person, whichever of them is asked about. One statement."""
    same = (
        Q(former=crn) | Q(current=crn) | Q(current__in=FormerCrn.objects.filter(former=crn).values("current"))
    )
    rows = FormerCrn.objects.filter(same).values_list("former", "current")
    return frozenset({crn, *(number for row in rows for number in row)})


def ever_joined_with(crn: str | OuterRef) -> Q:
    """For a table with a ``crn``: rows of a person's CRN, of their former ones, and of any that was taken for theirs.

    Also by a correction that was taken back: what must hold of either person then holds of both.
    """
    inside = OuterRef(crn) if isinstance(crn, OuterRef) else crn
    former = FormerCrn.objects.filter(current=inside).values("former")
    one_way = CrnChange.objects.filter(old_crn=inside).values("new_crn")
    other_way = CrnChange.objects.filter(new_crn=inside).values("old_crn")
    return Q(crn=crn) | Q(crn__in=former) | Q(crn__in=one_way) | Q(crn__in=other_way)
