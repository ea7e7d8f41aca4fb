"""Lists of cases, declared: which cases stand in which, and how each is sorted, filtered and searched.

The supplier's lists stand here. The practitioner's are declared on their side (``referrals.desk.lists``), and are
sorted and searched by the same rules.

Knows neither requests nor words of pages other than the names of lists. Every sort is on a column of the indexes made
for it, so that a page of a long list costs about as much as one of a short list.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Case, F, Func, OrderBy, Q, SmallIntegerField, Value, When
from django.db.models.functions import Coalesce

from accounts.models import User
from events.crn import is_crn
from events.crn_changes.numbers import as_current
from govuk.text import folded
from interventions.models import Contract
from monitoring.models import ReceivedReferral, Stage, Turn
from monitoring.models.received_referral import ReceivedReferralQuerySet
from monitoring.rules.stages import OPEN
from prepared.ranks import Rank, ranks

REFERENCE = re.compile(r"[A-Z]{2}[0-9]{4}[A-Z]{2}")
SHORTEST_NAME = 2  # letters; one letter finds nearly everybody
LONG_AGO = datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)  # before any case


@dataclass(frozen=True, slots=True)
class CaseList:
    """One list. ``columns`` are keys that the presenter knows; those in ``SORTS`` can be sorted by."""

    slug: str
    title: str
    stages: tuple[Stage, ...]
    columns: tuple[str, ...]
    is_mine: bool = False
    is_unassigned: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its cases still have something to do, by when."""
        return any(stage in OPEN for stage in self.stages[:1])

    @property
    def has_caseworkers(self) -> bool:
        """Whether its cases can have different caseworkers."""
        return not (self.is_mine or self.is_unassigned)

    def cases(self, user: User, contracts: Sequence[Contract]) -> ReceivedReferralQuerySet:
        """Its cases for ``user``, of the contracts that are granted to them."""
        return self.among(ReceivedReferral.objects.on_contracts(contracts), user=user.pk)

    def among(self, cases: ReceivedReferralQuerySet, *, user: int | None) -> ReceivedReferralQuerySet:
        """Its cases for the user with this id, of these; a list that is not theirs needs none."""
        if self.is_open:
            cases = cases.not_ended()
        if self.stages != OPEN:  # these are where what has not ended stands: one transaction sets both
            cases = cases.standing_at(self.stages)
        if self.is_mine:
            assert user is not None
            return cases.of(user)
        return cases.without_caseworker() if self.is_unassigned else cases


_OPEN_COLUMNS = ("name", "reference", "intervention", "caseworker", "received", "status", "next", "due")
_ENDED_COLUMNS = ("name", "reference", "intervention", "caseworker", "received", "status", "next", "ended")
MINE = CaseList(
    "mine",
    "Your cases",
    tuple(stage for stage in OPEN if stage != Stage.ASSIGN),
    tuple(column for column in _OPEN_COLUMNS if column != "caseworker"),
    is_mine=True,
)
UNASSIGNED = CaseList(
    "unassigned",
    "Unassigned cases",
    OPEN,
    ("name", "reference", "intervention", "location", "release", "received", "status", "next", "due"),
    is_unassigned=True,
)
ALL_OPEN = CaseList("open", "All open cases", OPEN, _OPEN_COLUMNS)
# Live service: an end before anybody came is a cancellation; every other end has a report on what was achieved.
COMPLETED = CaseList("completed", "Completed cases", (Stage.COMPLETED, Stage.ENDED_EARLY), _ENDED_COLUMNS)
CANCELLED = CaseList("cancelled", "Cancelled cases", (Stage.CANCELLED,), _ENDED_COLUMNS)
LISTS = (MINE, UNASSIGNED, ALL_OPEN, COMPLETED, CANCELLED)
BY_SLUG = {one.slug: one for one in LISTS}

#: What can be sorted by, and the columns behind it. A name that is not here is never put into a statement.
SORTS: dict[str, tuple[str, ...]] = {
    "name": ("person_sortable_name",),
    "reference": ("reference",),
    "intervention": (),  # by the contract's title, see below
    "caseworker": ("caseworker__name_folded",),
    "received": ("received_at",),
    "status": (),  # in the order of the life cycle, see below
    "due": ("due_on",),
    "ended": ("concluded_at",),
    # On the practitioner's lists only.
    "provider": (),  # by the name of the contract's prime provider, see below
    "sent": ("sent_at",),
    "changed": (),  # drafts, which are sorted where they are listed
}


BY_CONTRACT = ("intervention", "provider")
MAY_BE_MISSING = ("caseworker", "due")


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to see a list. Without ``sort``: in the list's own order."""

    sort: str = ""
    is_descending: bool = False
    stage: str = ""
    is_overdue: bool = False
    caseworker: int | None = None
    terms: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether some cases are left out, other than by a search."""
        return bool(self.stage or self.is_overdue or self.caseworker)

    @property
    def is_by_stage_alone(self) -> bool:
        """Whether nothing but a stage leaves cases out, if anything does."""
        return not (self.is_overdue or self.caseworker or self.terms)

    @property
    def sorted_by(self) -> str:
        """As an address says it: "-due" is by the due date, downwards."""
        return f"-{self.sort}" if self.is_descending else self.sort

    def offered_by(self, shown: CaseList) -> Choice:
        """The same, without what a list does not offer."""
        sort = self.sort if self.sort in SORTS and self.sort in shown.columns else ""
        return replace(
            self,
            sort=sort,
            is_descending=bool(sort) and self.is_descending,
            stage=self.stage if self.stage in shown.stages else "",
            is_overdue=self.is_overdue and shown.is_open,
            caseworker=self.caseworker if shown.has_caseworkers else None,
        )


def chosen_cases(
    cases: ReceivedReferralQuerySet, choice: Choice, *, today: datetime.date
) -> ReceivedReferralQuerySet:
    """Those that the filters and the search leave."""
    if choice.stage:
        cases = cases.standing_at([Stage(choice.stage)])
    if choice.is_overdue:
        cases = cases.overdue(today)
    if choice.caseworker is not None:
        cases = cases.of(choice.caseworker)
    return found(cases, choice.terms) if choice.terms else cases


def found(cases: ReceivedReferralQuerySet, terms: str) -> ReceivedReferralQuerySet:
    """Those with this reference number (in any case), this CRN or one that took its place, or these parts of a name in
    any order.
    """
    code = "".join(terms.split()).upper()
    if REFERENCE.fullmatch(code):
        return cases.filter(reference=code)
    if is_crn(code):
        return cases.filter(crn=as_current(code))
    words = folded(terms).split()
    if not words:
        return cases.none()
    for word in words:
        cases = cases.filter(person_sortable_name__contains=word)
    return cases


def is_too_short(terms: str) -> bool:
    """Whether so little was typed that nearly every name would be found."""
    return len("".join(folded(terms).split())) < SHORTEST_NAME


def needing(user: int, *, today: datetime.date) -> Q:
    """Which cases need somebody of the supplier (by their id) today: theirs, their turn, due today or before."""
    return Q(caseworker=user, whose_turn=Turn.SUPPLIER, due_on__lte=today)


def order_of(
    shown: CaseList, choice: Choice, *, first: Q, contracts: Sequence[Contract] = (), ranks: str = ""
) -> list[OrderBy]:
    """What to sort by. The reference number comes last, so that pages that follow each other share no case.

    A list's own order: what needs the reader (``first``), then by due date; ended cases by their end, the newest first.
    What was searched for is in the order of names. Only what may be missing says that it then comes last. To sort by
    what contracts are called takes ``contracts``, or ``ranks`` of them (``ranks_of``).
    """
    reference = F("reference").asc()
    if choice.sort:
        expressions: list[F | Func | Case | Rank] = [F(column) for column in SORTS[choice.sort]]
        if choice.sort in BY_CONTRACT:
            # Titles and names are known already: no text is compared for any case.
            expressions = [Rank("contract", ranks or ranks_of(choice.sort, contracts))]
        elif choice.sort == "received":
            # Not the plain column: PostgreSQL would walk along its index, through the ended cases of every provider.
            expressions = [Coalesce(F("received_at"), LONG_AGO)]
        elif choice.sort == "status":
            expressions = [_ranked("stage", shown.stages)]
        down, last = choice.is_descending, True if choice.sort in MAY_BE_MISSING else None
        return [
            *(one.desc(nulls_last=last) if down else one.asc(nulls_last=last) for one in expressions),
            reference,
        ]
    if choice.terms:
        return [F("person_sortable_name").asc(), reference]
    if not shown.is_open:
        return [F("concluded_at").desc(), reference]
    mine_first = Case(When(first, then=Value(0)), default=Value(1), output_field=SmallIntegerField())
    return [mine_first.asc(), F("due_on").asc(nulls_last=True), reference]


def ranks_of(sort: str, contracts: Sequence[Contract]) -> str:
    """Where each contract stands when they are sorted by title, or by what their prime provider is called."""

    if sort == "provider":
        in_order = sorted(contracts, key=lambda contract: (contract.prime.name_folded, contract.prime_id))
    else:
        in_order = by_title(contracts)
    return ranks([contract.pk for contract in in_order])


def by_title(contracts: Sequence[Contract]) -> list[Contract]:
    """As lists sort by what is delivered."""
    return sorted(contracts, key=lambda contract: (folded(contract.title), contract.pk))


def _ranked(column: str, values: Sequence[object]) -> Case:
    steps = [When(**{column: value}, then=Value(rank)) for rank, value in enumerate(values)]
    return Case(*steps, default=Value(len(steps)), output_field=SmallIntegerField())
