"""Who may change risk information, and when. Pure: used by actions (which refuse) and pages (which hide)."""

from __future__ import annotations

from accounts.models import User
from integrations.risk_answers import Answer
from risk.models import RiskInformation, RiskSection


def may_change(user: User, risk: RiskInformation) -> bool:
    """Only the draft's author, and only until it is sent."""
    return risk.owner_id == user.pk and risk.purged_at is None


def why_not_no_identified_risk(section: RiskSection) -> tuple[str, str]:
    """A code and a sentence, or two empty texts when it may be said (decision R4)."""
    if section.may_have_no_identified_risk:
        return "", ""
    if section.is_unknown:
        return "oasys_unknown", (
            "OASys has not answered this section, so we do not know if there is a risk. Write what you know, share "
            "no information, or wait until OASys answers."
        )
    if section.source_answer == Answer.YES:
        return "oasys_yes", "OASys says there is a risk here, so you cannot confirm no identified risk."
    if section.source_text.strip():
        return "oasys_text", "OASys has information here, so you cannot confirm no identified risk."
    return "not_oasys", "You do not need to confirm this section, because it does not come from OASys."
