"""The models of the supplier's side, one aggregate a module."""

from monitoring.models.action_plans import ActionPlan, DeliverySession, PlanActivity, PlanChangeRequest
from monitoring.models.appointments import (
    Appointment,
    AskedBy,
    Closed,
    Feedback,
    Method,
    NdeliusState,
    Purpose,
)
from monitoring.models.assignments import Assignment
from monitoring.models.calendar_feeds import CalendarFeed
from monitoring.models.conversation import CaseNote, Question
from monitoring.models.end_of_service import EndOfServiceReport, OutcomeAchievement
from monitoring.models.kept_counts import EndedCount, ReceivedCount
from monitoring.models.kept_posts import KeptPost
from monitoring.models.performance_reports import PerformanceReport
from monitoring.models.received_referral import Conclusion, ReceivedReferral, Stage, Turn
from monitoring.models.received_services import ReceivedCriminogenicNeed, ReceivedOutcome, ReceivedService
from monitoring.models.referral_changes import ReferralChange, Topic
from monitoring.models.scoping import UnscopedRead
from monitoring.models.share_versions import SECTIONS, ShareOpening, ShareVersion
from monitoring.models.timers import Pause, ServiceLevel, Timer
from monitoring.models.undelivered import Receiver, UndeliveredMessage

__all__ = [
    "SECTIONS",
    "ActionPlan",
    "Appointment",
    "AskedBy",
    "Assignment",
    "CalendarFeed",
    "CaseNote",
    "Closed",
    "Conclusion",
    "DeliverySession",
    "EndOfServiceReport",
    "EndedCount",
    "Feedback",
    "Method",
    "KeptPost",
    "NdeliusState",
    "OutcomeAchievement",
    "Pause",
    "PerformanceReport",
    "PlanActivity",
    "PlanChangeRequest",
    "Purpose",
    "Question",
    "ReceivedCriminogenicNeed",
    "ReceivedOutcome",
    "ReceivedCount",
    "ReceivedReferral",
    "ReceivedService",
    "ReferralChange",
    "Receiver",
    "ServiceLevel",
    "ShareOpening",
    "ShareVersion",
    "Stage",
    "Timer",
    "Topic",
    "Turn",
    "UndeliveredMessage",
    "UnscopedRead",
]
