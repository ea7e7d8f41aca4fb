"""Why a case can end before its time, and what such an end means, as the live service has it since June 2024 (M3).

Codes are nDelius's own. Must not know what follows from an end: see ``monitoring.rules.conclusion``.
"""

from __future__ import annotations

from enum import StrEnum

REASONS: dict[str, str] = {
    "INE": "Ineligible referral",
    "MIS": "Mistaken or duplicate referral",
    "NOT": "Not engaged",
    "NEE": "Needs met through another route",
    "MOV": "Moved out of service area",
    "WOR": "Work, caring commitments, or sickness",
    "USE": "Person died",
    "ACQ": "Acquitted on appeal",
    "RET": "Returned to custody",
    "SER": "Sentence revoked",
    "SEE": "Sentence expired",
    "EAR": "Intervention has been completed",
    "ANO": "Any other change of circumstance",
}
#: The reasons in the groups in which they are offered (live service; ours in wording).
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A problem with the referral", ("INE", "MIS")),
    ("The person on probation", ("NOT", "NEE", "MOV", "WOR", "USE")),
    ("The sentence or court order", ("ACQ", "RET", "SER", "SEE")),
    ("The work is done", ("EAR",)),
    ("Something else", ("ANO",)),
)
#: Can be given only once somebody attended a session.
WORK_IS_DONE = "EAR"


class EndMeaning(StrEnum):
    """What an end means: worked out from the case and the reason, never taken from a page."""

    WITHDRAWN_BEFORE = "withdrawn_before_first_session"
    WITHDRAWN_AFTER = "withdrawn_after_first_session"
    CLOSED_EARLY = "closed_early"


def meaning_of(reason: str, *, sessions_attended: int) -> EndMeaning:
    """What an end for this reason means. The same before it and after: a session that was attended stays attended."""
    if sessions_attended == 0:
        return EndMeaning.WITHDRAWN_BEFORE
    return EndMeaning.CLOSED_EARLY if reason == WORK_IS_DONE else EndMeaning.WITHDRAWN_AFTER


def reasons_for(*, sessions_attended: int) -> tuple[str, ...]:
    """The codes that can be given for a case as it stands."""
    return tuple(code for code in REASONS if sessions_attended > 0 or code != WORK_IS_DONE)
