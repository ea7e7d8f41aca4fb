"""The parts of a referral that a supplier can ask about: the cards of the page, and the eight risk sections.

A part is stored by its key; its name is that of the card.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitoring.handover import labels
from monitoring.models import ReceivedService
from monitoring.rules.risk_sections import RISK_LABELS

CARDS = {
    "identity": labels.IDENTITY,
    "location": labels.LOCATION_CARD,
    "intervention": labels.INTERVENTION_CARD,
}
MORE_CARDS = {
    "practitioner": labels.PRACTITIONER,
    "back_up": labels.BACK_UP_CONTACT,
    "whereabouts": labels.WHEREABOUTS,
    "personal_details": labels.PERSONAL_DETAILS,
    "needs": labels.NEEDS_CARD,
}
SERVICE = "service."  # with the position of the service
RISK = "risk."  # with the name of the section


def parts_of(services: Iterable[ReceivedService]) -> dict[str, str]:
    """Key and name of every part of a referral with these services, in the order of the page."""
    chosen = {f"{SERVICE}{one.position}": labels.service_card(one.category_name) for one in services}
    risk = {f"{RISK}{section}": f"{labels.RISK_CARD}: {label}" for section, label in RISK_LABELS.items()}
    return {**CARDS, **chosen, **MORE_CARDS, **risk}
