"""What stands on a practitioner's desk: their cases and drafts, without the people whom nDelius does not let them see.

Everything that the desk lists, counts or searches begins here. Whom they may see is asked of nDelius for everybody on
the desk at once, however many there are, before anything is counted: so no count tells of somebody who is hidden.

One statement reads where everything on the desk stands, and counts are made of what it read: a practitioner has some
dozens of cases, and who sent, was given or manages them is looked up once for the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import compress, repeat
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.utils import timezone

from accounts.models import User
from integrations.failures import UpstreamFailure
from monitoring.models import ReceivedReferral
from monitoring.models.received_referral import ReceivedReferralQuerySet
from prepared.queries import PreparedQuery
from referrals.access import limited_access as access
from referrals.access import managed
from referrals.access.caseload import Caseload, covers_of, ids_of
from referrals.actions.check_oasys import beginning_of
from referrals.desk.needs import NEEDS, Asking, due_in_oasys
from referrals.models import Cover, Referral
from referrals.models.referral import DRAFT_LIFE, DRAFT_WARNING, ReferralQuerySet


@dataclass(frozen=True, slots=True)
class Hidden:
    """How much is not shown, of everything on the desk: never of a list, a filter or a search, which would tell who."""

    cases: int = 0
    drafts: int = 0


@dataclass(frozen=True)
class Desk:
    """One practitioner's desk at this moment."""

    user: User
    covers: list[Cover]
    caseloads: tuple[Caseload, ...]
    visible: frozenset[str]
    #: Where each sent case and draft of the people who are visible stands, by column: see ``_PLACE`` and ``_SAID``. A
    #: draft stands at no stage.
    places: dict[str, tuple[Any, ...]] = field(repr=False)
    refused: Hidden  # nDelius does not let them see the person
    unchecked: Hidden  # nDelius did not say: ``failure`` is why
    failure: UpstreamFailure | None
    has_oasys_asked: bool  # about their cases, minutes ago
    now: datetime
    asking: Asking = field(repr=False)

    @property
    def managed_failure(self) -> UpstreamFailure | None:
        """Why nDelius did not say whom they, or those for whom they cover, manage."""
        return next((one.failure for one in self.caseloads if one.failure), None)

    @property
    def people(self) -> dict[int, User]:
        """Whose cases stand on it, by id: theirs, and those of the colleagues for whom they cover."""
        return {one.user.pk: one.user for one in self.caseloads}

    @cached_property
    def keys(self) -> frozenset[UUID]:
        """Which sent cases there are."""
        return frozenset(compress(self.places["key"], self.places["stage"]))

    @property
    def contracts(self) -> frozenset[int]:
        """The contracts that these are on."""
        return frozenset(compress(self.places["contract"], self.places["stage"]))

    @cached_property
    def counts_by_stage(self) -> Counter[str]:
        """How many cases stand at each stage; drafts at none."""
        return Counter(self.places["stage"])

    @property
    def counts_by_need(self) -> dict[str, int]:
        """For how many cases each kind of need holds, by its slug. Only where needs were read."""
        return {need.slug: _true_in(self.places[need.slug]) for need in NEEDS}

    @property
    def due_in_oasys(self) -> int:
        """About how many cases OASys is to be asked. Only where needs were read."""
        return _true_in(self.places["is_due"])

    @property
    def drafts_count(self) -> int:
        """How many drafts there are."""
        return self.counts_by_stage[""]

    @property
    def drafts_ending(self) -> int:
        """How many of these will be deleted within 14 days."""
        return _true_in(self.places["is_ending"])

    def cases(self, *, whose: int | None = None) -> ReceivedReferralQuerySet:
        """The sent cases: all, or those of one of ``people``."""
        cases = ReceivedReferral.objects.unscoped().filter(key__among=self.keys)
        if whose is None:
            return cases
        return cases.filter(key__in=ids_of(**_values(one for one in self.caseloads if one.user.pk == whose)))

    def drafts(self) -> ReferralQuerySet:
        """Their own drafts."""
        return Referral.objects.drafts_of(self.user).filter(crn__among=self.visible)


def desk_of(
    user: User, *, covers: list[Cover] | None = None, also: Iterable[str] = (), with_needs: bool = False
) -> Desk:
    """The desk of ``user``, and of those for whom they cover. ``also``: people beside those on it whom they may see or
    not. One statement, and one for the covers where the caller does not know them."""
    covers = covers_of(user) if covers is None else covers
    kept = cache.get_many([managed.key_of(user), access.key_together(user), key_of_oasys_checks(user)])
    caseloads = (Caseload.of(user, kept), *(Caseload.of(cover.colleague) for cover in covers))
    now = timezone.now()
    asking = Asking(user=user.pk, today=timezone.localdate(now))
    names, rows = _places_on(caseloads, asking, now, with_needs=with_needs)
    answers, failure = access.answers_or_failure(
        user, {row[CRN] for row in rows}.union(also), kept_together=kept.get(access.key_together(user), {})
    )
    visible = frozenset([crn for crn, answer in answers.items() if answer.allowed])
    shown = [row for row in rows if row[CRN] in visible]
    hidden = [row for row in rows if row[CRN] not in visible]
    return Desk(
        user=user,
        covers=covers,
        caseloads=caseloads,
        visible=visible,
        places=dict(zip(names, zip(*shown, strict=True) if shown else repeat(()), strict=False)),
        refused=_counted([row for row in hidden if row[CRN] in answers]),
        unchecked=_counted([row for row in hidden if row[CRN] not in answers]),
        failure=failure,
        has_oasys_asked=key_of_oasys_checks(user) in kept,
        now=now,
        asking=asking,
    )


def key_of_oasys_checks(user: User) -> str:
    """Where the cache has that OASys is being asked about their cases."""
    return f"oasys-checks:{user.pk}"


def _true_in(column: tuple[bool | None, ...]) -> int:
    return sum(filter(None, column))


def _counted(hidden: list[tuple[Any, ...]]) -> Hidden:
    cases = sum(bool(row[STAGE]) for row in hidden)
    return Hidden(cases, len(hidden) - cases)


def _places_on(
    caseloads: Iterable[Caseload], asking: Asking, now: datetime, *, with_needs: bool
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Where everything on the desk stands, whoever may see it: the names of columns, and rows."""
    values = {"user": asking.user, "changed_by": now - (DRAFT_LIFE - DRAFT_WARNING), **_values(caseloads)}
    if not with_needs:
        return _PLACE, _PLACES.rows(**values)
    return _PLACE + _SAID, _PLACES_WITH_NEEDS.rows(**values, today=asking.today, beginning=beginning_of(now))


def _values(caseloads: Iterable[Caseload]) -> dict[str, Any]:
    caseloads = [*caseloads]
    theirs = frozenset[str]().union(*(one.managed for one in caseloads))
    return {"users": [one.user.pk for one in caseloads], "managed": theirs}


#: What is read of each case and draft; and, for the home, what is said of a case.
_PLACE = ("crn", "stage", "key", "contract", "is_ending")
CRN, STAGE, *_ = range(len(_PLACE))
_SAID = ("is_due", *(need.slug for need in NEEDS))


def _places(
    *, user: int, changed_by: datetime, users: list[int], managed: frozenset[str]
) -> QuerySet[Any, Any]:
    """Where all cases and drafts stand."""
    cases = _sent_by(users, managed).annotate(is_ending=Value(False))
    return cases.values_list(*_PLACE).union(_drafts_of(user, changed_by).values_list(*_OF_DRAFT), all=True)


def _places_with_needs(
    *,
    user: int,
    changed_by: datetime,
    users: list[int],
    managed: frozenset[str],
    today: date,
    beginning: datetime,
) -> QuerySet[Any, Any]:
    """The same with what is said of each case: whether OASys is to be asked, and which needs hold."""
    asking = Asking(user=user, today=today)
    holding = {"is_due": due_in_oasys(beginning), **{need.slug: need.holds(asking) for need in NEEDS}}
    said = {f"said_{name}": _whether(holding[name]) for name in _SAID}
    cases = _sent_by(users, managed).annotate(is_ending=Value(False), **said)
    drafts = _drafts_of(user, changed_by).annotate(**dict.fromkeys(said, Value(False)))
    return cases.values_list(*_PLACE, *said).union(drafts.values_list(*_OF_DRAFT, *said), all=True)


_OF_DRAFT = ("crn", "no_stage", "pk", "contract", "is_ending")


def _sent_by(users: list[int], managed: frozenset[str]) -> ReceivedReferralQuerySet:
    """The cases of these users and of people whom they manage, but for those whose details were deleted: nothing is
    left to follow."""
    cases = ReceivedReferral.objects.unscoped().filter(key__in=ids_of(users, managed), blanked_at=None)
    return cases.order_by()


def _drafts_of(user: int, changed_by: datetime) -> ReferralQuerySet:
    drafts = Referral.objects.drafts_of(user).order_by()
    return drafts.annotate(no_stage=Value(""), is_ending=_whether(Q(changed_at__lte=changed_by)))


def _whether(holds: Q) -> ExpressionWrapper:
    return ExpressionWrapper(holds, output_field=BooleanField())


_PLACES, _PLACES_WITH_NEEDS = PreparedQuery(_places), PreparedQuery(_places_with_needs)
