"""The parts of a referral, for the disclosure record: which held something, which were kept back. Names, never text.

A part is one row or card of what a service provider reads. Its name is stored and must not change; its label may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from monitoring.handover import labels
from monitoring.handover.acceptance import MAY_BE_WITHHELD
from monitoring.handover.contents import Handover
from monitoring.models import Topic
from monitoring.rules.risk_sections import RISK_LABELS


@dataclass(frozen=True, slots=True)
class Part:
    """What a part is called, and the fields of the handover that it is made of."""

    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """Names of parts, in the order of the page. What is in neither was empty, and nobody kept it back."""

    shared: tuple[str, ...]
    withheld: tuple[str, ...]


def _person(label: str, *fields: str) -> Part:
    return Part(label, tuple(f"person.{field}" for field in fields))


def _needs(label: str, *fields: str) -> Part:
    return Part(label, tuple(f"needs.{field}" for field in fields))


PERSON: Final = "person."
RISK: Final = "risk."
_PERSONAL: Final = {
    "sex": labels.SEX,
    "ethnicity": labels.ETHNICITY,
    "preferred_language": labels.PREFERRED_LANGUAGE,
    "religion_or_belief": labels.RELIGION,
    "disabilities": labels.DISABILITIES,
    "address": labels.ADDRESS,
    "telephone": labels.PHONE,
    "mobile": labels.MOBILE,
    "email": labels.EMAIL,
}
PARTS: Final[Mapping[str, Part]] = {
    "identity": Part(
        labels.IDENTITY, ("crn", "person.first_name", "person.last_name", "person.date_of_birth")
    ),
    "location": Part(labels.LOCATION_AND_RELEASE_CARD, ("location", "custody")),
    "intervention": Part(
        labels.INTERVENTION_CARD,
        ("contract_type", "intervention_title", "sentence", "enforceable_days", "completion_date"),
    ),
    "reason_for_referral": Part(labels.REASON_FOR_REFERRAL, ("reason_for_referral",)),
    "further_information": Part(labels.FURTHER_INFORMATION, ("further_information",)),
    "services": Part(f"{labels.COMPLEXITY} and {labels.OUTCOMES.lower()}", ("services",)),
    "practitioner": Part(labels.PRACTITIONER, ("practitioner",)),
    "main_contact": Part(labels.MAIN_CONTACT, ("main_contact",)),
    "back_up_contact": Part(labels.BACK_UP_CONTACT, ("back_up_contact",)),
    **{
        f"{PERSON}{name}": _person(label, *MAY_BE_WITHHELD[name]) for name, label in _PERSONAL.items()
    },
    "criminogenic_needs": _needs(labels.CRIMINOGENIC_NEEDS, "criminogenic"),
    "additional_needs": _needs(labels.ADDITIONAL_NEEDS, "additional_needs"),
    "accessibility_needs": _needs(labels.ACCESSIBILITY_NEEDS, "accessibility_needs"),
    "interpreter": _needs(labels.NEEDS_INTERPRETER, "needs_interpreter", "interpreter_language"),
    "responsibilities": _needs(labels.RESPONSIBILITIES, "has_responsibilities", "when_unavailable"),
    "diversity": _needs(labels.DIVERSITY, "diversity"),
    **{
        f"{RISK}{section}": Part(f"{labels.RISK_CARD}: {label}", (f"{RISK}{section}",))
        for section, label in RISK_LABELS.items()
    },
}  # fmt: skip
#: Fields of the handover that are no part of the page's content: what the handover is, and who answers for it.
NO_PART: Final = (
    "key", "reference", "contract_id", "sent_by", "sent_at", "declaration", "person.pulled_at", "person.withheld",
)  # fmt: skip
#: The part that a change to a sent referral is in. What shares risk information or personal details names them itself.
PART_OF: Final[Mapping[Topic, str]] = {
    Topic.COMPLETION_DATETIME: "intervention",
    Topic.MAXIMUM_ENFORCEABLE_DAYS: "intervention",
    Topic.COMPLEXITY_LEVEL: "services",
    Topic.DESIRED_OUTCOMES: "services",
    Topic.ADDITIONAL_INFORMATION: "additional_needs",
    Topic.ACCESSIBILITY_NEEDS: "accessibility_needs",
    Topic.INTERPRETER_REQUIRED: "interpreter",
    Topic.RESPONSIBILITIES: "responsibilities",
    Topic.DIVERSITY: "diversity",
    Topic.REASON_FOR_REFERRAL: "reason_for_referral",
    Topic.FURTHER_INFORMATION: "further_information",
    Topic.ESTABLISHMENT: "location",
    Topic.RELEASE_DATE: "location",
    Topic.EXPECTED_OFFICE: "location",
    Topic.PRACTITIONER_OFFICE: "practitioner",
    Topic.PRACTITIONER_NAME: "practitioner",
    Topic.PRACTITIONER_EMAIL: "practitioner",
    Topic.PRACTITIONER_PHONE: "practitioner",
    Topic.TEAM_PHONE: "practitioner",
    Topic.PRACTITIONER: "practitioner",
    Topic.CRN: "identity",
}
#: Questions to which No is an answer that was shared. Elsewhere False says nothing.
ANSWERED_BY_NO: Final = ("needs.needs_interpreter", "needs.has_responsibilities")


def parts_of(handover: Handover) -> Parts:
    """Which parts hold something, and which were kept back: personal details, and risk sections without anything.

    A risk section that was removed and one that was empty are the same to a service provider, and here (decision R4).
    """
    held = {name for name, part in PARTS.items() if any(_holds(handover, field) for field in part.fields)}
    kept_back = {f"{PERSON}{name}" for name in handover.person.withheld}
    kept_back |= {name for name in PARTS if name.startswith(RISK) and name not in held}
    return Parts(
        shared=tuple(name for name in PARTS if name in held),
        withheld=tuple(name for name in PARTS if name in kept_back),
    )


def label_of(name: str) -> str:
    """What a part is called today. One that is gone keeps its name."""
    return PARTS[name].label if name in PARTS else name


def _holds(handover: Handover, field: str) -> bool:
    value: Any = handover
    for name in field.split("."):
        value = getattr(value, name)
    if isinstance(value, bool):
        return value or field in ANSWERED_BY_NO
    return _is_something(value)


def _is_something(value: Any) -> bool:
    """A value that says something; a group of values when one of them does."""
    if is_dataclass(value):
        return any(_is_something(getattr(value, one.name)) for one in fields(value))
    return value not in (None, "", (), False)
