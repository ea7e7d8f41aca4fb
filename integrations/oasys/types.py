"""What OASys tells us about risk and needs: closed unions of frozen values, never an exception.

Each of *assessed*, *no assessment completed*, *no record*, *not permitted* and *not reachable* has its own
sentence on the page, so each is its own type; ``match`` on them. Knows nothing of HTTP or of our own models.

``was_mended`` says that the source held null bytes or lone surrogates, which were replaced by U+FFFD.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from integrations.failures import Trouble
from integrations.risk_answers import Answer

#: The seven sections, in the order of the product's page.
SECTIONS = (
    "who_is_at_risk",
    "nature_of_risk",
    "risk_imminence",
    "self_harm",
    "suicide",
    "hostel_setting",
    "vulnerability",
)

#: The sections that OASys answers with yes or no; the first three are text alone.
ANSWERED_SECTIONS = SECTIONS[3:]


class Level(StrEnum):
    """A level of risk of serious harm. ``UNKNOWN`` is a word that we do not know, or no level at all."""

    VERY_HIGH = "VERY_HIGH"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class RiskAnswer:
    """One section: the answer (always ``None`` for the first three sections) and the text, newlines as LF.

    The text of a concern is present only when the answer is yes. Text may be of any length.
    """

    answer: Answer | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment in OASys's window (completed within the last 55 weeks).

    ``sections`` has all seven keys. The two maps go from a group ("Children", "Public", "Known adult",
    "Staff", "Prisoners", or OASys's own word) to its level, in that order. ``is_partial`` says that a part
    of OASys seems not to have answered, or could not be read: a gap must not be read as "no risk". ``unknown_words``
    lists what OASys said that we have no word for; each was read as ``UNKNOWN`` or ``None``.
    """

    sections: Mapping[str, RiskAnswer]
    levels_in_community: Mapping[str, Level]
    levels_in_custody: Mapping[str, Level]
    overall_community_level: Level
    assessed_at: datetime | None
    is_partial: bool = False
    was_mended: bool = False
    unknown_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCompleted:
    """OASys knows the person but holds no assessment completed in its window (200, empty)."""


@dataclass(frozen=True, slots=True)
class NoRecord:
    """OASys does not know the person, or, asked for needs, has no assessment in its window (404)."""


@dataclass(frozen=True, slots=True)
class NotPermitted:
    """OASys refused: a limited-access case, or a missing role (403). It does not say which."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """OASys could not be read this time. Says nothing about the person."""

    reason: Trouble


Risk = Assessed | NotCompleted | NoRecord | NotPermitted | Unreachable


class NeedStatus(StrEnum):
    """Whether OASys counts a need: at or above its threshold, below it, or not scored."""

    IDENTIFIED = "identified"
    NOT_IDENTIFIED = "not_identified"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class CriminogenicNeed:
    """One criminogenic need. ``score`` and ``threshold`` are for the practitioner, never to be shared."""

    section: str  # OASys's code, e.g. "DRUG_MISUSE"
    name: str
    status: NeedStatus
    score: int | None = None
    threshold: int | None = None
    risk_of_harm: bool | None = None
    risk_of_reoffending: bool | None = None


@dataclass(frozen=True, slots=True)
class NeedsAssessed:
    """The needs of the last full assessment: identified first, then not identified, then unanswered.

    ``is_partial`` says that a part of the answer could not be read: a need that is not listed may be one all the same.
    """

    needs: tuple[CriminogenicNeed, ...]
    assessed_at: datetime | None
    is_partial: bool = False
    version: str | None = None  # "OASYS" or "SAN": which form was used, so which sections there are
    was_mended: bool = False


Needs = NeedsAssessed | NotCompleted | NoRecord | NotPermitted | Unreachable
