"""What OASys said, the practitioner's version of it, and the declarations made over it."""

from risk.models.declaration import Declaration
from risk.models.information import OasysOutcome, RiskInformation, RiskSnapshot
from risk.models.section import Cause, RiskSection, SectionChange, SectionKey, SectionState

__all__ = [
    "Cause",
    "Declaration",
    "OasysOutcome",
    "RiskInformation",
    "RiskSection",
    "RiskSnapshot",
    "SectionChange",
    "SectionKey",
    "SectionState",
]
