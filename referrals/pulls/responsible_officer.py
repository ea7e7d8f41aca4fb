"""Whether nDelius names another practitioner by now than the one whom the service provider contacts.

Asked at most every 15 minutes for a person; an answer that does not come costs a page nothing but that.
"""

from __future__ import annotations

import structlog
from django.core.cache import cache

from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from monitoring.models import ReceivedReferral
from monitoring.rules.amendments import NewPractitioner, why_not_now
from referrals.journey.records import OfficerInNdelius

ASKED_EVERY = 15 * 60  # seconds
log = structlog.get_logger(__name__)


def officer_of(crn: str) -> OfficerInNdelius:
    """As nDelius has them now; everything empty when it names nobody. Raises UpstreamFailure."""
    try:
        officer = OfficerInNdelius.of(client.responsible_officer(crn))
    except NotFound:
        officer = OfficerInNdelius()
    cache.set(_key(crn), officer.as_kept(), ASKED_EVERY)
    return officer


def officer_lately(crn: str) -> OfficerInNdelius | None:
    """As nDelius had them in the last 15 minutes; None when it does not answer."""
    kept = cache.get(_key(crn))
    if kept is not None:
        return OfficerInNdelius.from_kept(kept)
    try:
        return officer_of(crn)
    except UpstreamFailure as failure:
        log.warning("responsible_officer_unknown", failure=type(failure).__name__)
        return None


def somebody_else(received: ReceivedReferral) -> OfficerInNdelius | None:
    """The practitioner whom nDelius names and the service provider does not have, while that can be changed."""
    if why_not_now(NewPractitioner.topic, received):
        return None
    officer = officer_lately(received.crn)
    if officer is None or not is_somebody_else(
        officer, name=received.practitioner_name, email=received.practitioner_email
    ):
        return None
    return officer


def names_nobody(received: ReceivedReferral) -> bool:
    """Whether nDelius answered in the last 15 minutes that it has no practitioner for the person. Asks nobody."""
    kept = cache.get(_key(received.crn))
    return kept is not None and OfficerInNdelius.from_kept(kept) == OfficerInNdelius()


def is_somebody_else(officer: OfficerInNdelius, *, name: str, email: str) -> bool:
    """Whether nDelius names a person who is not the one of this name and email."""
    if not officer.is_allocated or not officer.name:
        return False
    if officer.email and email:
        return officer.email.casefold() != email.casefold()
    return officer.name.casefold() != name.casefold()


def as_contact(officer: OfficerInNdelius, received: ReceivedReferral) -> NewPractitioner:
    """Their details for the service provider. nDelius names no office: the one there is stays within the same PDU.

    A main point of contact is not needed any more.
    """
    stays = received.practitioner_office if officer.pdu == received.practitioner_pdu else ""
    return NewPractitioner(
        practitioner_name=officer.name,
        practitioner_email=officer.email,
        practitioner_phone=officer.phone,
        practitioner_team_phone=officer.team_phone,
        practitioner_pdu=officer.pdu,
        practitioner_office=stays,
    )


def _key(crn: str) -> str:
    return f"responsible-officer:{crn}"
