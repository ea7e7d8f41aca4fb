"""Criminogenic needs: what OASys said of them, kept plainly, and how they stand beside the chosen services.

Scores are for the practitioner only and are never shared (decision F10).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from govuk.template_filters import date
from integrations.oasys.types import NeedsAssessed, NeedStatus

# Offered when OASys has no assessment to choose from: the sections of the present OASys form.
USUAL_NEEDS = {
    "ACCOMMODATION": "Accommodation",
    "EDUCATION_TRAINING_AND_EMPLOYABILITY": "Education, training and employability",
    "RELATIONSHIPS": "Relationships",
    "LIFESTYLE_AND_ASSOCIATES": "Lifestyle and associates",
    "DRUG_MISUSE": "Drug misuse",
    "ALCOHOL_MISUSE": "Alcohol misuse",
    "THINKING_AND_BEHAVIOUR": "Thinking and behaviour",
    "ATTITUDE": "Attitude",
}
# As above, for the sections of the other OASys form; of a section that neither names, OASys's own name stands.
NAMES = USUAL_NEEDS | {
    "EMPLOYMENT_AND_EDUCATION": "Employment and education",
    "DRUG_USE": "Drug use",
    "ALCOHOL_USE": "Alcohol use",
    "PERSONAL_RELATIONSHIPS_AND_COMMUNITY": "Personal relationships and community",
    "THINKING_ATTITUDES_AND_BEHAVIOUR": "Thinking, attitudes and behaviour",
}
# Which needs a service category works on, by the words that both names share.
COVERED_BY = {
    "ACCOMMODATION": ("Accommodation",),
    "EDUCATION_TRAINING_AND_EMPLOYABILITY": ("Education", "Finance"),
    "EMPLOYMENT_AND_EDUCATION": ("Education", "Finance"),
    "RELATIONSHIPS": ("Family",),
    "PERSONAL_RELATIONSHIPS_AND_COMMUNITY": ("Family", "Social Inclusion"),
    "LIFESTYLE_AND_ASSOCIATES": ("Lifestyle", "Social Inclusion"),
    "DRUG_MISUSE": ("Dependency",),
    "DRUG_USE": ("Dependency",),
    "ALCOHOL_MISUSE": ("Dependency",),
    "ALCOHOL_USE": ("Dependency",),
    "THINKING_AND_BEHAVIOUR": ("Emotional", "Lifestyle"),
    "THINKING_ATTITUDES_AND_BEHAVIOUR": ("Emotional", "Lifestyle"),
    "ATTITUDE": ("Lifestyle",),
}
STATUS_WORDS = {
    NeedStatus.IDENTIFIED: "Identified",
    NeedStatus.NOT_IDENTIFIED: "Not identified",
    NeedStatus.UNANSWERED: "Not answered",
}


def name_of(section: str, in_oasys: str) -> str:
    """What a need is called, wherever it comes from."""
    return NAMES.get(section, in_oasys)


def covers(category_name: str, section: str) -> bool:
    """Whether a service category works on the need of an OASys section."""
    return category_name.startswith(COVERED_BY.get(section, ()))


@dataclass(frozen=True, slots=True)
class KnownNeed:
    """One need as OASys has it, or as it may be chosen when OASys has none."""

    section: str
    name: str
    status: str = ""
    score: int | None = None
    threshold: int | None = None

    @property
    def score_words(self) -> str:
        """The score with its threshold, for the practitioner."""
        if self.score is None:
            return "Not scored"
        threshold = f" (threshold\N{NO-BREAK SPACE}{self.threshold})" if self.threshold is not None else ""
        return f"{self.score}{threshold}"

    def services(self, category_names: tuple[str, ...]) -> list[str]:
        """The chosen services that work on this need."""
        return [name for name in category_names if covers(name, self.section)]


@dataclass(frozen=True, slots=True)
class NeedsTable:
    """OASys's needs with their scores, and which chosen service works on each."""

    assessed_on: str
    rows: list[list[str]]
    is_partial: bool = False


def as_table(kept: dict[str, Any] | None, chosen_services: tuple[str, ...]) -> NeedsTable | None:
    """The needs for the practitioner's eyes, or None when OASys gave nothing to show."""
    if not kept:
        return None
    assessed = kept.get("assessed_at")
    return NeedsTable(
        assessed_on=date(datetime.fromisoformat(assessed)) if assessed else "Assessment date not found",
        rows=[
            [
                need.name,
                need.status,
                need.score_words,
                ", ".join(need.services(chosen_services)) or "None chosen",
            ]
            for need in needs_to_choose_from(kept)
        ],
        is_partial=bool(kept.get("is_partial")),
    )


def as_kept(said: NeedsAssessed) -> dict[str, Any]:
    """OASys's needs as plain values, to stand on the draft until it is sent."""
    return {
        "assessed_at": said.assessed_at.isoformat() if said.assessed_at else None,
        "is_partial": said.is_partial,
        "needs": [
            asdict(KnownNeed(need.section, need.name, STATUS_WORDS[need.status], need.score, need.threshold))
            for need in said.needs
        ],
    }


def needs_to_choose_from(kept: dict[str, Any] | None) -> list[KnownNeed]:
    """The needs of the assessment, identified ones first, else in the usual order; the usual eight without one.

    A need has the same name wherever it comes from.
    """
    if kept and kept.get("needs"):
        needs = [
            replace(need, name=name_of(need.section, need.name))
            for need in (KnownNeed(**one) for one in kept["needs"])
        ]
        return sorted(needs, key=_place)
    return [KnownNeed(section, name) for section, name in USUAL_NEEDS.items()]


def _place(need: KnownNeed) -> tuple[int, int]:
    sections = list(NAMES)
    statuses = list(STATUS_WORDS.values())
    return (
        statuses.index(need.status) if need.status in statuses else len(statuses),
        sections.index(need.section) if need.section in sections else len(sections),
    )
