"""What stands on a practitioner's desk: their cases and drafts, without the people whom nDelius does not let them see.

Everything that the desk lists, counts or searches begins here. Whom they may see is asked of nDelius for everybody on
the desk at once, however many there are, before anything is counted: so no count tells of somebody who is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from integrations.failures import UpstreamFailure
from monitoring.models import ReceivedReferral
from monitoring.models.received_referral import ReceivedReferralQuerySet
from referrals.access import limited_access as access
from referrals.access.caseload import Caseload, cases_in, covers_of
from referrals.desk.needs import Asking
from referrals.models import Cover, Referral
from referrals.models.referral import ReferralQuerySet


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
        of = [one for one in self.caseloads if whose in (None, one.user.pk)]
        sent = cases_in(of).filter(crn__in=self.visible)
        return ReceivedReferral.objects.unscoped().filter(key__in=sent.values("pk"))

    def drafts(self) -> ReferralQuerySet:
        """Their own drafts."""
        return Referral.objects.drafts_of(self.user).filter(crn__in=self.visible)


def desk_of(user: User, *, also: Iterable[str] = ()) -> Desk:
    """The desk of ``user``. ``also``: people beside those on it whom they may see or not. Two statements."""
    covers = covers_of(user)
    caseloads = tuple(Caseload.of(one) for one in (user, *(cover.colleague for cover in covers)))
    counts = _counts(user, caseloads)
    answers, failure = access.answers_or_failure(user, {*(crn for crn, _, _ in counts), *also})
    visible = frozenset(crn for crn, answer in answers.items() if answer.allowed)
    refused = [(cases, drafts) for crn, cases, drafts in counts if crn in answers and crn not in visible]
    unchecked = [(cases, drafts) for crn, cases, drafts in counts if crn not in answers]
    return Desk(
        user=user,
        covers=covers,
        caseloads=caseloads,
        visible=visible,
        refused=_sum(refused),
        unchecked=_sum(unchecked),
        failure=failure,
        drafts_count=sum(drafts for crn, _, drafts in counts if crn in visible),
        asking=Asking(user=user, now=timezone.now()),
    )


def _sum(hidden: Iterable[tuple[int, int]]) -> Hidden:
    cases, drafts = map(sum, zip(*hidden, strict=True)) if (hidden := [*hidden]) else (0, 0)
    return Hidden(cases, drafts)


def _counts(user: User, caseloads: tuple[Caseload, ...]) -> list[tuple[str, int, int]]:
    """Everybody on the desk by CRN, with how many sent cases and drafts."""
    drafts = Referral.objects.drafts_of(user).order_by().values("pk")
    ids = cases_in(caseloads).order_by().values("pk").union(drafts)
    rows = Referral.objects.filter(pk__in=ids).order_by().values_list("crn")
    return [
        *rows.annotate(cases=Count("pk", filter=~Q(sent_at=None)), drafts=Count("pk", filter=Q(sent_at=None)))
    ]
