"""Every page of a supplier on one case begins here: who is asking, and is the case theirs?

Must not know what any page shows.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from accounts.models import User
from events.audiences import about
from events.refusals import DETAILS_ARE_DELETED, Gone
from interventions.models.contracts import granted_contracts
from monitoring.models import ReceivedCriminogenicNeed, ReceivedOutcome, ReceivedReferral, ReceivedService
from monitoring.models.received_referral import held_by
from prepared.prefetched import keep_prefetched
from prepared.queries import PreparedQuery


def asking(request: HttpRequest) -> User:
    """The signed-in user, typed."""
    assert isinstance(request.user, User)  # the door let them in
    return request.user


def open_case(request: HttpRequest, received_id: UUID, *beside: str) -> ReceivedReferral:
    """A case on a contract of theirs, named to the audit trail. Somebody else's is not found (decision A1).

    ``beside`` names rows that are read in the same statement, such as ``end_of_service_report``.
    """
    received = case_of(asking(request), received_id, *beside)
    require_details(received)
    about(request, referral=received.pk, crn=received.crn)
    return received


def case_of(
    user: User, received_id: UUID, *beside: str, with_details_updated_at: bool = False
) -> ReceivedReferral:
    """The same, whether or not its details were deleted; and not named to the audit trail."""
    received = _CASE.first(with_details_updated_at, *beside, key=received_id, **held_by(granted_contracts(user)))
    if received is None:
        raise Http404
    return received


def _case(
    with_details_updated_at: bool, *beside: str, key: UUID, **held: Any
) -> QuerySet[ReceivedReferral]:
    cases = ReceivedReferral.objects.held(**held).filter(pk=key)
    if with_details_updated_at:
        cases = cases.with_details_updated_at()
    return cases.select_related(*beside) if beside else cases


_CASE = PreparedQuery(_case)
_SERVICES = PreparedQuery(lambda received: ReceivedService.objects.unscoped().filter(received=received))
_OUTCOMES = PreparedQuery(
    lambda received: ReceivedOutcome.objects.unscoped().filter(service__received=received)
)
_NEEDS = PreparedQuery(lambda received: ReceivedCriminogenicNeed.objects.unscoped().filter(received=received))


def load_services_and_needs(received: ReceivedReferral) -> None:
    """Read what ``as_handover`` reads: three statements."""
    services = _SERVICES.rows(received=received.pk)
    outcomes: dict[UUID, list[ReceivedOutcome]] = {service.pk: [] for service in services}
    for outcome in _OUTCOMES.rows(received=received.pk):
        outcomes[outcome.service_id].append(outcome)
    for service in services:
        service.received = received
        for outcome in outcomes[service.pk]:
            outcome.service = service
        keep_prefetched(service, "outcomes", outcomes[service.pk])
    keep_prefetched(received, "services", services)
    keep_prefetched(received, "criminogenic_needs", _NEEDS.rows(received=received.pk))


def require_details(received: ReceivedReferral) -> None:
    """Raise Gone for a case whose details were deleted: its retention period was over (decision 23)."""
    if received.blanked_at is not None:
        raise Gone(DETAILS_ARE_DELETED)
