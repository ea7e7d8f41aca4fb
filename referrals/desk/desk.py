"""What stands on a practitioner's desk: their cases and drafts, without the people whom nDelius does not let them see.

Everything that the desk lists, counts or searches begins here. Whom they may see is asked of nDelius for everybody on
the desk at once, however many there are, before anything is counted: so no count tells of somebody who is hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from integrations.failures import UpstreamFailure
from monitoring.models import ReceivedReferral
from monitoring.models.received_referral import ReceivedReferralQuerySet
from prepared.queries import PreparedQuery
from referrals.access import limited_access as access
from referrals.access.caseload import Caseload, cases_of, covers_of
from referrals.desk.needs import Asking
from referrals.models import Cover, Referral
from referrals.models.referral import DRAFT_LIFE, DRAFT_WARNING, ReferralQuerySet


@dataclass(frozen=True, slots=True)
class Hidden:
    """How much is not shown, of everything on the desk: never of a list, a filter or a search, which would tell who."""

    cases: int = 0
    drafts: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """One practitioner's desk at this moment."""

    user: User
    covers: list[Cover]
    caseloads: tuple[Caseload, ...]
    visible: frozenset[str]
    refused: Hidden  # nDelius does not let them see the person
    unchecked: Hidden  # nDelius did not say: ``failure`` is why
    failure: UpstreamFailure | None
    drafts_count: int
    drafts_ending: int  # of these, will be deleted within 14 days
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

    def cases(self, *, whose: int | None = None) -> ReceivedReferralQuerySet:
        """The sent cases: all, or those of one of ``people``."""
        return ReceivedReferral.objects.unscoped().filter(key__in=_SENT.subquery(**self.values(whose=whose)))

    def values(self, *, whose: int | None = None) -> dict[str, Any]:
        """What tells ``cases_on`` which cases stand on it."""
        of = [one for one in self.caseloads if whose in (None, one.user.pk)]
        return {**_values(of), "visible": self.visible}

    def drafts(self) -> ReferralQuerySet:
        """Their own drafts."""
        return Referral.objects.drafts_of(self.user).filter(crn__among=self.visible)


def desk_of(user: User, *, also: Iterable[str] = ()) -> Desk:
    """The desk of ``user``. ``also``: people beside those on it whom they may see or not. Two statements."""
    covers = covers_of(user)
    caseloads = tuple(Caseload.of(one) for one in (user, *(cover.colleague for cover in covers)))
    now = timezone.now()
    counts = _COUNTS.rows(user=user.pk, changed_by=now - (DRAFT_LIFE - DRAFT_WARNING), **_values(caseloads))
    answers, failure = access.answers_or_failure(user, {*(crn for crn, *_ in counts), *also})
    visible = frozenset(crn for crn, answer in answers.items() if answer.allowed)
    refused = [(cases, drafts) for crn, cases, drafts, _ in counts if crn in answers and crn not in visible]
    unchecked = [(cases, drafts) for crn, cases, drafts, _ in counts if crn not in answers]
    return Desk(
        user=user,
        covers=covers,
        caseloads=caseloads,
        visible=visible,
        refused=_sum(refused),
        unchecked=_sum(unchecked),
        failure=failure,
        drafts_count=sum(drafts for crn, _, drafts, _ in counts if crn in visible),
        drafts_ending=sum(ending for crn, *_, ending in counts if crn in visible),
        now=now,
        asking=Asking(user=user.pk, today=timezone.localdate(now)),
    )


def _sum(hidden: Iterable[tuple[int, int]]) -> Hidden:
    cases, drafts = map(sum, zip(*hidden, strict=True)) if (hidden := [*hidden]) else (0, 0)
    return Hidden(cases, drafts)


def cases_on(
    *, users: Collection[int], managed: frozenset[str], visible: frozenset[str]
) -> ReceivedReferralQuerySet:
    """The sent cases of a desk: of these users and of people whom they manage, as far as the person may be seen."""
    sent = cases_of(users, managed).filter(crn__among=visible)
    return ReceivedReferral.objects.unscoped().filter(key__in=sent.order_by().values("pk"))


def _values(caseloads: Iterable[Caseload]) -> dict[str, Any]:
    caseloads = [*caseloads]
    managed = frozenset[str]().union(*(one.managed for one in caseloads))
    return {"users": [one.user.pk for one in caseloads], "managed": managed}


def _counts(*, user: int, changed_by: datetime, users: list[int], managed: frozenset[str]) -> QuerySet[Any, Any]:
    """Everybody on the desk by CRN, with how many sent cases, drafts, and drafts that were last changed by then."""
    drafts = Referral.objects.drafts_of(user).order_by().values("pk")
    ids = cases_of(users, managed).order_by().values("pk").union(drafts)
    is_draft = Q(sent_at=None)
    return (
        Referral.objects.filter(pk__in=ids)
        .order_by()
        .values_list("crn")
        .annotate(
            cases=Count("pk", filter=~is_draft),
            drafts=Count("pk", filter=is_draft),
            ending=Count("pk", filter=is_draft & Q(changed_at__lte=changed_by)),
        )
    )


_COUNTS = PreparedQuery(_counts)
_SENT = PreparedQuery(
    lambda users, managed, visible: cases_of(users, managed).filter(crn__among=visible).order_by().values("pk")
)
