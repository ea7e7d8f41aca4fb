"""The parts of a referral that a supplier can ask about: the cards of the page, and the eight risk sections.

A part is stored by its key; its name is that of the card.
"""

from __future__ import annotations

from monitoring.models import ReceivedReferral
from monitoring.rules.risk_sections import RISK_LABELS

CARDS = {
    "identity": "Identity details",
    "location": "Current location",
    "intervention": "Intervention details",
}
MORE_CARDS = {
    "practitioner": "Probation practitioner",
    "back_up": "Back-up contact for this referral",
    "whereabouts": "Last known address and contact details",
    "personal_details": "Personal details",
    "needs": "Needs and requirements",
}
SERVICE = "service."  # with the position of the service
RISK = "risk."  # with the name of the section


def parts_of(received: ReceivedReferral) -> dict[str, str]:
    """Key and name of every part, in the order of the page. Reads the services."""
    services = {
        f"{SERVICE}{one.position}": f"{one.category_name} intervention" for one in received.services.all()
    }
    risk = {f"{RISK}{section}": f"Risk information: {label}" for section, label in RISK_LABELS.items()}
    return {**CARDS, **services, **MORE_CARDS, **risk}
