"""The panel of risk of serious harm levels. For the practitioner only: titled "Not shared with provider" (R1)."""

from __future__ import annotations

from dataclasses import dataclass

from govuk.template_filters import date
from risk.models import OasysOutcome, RiskInformation
from risk.presenters.oasys_words import WORDS

GROUPS = ("Children", "Public", "Known adult", "Staff")
# A level that we do not know may be any but the highest: beside it, "low" would say too little.
LEVELS = ("VERY_HIGH", "UNKNOWN", "HIGH", "MEDIUM", "LOW")
LEVEL_WORDS = {
    "VERY_HIGH": "Very high",
    "HIGH": "High",
    "MEDIUM": "Medium",
    "LOW": "Low",
    "UNKNOWN": "Not known",
}


@dataclass(frozen=True, slots=True)
class RoshPanel:
    """The overall level in the community, when it was last updated, and a row for each group."""

    level: str
    last_updated: str
    rows: list[tuple[str, str, str]]
    shows_custody: bool
    explanation: str
    newer: str = ""  # that OASys gives other levels by now


def present(risk: RiskInformation) -> RoshPanel:
    """Community levels decide the overall level; custody levels stand in a second column when there are any."""
    snapshot = risk.oasys_snapshot
    community = snapshot.levels_in_community if snapshot else {}
    custody = snapshot.levels_in_custody if snapshot else {}
    level = _overall(community).replace("UNKNOWN", "")
    groups = sorted({*community, *custody}, key=lambda group: (_place(group), group))
    outcome = snapshot.outcome if snapshot else risk.last_outcome or OasysOutcome.UNREACHABLE
    explanation = "" if level else WORDS[outcome].panel
    if community and not level:
        explanation = "OASys gave levels that we do not know. Check OASys."
    elif custody and not community:
        explanation = "OASys gives levels for custody only. Check OASys for the level in the community."
    elif snapshot and snapshot.is_partial and not community:
        explanation = "OASys gave an incomplete answer without levels. Check OASys."
    assessed = snapshot.assessed_at if snapshot else None
    return RoshPanel(
        level=LEVEL_WORDS.get(level, ""),
        last_updated=date(assessed) if assessed else WORDS[outcome].no_date,
        rows=[(group, _words(community, group), _words(custody, group)) for group in groups],
        shows_custody=bool(custody),
        explanation=explanation,
        newer=_newer(risk, community),
    )


Levels = dict[str, str]


def _newer(risk: RiskInformation, community: Levels) -> str:
    """That these levels are not OASys's newest; nothing when they are, or nothing newer is known of."""
    if not risk.newer_hash:
        return ""
    newer = risk.newer_answer["levels_in_community"]
    level = LEVEL_WORDS[_overall(newer)] if newer else "Not given"
    is_same = _overall(newer) == _overall(community)
    now = "the same overall level" if is_same else f"the overall level “{level}”"
    version = f"version of {date(risk.newer_assessed_at)}" if risk.newer_assessed_at else "version"
    return f"These are the levels that you are working from. OASys’s newer {version} gives {now}."


def level_changes(
    community: tuple[Levels, Levels], custody: tuple[Levels, Levels]
) -> list[tuple[str, str, str]]:
    """What became of the levels: risk to whom, level before, level now. The overall level first."""
    changes = []
    before, now = (LEVEL_WORDS[_overall(levels)] if levels else "Not given" for levels in community)
    if before != now:
        changes.append(("Overall", before, now))
    for where, (was, is_now) in (("", community), (" (in custody)", custody)):
        for group in sorted({*was, *is_now}, key=lambda group: (_place(group), group)):
            if was.get(group) != is_now.get(group):
                changes.append((f"{group}{where}", _words(was, group), _words(is_now, group)))
    return changes


def _overall(levels: Levels) -> str:
    return next((one for one in LEVELS if one in levels.values()), "UNKNOWN")


def _place(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def _words(levels: dict[str, str], group: str) -> str:
    return LEVEL_WORDS.get(levels[group], levels[group]) if group in levels else "Not given"
