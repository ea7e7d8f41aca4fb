"""The details of the probation practitioner, one by one: their words, their columns, and what nDelius says of each.

Live service: confirm probation practitioner details. Knows no page and no store: values in, values out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import CharField

from monitoring.handover import labels
from referrals.journey.answers import Practitioner
from referrals.journey.records import OfficerInNdelius
from referrals.models import Referral
from risk.redaction import keyed_hash


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail. ``called``: within a sentence. ``in_ndelius``: its name there; nothing when nDelius gives none."""

    slug: str
    column: str
    label: str
    called: str
    in_ndelius: str = ""
    is_needed: bool = False

    def of(self, answers: Practitioner) -> str:
        """As it stands, and as it will be sent."""
        return str(getattr(answers, self.column))

    def in_record(self, officer: OfficerInNdelius | None) -> str:
        """As nDelius says. What is longer than we can keep counts as not there: half a number is worse than none."""
        if officer is None or not self.in_ndelius:
            return ""
        said = str(getattr(officer, self.in_ndelius))
        column = Referral._meta.get_field(self.column)
        assert isinstance(column, CharField)
        return said if len(said) <= (column.max_length or 0) else ""


NAME = Detail("name", "practitioner_name", labels.FULL_NAME, "full name", "name", is_needed=True)
EMAIL = Detail("email-address", "practitioner_email", labels.EMAIL, "email address", "email")
PHONE = Detail("phone-number", "practitioner_phone", labels.PHONE, "phone number", "phone")
DELIVERY_UNIT = Detail(
    "probation-delivery-unit",
    "practitioner_pdu",
    labels.DELIVERY_UNIT,
    "probation delivery unit (PDU)",
    "pdu",
    is_needed=True,
)
OFFICE = Detail("probation-office", "practitioner_office", labels.OFFICE, "probation office")
TEAM_PHONE = Detail(
    "team-phone-number", "practitioner_team_phone", labels.TEAM_PHONE, "team phone number", "team_phone"
)
DETAILS = (NAME, EMAIL, PHONE, DELIVERY_UNIT, OFFICE, TEAM_PHONE)
BY_SLUG: Mapping[str, Detail] = {one.slug: one for one in DETAILS}


def missing(answers: Practitioner) -> list[Detail]:
    """What must be there before the referral is sent and is not: looked for in what will be sent."""
    return [one for one in DETAILS if one.is_needed and not one.of(answers)]


def with_detail(answers: Practitioner, detail: Detail, value: str, number: int | None = None) -> Practitioner:
    """The details with one changed; ``number`` is the office's in the public register."""
    changes: dict[str, Any] = {detail.column: value}
    if detail is OFFICE:
        changes["practitioner_office_number"] = number
    return replace(answers, **changes)


def brought_up_to_date(
    answers: Practitioner, before: OfficerInNdelius | None, now: OfficerInNdelius
) -> Practitioner:
    """The details after nDelius was asked.

    What was not changed here follows nDelius; what was stays (asking is the page's part). A detail that nDelius no
    longer has is not taken away. While nothing stands here, everything comes from nDelius.
    """
    nothing_stands = not any(one.of(answers) for one in DETAILS)
    for one in DETAILS:
        said = one.in_record(now)
        if said and (nothing_stands or one.of(answers) == one.in_record(before)):
            answers = with_detail(answers, one, said)
    return answers


def seen_as(answers: Practitioner, detail: Detail | None = None) -> str:
    """A keyed hash of the details, or of one: carried by the page that shows them."""
    shown = [detail] if detail else list(DETAILS)
    return keyed_hash([[one.column, one.of(answers)] for one in shown])[:32]
