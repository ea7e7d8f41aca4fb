"""Who may change risk information, and when. Pure: used by actions (which refuse) and pages (which hide)."""

from __future__ import annotations

from accounts.models import User
from risk.models import RiskInformation, RiskSection


def may_change(user: User, risk: RiskInformation) -> bool:
    """Only the draft's author, and only until it is sent."""
    return risk.owner_id == user.pk and risk.purged_at is None


def may_have_no_identified_risk(section: RiskSection) -> bool:
    """Refused where OASys says there is a risk (decision R4)."""
    return section.may_have_no_identified_risk
