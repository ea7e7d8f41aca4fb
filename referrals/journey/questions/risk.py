"""The risk step, as the journey sees it. Its pages are in ``referrals.views.risk``, its rules in ``risk``."""

from __future__ import annotations

from referrals.journey.answers import RiskDeclared
from referrals.journey.pages import Page, Row
from referrals.journey.situation import Situation


class RiskPage(Page):
    """Review the risk information and declare responsibility for sharing it."""

    answers = RiskDeclared
    question = "OASys risk information"
    view_name = "referrals:risk_information"

    @classmethod
    def is_answered(cls, answers: RiskDeclared) -> bool:
        """Complete when responsibility was taken for exactly the content as it is."""
        return answers.is_declared

    @classmethod
    def rows(cls, answers: RiskDeclared, situation: Situation) -> list[Row]:
        """That it was declared. The text itself is shown by the risk pages and kept nowhere else."""
        return [Row("Responsibility for sharing", "Declared" if answers.is_declared else "Not declared yet")]
