"""The risk step, as the journey sees it. Its pages are in ``referrals.views.risk``, its rules in ``risk``."""

from __future__ import annotations

from referrals.journey.answers import RiskDeclared
from referrals.journey.pages import Page, Row
from referrals.journey.situation import Situation

NEWER = "OASys was updated. Choose the newer or the earlier information."


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
    def is_begun(cls, answers: RiskDeclared) -> bool:
        """As soon as a section was changed."""
        return answers.is_begun

    @classmethod
    def is_to_be_confirmed_again(cls, answers: RiskDeclared) -> bool:
        """A change voided the declaration."""
        return answers.was_declared and not answers.is_declared

    @classmethod
    def outdated(cls, answers: RiskDeclared, situation: Situation) -> str:
        """A declaration does not do while OASys says something newer that nobody has decided about."""
        return NEWER if answers.newer_is_undecided else ""

    @classmethod
    def rows(cls, answers: RiskDeclared, situation: Situation) -> list[Row]:
        """That it was declared. The text itself is shown by the risk pages and kept nowhere else."""
        if answers.is_declared:
            said = "Declared"
        elif answers.was_declared:
            said = "Declare again: something changed since"
        else:
            said = "Not declared yet"
        return [Row("Responsibility for sharing", said)]
