"""The words a practitioner agrees to, by version. A wording that was ever agreed to is never edited.

Source: seed risk newsletter (the tick's words and the duty to check), decision R9.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeclarationWording:
    """One version of the declaration: what is said before the tick, and the tick itself."""

    version: str
    responsibility: str
    tick: str


WORDINGS = {
    "2026-1": DeclarationWording(
        version="2026-1",
        responsibility="You are responsible for the information that is shared.",
        tick="I understand this information will be shared with the Service Provider and that I am responsible for it",
    )
}
CURRENT_WORDING = WORDINGS["2026-1"]


def warning(sections_edited: int) -> str:
    """The warning above the tick. It says truly how many sections differ from OASys (decision R5)."""
    if sections_edited == 0:
        said = "You have not edited any of the OASys information."
    elif sections_edited == 1:
        said = "You have edited 1 section of the OASys information."
    else:
        said = f"You have edited {sections_edited} sections of the OASys information."
    return (
        f"{said} When you send the referral, the service provider sees it as it stands under each heading. Make "
        f"sure that no sensitive details are included. {CURRENT_WORDING.responsibility}"
    )
