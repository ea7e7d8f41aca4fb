"""Who looks after a sent case on the practitioner's side, where that is not who sent it, and whether they are there."""

from __future__ import annotations

from govuk.template_filters import date
from monitoring.access.responsible_staff import has_left
from monitoring.models import ReceivedReferral
from monitoring.rules.moves import Move, is_allowed
from referrals.models import Referral

CONTACT_LEFT = (
    "The person the service provider contacts about this referral has left: their account is closed."
)
GIVE_ANOTHER = "Change the contact details, so that the service provider can reach someone."


def reassigned_row(referral: Referral) -> list[dict[str, str]]:
    """A row that says to whom an administrator gave the case; none where nobody did. One read."""
    given = referral.reassignments.in_force().select_related("successor").first()
    if given is None:
        return []
    closed = "" if given.successor.is_active else ". Their account is closed"
    return [
        {"label": "Reassigned to", "value": f"{given.successor.display_name}, on {date(given.at)}{closed}"}
    ]


def contact_has_left(received: ReceivedReferral) -> str:
    """What to say when the contact of the service provider has left; nothing while they are there, or once it ended."""
    if not has_left(received.contact_email if received.contact_name else received.practitioner_email):
        return ""
    if not is_allowed(Move.CHANGE_CONTACT, received):
        return ""
    return CONTACT_LEFT if received.contact_name else f"{CONTACT_LEFT} {GIVE_ANOTHER}"
