"""Every page of a supplier on one case begins here: who is asking, and is the case theirs?

Must not know what any page shows.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from events.audiences import about
from events.refusals import DETAILS_ARE_DELETED, Gone
from monitoring.models import ReceivedReferral


def asking(request: HttpRequest) -> User:
    """The signed-in user, typed."""
    assert isinstance(request.user, User)  # the door let them in
    return request.user


def open_case(request: HttpRequest, received_id: UUID, *beside: str) -> ReceivedReferral:
    """A case on a contract of theirs, named to the audit trail. Somebody else's is not found (decision A1).

    ``beside`` names rows that are read in the same statement, such as ``end_of_service_report``.
    """
    cases = ReceivedReferral.objects.open_to(asking(request))
    received = get_object_or_404(cases.select_related(*beside) if beside else cases, pk=received_id)
    require_details(received)
    about(request, referral=received.pk, crn=received.crn)
    return received


def require_details(received: ReceivedReferral) -> None:
    """Raise Gone for a case whose details were deleted: its retention period was over (decision 23)."""
    if received.blanked_at is not None:
        raise Gone(DETAILS_ARE_DELETED)
