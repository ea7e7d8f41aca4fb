"""What OASys can say, and risk information that was pulled from it, for tests. Nothing random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from accounts.models import User
from integrations.oasys.types import ANSWERED_SECTIONS, SECTIONS, Answer, Assessed, Level, Risk, RiskAnswer
from risk.actions import change_section as changing
from risk.actions import declare_responsibility as declaring
from risk.actions import pull_risk_information as pulling
from risk.models import RiskInformation, RiskSection
from risk.reading import for_page
from risk.wording import CURRENT_WORDING

ASSESSED_AT = datetime(2026, 3, 2, 16, 57, 25, tzinfo=UTC)
WHO = "Former partners, above all Dorian Vellacott."
NATURE = "Pushing and shouting, usually after drinking."
IMMINENCE = "On the day that he is paid."
SELF_HARM = "Cut his forearms twice last winter."


def says(answer: str | None, text: str | None = None) -> RiskAnswer:
    """One section as OASys answers it: ``says("YES", "…")``, ``says("DK")``, ``says(None, "…")``."""
    return RiskAnswer(Answer(answer) if answer else None, text)


def assessed(
    *,
    community: Mapping[str, Level] | None = None,
    custody: Mapping[str, Level] | None = None,
    assessed_at: datetime | None = ASSESSED_AT,
    is_partial: bool = False,
    was_mended: bool = False,
    **sections: RiskAnswer,
) -> Assessed:
    """An assessment in which everything is answered; ``sections`` replace single answers."""
    ordinary = {
        "who_is_at_risk": says(None, WHO),
        "nature_of_risk": says(None, NATURE),
        "risk_imminence": says(None, IMMINENCE),
        "self_harm": says("YES", SELF_HARM),
        **{name: says("NO") for name in ANSWERED_SECTIONS if name != "self_harm"},
    }
    levels = {"Public": Level.MEDIUM} if community is None else dict(community)
    return Assessed(
        sections={name: (ordinary | sections)[name] for name in SECTIONS},
        levels_in_community=levels,
        levels_in_custody=dict(custody or {}),
        overall_community_level=Level.UNKNOWN,
        assessed_at=assessed_at,
        is_partial=is_partial,
        was_mended=was_mended,
    )


def nothing_known() -> Assessed:
    """An assessment whose every answer is don't know, without text."""
    return assessed(
        **{name: says("DK" if name in ANSWERED_SECTIONS else None) for name in SECTIONS},
    )


@dataclass
class Oasys:
    """Stands in for the client: answers ``answer``, and remembers how long each caller was willing to wait."""

    answer: Risk = field(default_factory=assessed)
    timeouts: list[float | None] = field(default_factory=list)

    def __call__(self, crn: str, *, asker: str = "", timeout: float | None = None) -> Risk:
        self.timeouts.append(timeout)
        return self.answer


def pulled(owner: User, crn: str = "X980001") -> RiskInformation:
    """New risk information with whatever OASys answers now."""
    risk = pulling.start(referral_id=uuid4(), crn=crn, owner=owner)
    pulling.pull(risk=for_page(risk.pk), by=owner)
    return for_page(risk.pk)


def take_newer(risk: RiskInformation, by: User) -> None:
    """Have what OASys says now announced, and take it as a practitioner does who was shown it."""
    pulling.compare_with_oasys(risk=for_page(risk.pk), by=by)
    pulling.take_newer(risk=risk, seen=for_page(risk.pk).newer_hash, by=by)


def section_of(risk: RiskInformation, key: str) -> RiskSection:
    """One section as it is stored now."""
    return RiskSection.objects.get(risk_id=risk.pk, key=key)


def decided(risk: RiskInformation, by: User) -> RiskInformation:
    """Every section that needs it decided: no identified risk where that may be said, else removed."""
    for section in for_page(risk.pk).in_order():
        if section.state == "UNREVIEWED" and section.needs_decision:
            act: Any = (
                changing.confirm_no_identified_risk
                if section.may_have_no_identified_risk
                else changing.remove_section
            )
            act(risk=risk, key=section.key, by=by)
    return for_page(risk.pk)


def declared(risk: RiskInformation, by: User) -> RiskInformation:
    """Decided, and declared."""
    declaring.declare(risk=decided(risk, by), by=by, wording_version=CURRENT_WORDING.version)
    return for_page(risk.pk)
