"""OASys's answers in their wire shape, with the quirks that OASys gives them.

- Suicide and self-harm share one pair of texts; custody and hostel share another; vulnerability has its own.
- A text is there only when its answer is YES.
- The screening answer for coping in custody is repeated for hostel and vulnerability (a fault upstream).
- The overall level counts custody too.
"""

from collections.abc import Mapping
from typing import Any

from upstream_stub.dates import Moment

Json = dict[str, Any]
Levels = Mapping[str, list[str]]
#: When everybody was assessed of whom nothing else is said.
SIXTY_DAYS_AGO = Moment(-60)
LEVELS = ("LOW", "MEDIUM", "HIGH", "VERY_HIGH")


def risk(
    *,
    who: str | None = None,
    nature: str | None = None,
    imminence: str | None = None,
    community: Levels | None = None,
    custody_levels: Levels | None = None,
    suicide: str | None = "NO",
    self_harm: str | None = "NO",
    self_harm_text: str | None = None,
    custody: str | None = "NO",
    hostel: str | None = "NO",
    hostel_text: str | None = None,
    vulnerability: str | None = "NO",
    vulnerability_text: str | None = None,
    is_screened: bool = True,
    assessed: Moment | None = SIXTY_DAYS_AGO,
) -> Json:
    """A risk assessment. The four answers are the current ones: YES, NO, DK, NA or ``None``.

    ``self_harm_text`` is suicide's too, ``hostel_text`` is custody's too. ``is_screened=False`` is OASys with
    its screening part down.
    """
    community, custody_levels = community or {}, custody_levels or {}

    def concern(current: str | None, text: str | None, screening: str | None) -> Json:
        return {
            "risk": screening if is_screened else None,
            "previous": current,
            "current": current,
            "previousConcernsText": None,
            "currentConcernsText": text if current == "YES" else None,
        }

    everywhere = [
        level for levels in (community, custody_levels) for level, groups in levels.items() if groups
    ]
    known = [level for level in LEVELS if level in everywhere]
    other = "NO" if is_screened else None
    return {
        "riskToSelf": {
            "suicide": concern(suicide, self_harm_text, suicide),
            "selfHarm": concern(self_harm, self_harm_text, self_harm),
            "custody": concern(custody, hostel_text, custody),
            "hostelSetting": concern(hostel, hostel_text, custody),
            "vulnerability": concern(vulnerability, vulnerability_text, custody),
            "assessedOn": None,
        },
        "otherRisks": {
            "escapeOrAbscond": other,
            "controlIssuesDisruptiveBehaviour": other,
            "breachOfTrust": other,
            "riskToOtherPrisoners": other,
            "assessedOn": None,
        },
        "summary": {
            "whoIsAtRisk": who,
            "natureOfRisk": nature,
            "riskImminence": imminence,
            "riskIncreaseFactors": None,
            "riskMitigationFactors": None,
            "analysisOfRiskFactors": None,
            "riskInCommunity": dict(community),
            "riskInCustody": dict(custody_levels),
            "overallRiskLevel": known[-1] if known else None,
            "assessedOn": None,
        },
        "assessedOn": assessed,
    }


def not_completed() -> Json:
    """200, and nothing in it: known to OASys, no assessment in its window."""
    empty = risk(suicide=None, self_harm=None, custody=None, hostel=None, vulnerability=None, assessed=None)
    return empty | {"otherRisks": dict.fromkeys(empty["otherRisks"])}


# --- Needs ---------------------------------------------------------------------------------------

#: Section: (name, threshold), of the older form and of the newer one.
OASYS_SECTIONS = {
    "ACCOMMODATION": ("Accommodation", 2),
    "EDUCATION_TRAINING_AND_EMPLOYABILITY": ("Education, Training and Employability", 3),
    "RELATIONSHIPS": ("Relationships", 2),
    "LIFESTYLE_AND_ASSOCIATES": ("Lifestyle and Associates", 2),
    "DRUG_MISUSE": ("Drug Misuse", 2),
    "ALCOHOL_MISUSE": ("Alcohol Misuse", 4),
    "THINKING_AND_BEHAVIOUR": ("Thinking and Behaviour", 4),
    "ATTITUDE": ("Attitude", 2),
}
SAN_SECTIONS = {
    "ACCOMMODATION": ("Accommodation", 2),
    "EMPLOYMENT_AND_EDUCATION": ("Employment and education", 3),
    "PERSONAL_RELATIONSHIPS_AND_COMMUNITY": ("Personal relationships and community", 2),
    "LIFESTYLE_AND_ASSOCIATES": ("Lifestyle and associates", 2),
    "DRUG_USE": ("Drug use", 2),
    "ALCOHOL_USE": ("Alcohol use", 3),
    "THINKING_ATTITUDES_AND_BEHAVIOUR": ("Thinking, attitudes and behaviour", 5),
}


def needs(*, version: str = "OASYS", assessed: Moment | None = SIXTY_DAYS_AGO, **scores: int | None) -> Json:
    """Needs by section, in lower case: ``needs(accommodation=6, drug_misuse=None)``.

    A section that is not given scores 0. ``None`` is unanswered; at or above its threshold a need is
    identified.
    """
    sections = SAN_SECTIONS if version == "SAN" else OASYS_SECTIONS
    if not {name.upper() for name in scores} <= sections.keys():
        raise ValueError(f"{version} has no such section")
    listed: dict[str, list[Json]] = {"identifiedNeeds": [], "notIdentifiedNeeds": [], "unansweredNeeds": []}
    for section, (name, threshold) in sections.items():
        score = scores.get(section.lower(), 0)
        is_identified = score is not None and score >= threshold
        kind = "identifiedNeeds" if is_identified else "notIdentifiedNeeds"
        listed["unansweredNeeds" if score is None else kind].append(
            {
                "section": section,
                "name": name,
                # Linked to harm when well above the threshold.
                "riskOfHarm": None if score is None else score > threshold + 1,
                "riskOfReoffending": None if score is None else is_identified,
                "score": score,
                "oasysThreshold": {"standard": threshold},
            }
        )
    return {**listed, "assessmentVersion": version, "assessedOn": assessed}
