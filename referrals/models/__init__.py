"""The practitioner's side: drafts and referrals as sent, and what helps to make them."""

from referrals.models.case_opening import CaseOpening
from referrals.models.chosen_service import ChosenService
from referrals.models.cover import Cover, TeamInNdelius
from referrals.models.kept_text import KeptText
from referrals.models.oasys_check import OasysCheck
from referrals.models.reassignment import Reassignment
from referrals.models.records_check import AskingPace, CaseCheck, PersonCheck
from referrals.models.referral import ContactPlace, Location, Referral, ReferralQuerySet
from referrals.models.seen_feedback import SeenFeedback
from referrals.models.sensitive_detail_decision import Decision, SensitiveDetailDecision

__all__ = [
    "AskingPace",
    "CaseCheck",
    "CaseOpening",
    "ChosenService",
    "ContactPlace",
    "Cover",
    "Decision",
    "KeptText",
    "Location",
    "OasysCheck",
    "PersonCheck",
    "Reassignment",
    "Referral",
    "ReferralQuerySet",
    "SeenFeedback",
    "SensitiveDetailDecision",
    "TeamInNdelius",
]
