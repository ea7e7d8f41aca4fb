"""Every practitioner's page begins here: whose draft or case is it, and may this user see the person at all?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from encryption import referral_keys
from events.audiences import about
from events.refusals import DETAILS_ARE_DELETED, Gone
from govuk.addresses import reverse
from integrations.failures import UpstreamFailure
from interventions.models import DesiredOutcome, ServiceCategory
from prepared.prefetched import keep_prefetched
from prepared.queries import PreparedQuery
from referrals.access import limited_access as access
from referrals.access.already_sent import already_sent
from referrals.access.caseload import Caseload, covers_of, is_covered_by, is_given_to
from referrals.access.managed import managed_crns
from referrals.models import CaseOpening, ChosenService, Referral
from referrals.models.referral import ReferralQuerySet
from risk.models import RiskInformation

ENDED_BEFORE = "The referral ended before you shared this corrected version, so it was deleted."
OPENING_HOLDS = timedelta(hours=12)  # a case opened with a reason stays open for a working day


class SharedAlready(Gone):
    """A corrected version that was shared: what it was is the current or an earlier version of the case."""


def user_of(request: HttpRequest) -> User:
    """The signed-in user, typed."""
    assert isinstance(request.user, User)
    return request.user


def own_draft(request: HttpRequest, referral_id: UUID, *, with_services: bool = True) -> Referral:
    """A draft of theirs whose person they may see. Not theirs is 404; sent already is 410.

    ``with_services=False`` saves pages about something else the three statements that load the chosen services.
    """
    draft = own_referral(request, referral_id, with_services=with_services)
    if draft.is_sent:
        raise already_sent(draft)
    return draft


_OWN = PreparedQuery(
    lambda user, key: referral_keys.with_keys(
        Referral.objects.filter(created_by=user, pk=key)
        .select_related("contract__contract_type", "contract__prime", "risk__snapshot")
        .with_services_offered()
    )
)
_SERVICES = PreparedQuery(
    lambda referral: ChosenService.objects.filter(referral=referral).select_related(
        "category", "complexity_level"
    )
)
_OUTCOMES = PreparedQuery(
    lambda referral: (
        ChosenService.outcomes.through.objects.filter(chosenservice__referral=referral)
        .select_related("desiredoutcome")
        .order_by("desiredoutcome__category__name_folded", "desiredoutcome__code")
    )
)
_CATEGORIES = PreparedQuery(lambda kind: ServiceCategory.objects.filter(contract_types=kind))


def load_services(referral: Referral) -> None:
    """Read the chosen services with their outcomes, as pages of the form need them; and what the contract offers,
    unless the referral was read with how many that are."""
    services = _SERVICES.rows(referral=referral.pk)
    outcomes: dict[int, list[DesiredOutcome]] = {service.pk: [] for service in services}
    for chosen in _OUTCOMES.rows(referral=referral.pk) if services else ():
        outcomes[chosen.chosenservice_id].append(chosen.desiredoutcome)
    for service in services:
        service.referral = referral
        keep_prefetched(service, "outcomes", outcomes[service.pk])
    keep_prefetched(referral, "services", services)
    if offered := getattr(referral, "services_offered", 0):
        referral.contract.offers_several_services = offered > 1
    else:
        kind = referral.contract.contract_type
        keep_prefetched(kind, "categories", _CATEGORIES.rows(kind=kind.pk))


def own_referral(request: HttpRequest, referral_id: UUID, *, with_services: bool = True) -> Referral:
    """A referral they made, draft or sent, whose person they may see."""
    user = user_of(request)
    referral = _OWN.first(user=user.pk, key=referral_id)
    if referral is None:
        raise Http404
    if referral.blanked_at is not None:
        raise Gone(DETAILS_ARE_DELETED)
    referral_keys.came_with(referral)
    about(request, referral=referral.pk, crn=referral.crn)
    access.check(user, referral.crn)
    if with_services:
        load_services(referral)
    return referral


def followed_case(request: HttpRequest, referral_id: UUID) -> Referral:
    """A sent referral they sent, or whose person they manage, or that they opened with a reason (decision A2).

    Or one of a colleague for whom they cover today.
    """
    user = user_of(request)
    sent = Referral.objects.sent().select_related(
        "contract__contract_type", "contract__prime", "created_by", "risk__snapshot", "received",
        "case_check",
    )  # fmt: skip
    referral = get_object_or_404(sent, pk=referral_id)
    if not may_follow(user, referral):
        raise Http404
    if referral.blanked_at is not None:
        raise Gone(DETAILS_ARE_DELETED)
    about(request, referral=referral.pk, crn=referral.crn)
    access.check(user, referral.crn)
    return referral


def own_correction(request: HttpRequest, referral_id: UUID, correction_id: UUID) -> Referral:
    """A sent case that they follow, whose ``risk`` is the corrected version that they have begun.

    Somebody else's is 404; one that was shared (SharedAlready), or whose case ended before, is 410. Never save the
    referral: its risk is what it was sent with.
    """
    referral = followed_case(request, referral_id)
    of_case = RiskInformation.objects.filter(corrects=referral.pk, owner=user_of(request))
    correction = get_object_or_404(of_case, pk=correction_id)
    if correction.purged_at is not None:
        case = ("View what is shared now", reverse("referrals:case", args=[referral.pk]))
        if correction.shared_as is None:
            raise Gone(ENDED_BEFORE, link=case)
        raise SharedAlready(
            "You have shared this corrected version, so you can no longer change it.", link=case
        )
    referral.risk = correction
    return referral


def cases_of_person(user: User, crn: str) -> tuple[ReferralQuerySet, UpstreamFailure | None]:
    """The sent referrals of a person that ``followed_case`` lets ``user`` open, and why these may not be all.

    Limited access was checked before.
    """
    theirs = Q(pk__in=open_now(user).values("referral"))
    caseloads = [Caseload.of(one) for one in (user, *(cover.colleague for cover in covers_of(user)))]
    for caseload in caseloads:
        theirs |= caseload.theirs()
    cases = Referral.objects.sent().filter(theirs, crn=crn, blanked_at=None)
    return cases, next((caseload.failure for caseload in caseloads if caseload.failure), None)


def open_now(user: User) -> QuerySet[CaseOpening]:
    """What they opened with a reason that still holds."""
    return CaseOpening.objects.filter(user=user, opened_at__gte=timezone.now() - OPENING_HOLDS)


def may_follow(user: User, referral: Referral) -> bool:
    """Whether a sent case is one they sent or were given, opened with a reason, or whose person they manage; or a
    colleague's."""
    if referral.created_by_id == user.pk:
        return True
    if is_given_to(user, referral) or open_now(user).filter(referral=referral).exists():
        return True
    managed, _ = managed_crns(user, including=referral.crn)
    return referral.crn in managed or is_covered_by(user, referral)
