"""What a question page may know about the case it asks about. Plain values and catalogue rows; no web request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from govuk.text import folded
from interventions.models import Contract, ServiceCategory
from referrals.journey.conditions import release_is_expected
from referrals.journey.personal_details import labelled, labels_of_unread
from referrals.journey.records import CustodyFacts, OfficerInNdelius
from referrals.models import ChosenService, Referral


@dataclass(frozen=True, slots=True)
class Situation:
    """The case: the person, the contract, who asks, and what earlier answers and nDelius said."""

    person: str
    crn: str
    contract: Contract
    asked_by: User
    today: date
    category: ServiceCategory | None = None
    service: ChosenService | None = (
        None  # of this category, as loaded: its level and outcomes have their words
    )
    sentence_ends_on: date | None = None
    read_oasys_needs: Callable[[], dict[str, Any] | None] = lambda: None
    personal_details: dict[str, str] | None = None
    unread_details: tuple[str, ...] = ()  # labels of what nDelius sent in a way that cannot be read
    chosen_services: tuple[str, ...] = ()
    officer: OfficerInNdelius | None = None
    custody: CustodyFacts | None = None
    release_is_expected: bool = False
    practitioner_name: str = ""
    practitioner_email: str = ""

    @property
    def oasys_needs(self) -> dict[str, Any] | None:
        """What OASys said of criminogenic needs. Encrypted, and decrypted only for a page that asks."""
        return self.read_oasys_needs()

    def is_practitioner(self, *, name: str, email: str) -> bool:
        """Whether this name or address is that of the practitioner, as confirmed or as nDelius has them."""
        officer = self.officer or OfficerInNdelius()
        names = {folded(one) for one in (self.practitioner_name, officer.name) if one}
        emails = {one.casefold() for one in (self.practitioner_email, officer.email) if one}
        return folded(name) in names or email.casefold() in emails


def situation_of(draft: Referral, asked_by: User, today: date) -> Situation:
    """The situation of one draft."""
    return Situation(
        person=draft.person_name,
        crn=draft.crn,
        contract=draft.contract,
        asked_by=asked_by,
        today=today,
        sentence_ends_on=draft.sentence_ends_on,
        read_oasys_needs=lambda: draft.oasys_needs,
        personal_details=labelled(draft),
        unread_details=tuple(labels_of_unread(draft)),
        chosen_services=tuple(service.category.name for service in draft.services.all()),
        officer=OfficerInNdelius.from_kept(draft.practitioner_in_ndelius),
        custody=CustodyFacts.from_kept(draft.custody_facts),
        release_is_expected=release_is_expected(draft),
        practitioner_name=draft.practitioner_name,
        practitioner_email=draft.practitioner_email,
    )
