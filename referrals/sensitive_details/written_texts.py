"""The texts of a draft that somebody writes and a supplier may read: one table of where risk leaves (decision R12).

A long text that crosses and does not stand here fails the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from govuk.addresses import reverse
from monitoring.handover import labels
from referrals.journey.risk_addresses import risk_address
from referrals.models import Referral
from risk.models import RiskSection, SectionKey
from risk.redaction import proposed

RISK_PLACE = "risk."
#: Column, the question page where it is written, and what it is called. In the order of the form.
COLUMNS = (
    ("reason_before_allocation", "reason-before-allocation", labels.REASON_BEFORE_ALLOCATION),
    ("release_date_unknown_reason", "expected-release-date", labels.RELEASE_DATE_UNKNOWN),
    ("expected_office_unknown_reason", "expected-probation-office", labels.EXPECTED_OFFICE_UNKNOWN),
    ("additional_needs", "additional-needs", labels.ADDITIONAL_NEEDS),
    ("accessibility_needs", "accessibility-needs", labels.ACCESSIBILITY_NEEDS),
    ("when_unavailable", "responsibilities", labels.WHEN_UNAVAILABLE),
    ("diversity", "diversity", labels.DIVERSITY),
    ("reason_for_referral", "reason-for-referral", labels.REASON_FOR_REFERRAL),
    ("further_information", "reason-for-referral", labels.FURTHER_INFORMATION),
)
NEEDS = "criminogenic-needs"
#: Question pages that save such a text.
QUESTIONS = frozenset({NEEDS, *(slug for _, slug, _ in COLUMNS)})


@dataclass(frozen=True, slots=True)
class WrittenText:
    """One text of a draft as it would cross now."""

    place: str  # which text of the referral, as decisions name it
    heading: str
    saved_by: str  # the question page that saves it; nothing for a risk section
    referral: Referral = field(repr=False, compare=False)
    text: str

    @property
    def address(self) -> str:
        """Where it is edited."""
        if not self.is_risk:
            return reverse(f"referrals:{self.saved_by}", args=[self.referral.pk])
        return risk_address(
            self.referral, "section", SectionKey(self.place.removeprefix(RISK_PLACE)).slug
        )

    @property
    def is_risk(self) -> bool:
        """True for the eight sections."""
        return is_risk(self.place)

    def is_saved_by(self, saved: str) -> bool:
        """True when it is among what was just saved. Nothing means the whole draft."""
        return saved in ("", self.saved_by)


def place_of(key: SectionKey) -> str:
    """A risk section, as decisions name it."""
    return f"{RISK_PLACE}{key.value}"


def is_risk(place: str) -> bool:
    """Whether decisions mean a risk section by this."""
    return place.startswith(RISK_PLACE)


def texts_of(draft: Referral, saved: str = "") -> list[WrittenText]:
    """The texts of a draft that are not empty, in the order of the form; or those that were just saved."""
    return [text for text in _all(draft) if text.text.strip() and text.is_saved_by(saved)]


def _all(draft: Referral) -> Iterator[WrittenText]:
    for section in draft.risk.in_order():
        yield of_section(draft, section)
    for need in draft.criminogenic_needs or ():
        place = f"{NEEDS}/{need['section']}"
        yield _of_question(
            draft, place, NEEDS, f"{labels.CRIMINOGENIC_NEEDS}: {need['name']}", need["comment"]
        )
    for column, slug, heading in COLUMNS:
        yield _of_question(draft, column, slug, heading, getattr(draft, column))


def of_section(draft: Referral, section: RiskSection) -> WrittenText:
    key = section.section_key
    return WrittenText(
        place=place_of(key),
        heading=key.label,
        saved_by="",
        referral=draft,
        text=proposed(section).text,
    )


def _of_question(draft: Referral, place: str, slug: str, heading: str, text: str | None) -> WrittenText:
    return WrittenText(place=place, heading=heading, saved_by=slug, referral=draft, text=text or "")
