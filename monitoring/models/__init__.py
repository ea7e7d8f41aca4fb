"""The models of the supplier's side, one aggregate a module."""

from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.received_services import ReceivedCriminogenicNeed, ReceivedOutcome, ReceivedService
from monitoring.models.scoping import UnscopedRead
from monitoring.models.share_versions import SECTIONS, ShareOpening, ShareVersion

__all__ = [
    "SECTIONS",
    "ReceivedCriminogenicNeed",
    "ReceivedOutcome",
    "ReceivedReferral",
    "ReceivedService",
    "ShareOpening",
    "ShareVersion",
    "UnscopedRead",
]
