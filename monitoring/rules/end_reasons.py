"""Why a case can end before its time, as the live service has it since June 2024 (decision M3).

Codes are nDelius's own. Must not know what follows from a reason: see ``monitoring.rules.conclusion``.
"""

from __future__ import annotations

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
