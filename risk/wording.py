"""The words a practitioner agrees to, by version. A wording that was ever agreed to is never edited.

Source: seed risk newsletter (the tick's words and the duty to check), decision R9.
"""

from __future__ import annotations

from dataclasses import dataclass

from govuk.template_filters import plural
from risk.models import RiskInformation
from risk.redaction import Changes


@dataclass(frozen=True, slots=True)
class DeclarationWording:
    """One version of the declaration: the warning before the tick, what it says of responsibility, and the tick."""

    version: str
    warning: str  # with {changes}: what was changed, as counted at the time
    responsibility: str
    tick: str


WORDINGS = {
    # {changes} called every section edited that was not as in OASys, those that OASys said nothing about included.
    "2026-1": DeclarationWording(
        version="2026-1",
        warning="{changes} When you send the referral, the service provider sees it as it stands under each heading. "
        "Make sure that no sensitive details are included. You are responsible for the information that is shared.",
        responsibility="You are responsible for the information that is shared.",
        tick="I understand this information will be shared with the Service Provider and that I am responsible for it",
    ),
    "2026-2": DeclarationWording(
        version="2026-2",
        warning="{changes} When you send the referral, the service provider sees what will be shared under each "
        "heading. Make sure that no sensitive details are included. You are responsible for the information that is "
        "shared.",
        responsibility="You are responsible for the information that is shared.",
        tick="I understand this information will be shared with the Service Provider and that I am responsible for it",
    ),
    # {changes}: in how many sections it differs from what was shared before.
    "2026-1-corrected": DeclarationWording(
        version="2026-1-corrected",
        warning="{changes} When you share the corrected version, the service provider sees what will be shared under "
        "each heading, and no longer sees the earlier version. Make sure that no sensitive details are included. You "
        "are responsible for the information that is shared.",
        responsibility="You are responsible for the information that is shared.",
        tick="I understand this information will be shared with the Service Provider and that I am responsible for it",
    ),
}
CURRENT_WORDING = WORDINGS["2026-2"]
CORRECTION_WORDING = WORDINGS["2026-1-corrected"]


def wording_of(risk: RiskInformation) -> DeclarationWording:
    """The words of now: before sending, or for a corrected version."""
    return CORRECTION_WORDING if risk.corrects else CURRENT_WORDING


def warning(changes: Changes, newer: str = "") -> str:
    """The warning above the tick. ``newer``: that OASys has a newer version, while it is kept out."""
    said = f"{what_was_changed(changes)} {newer}".strip()
    return CURRENT_WORDING.warning.format(changes=said)


def correction_warning(differing: int, newer: str = "") -> str:
    """The same before a corrected version is shared. ``differing``: how many sections are not as shared now."""
    if differing:
        said = f"{plural(differing, 'section')} will be different from what is shared now."
    else:
        said = "No section is different from what is shared now."
    return CORRECTION_WORDING.warning.format(changes=f"{said} {newer}".strip())


def what_was_changed(changes: Changes) -> str:
    """In how many sections what will be shared is not what OASys has, and why, truly (decision R5)."""
    return " ".join(part for part in (_of_oasys(changes), _beside_oasys(changes)) if part)


def _of_oasys(changes: Changes) -> str:
    if not changes.has_original:
        return "OASys gave no information."
    done = [
        f"{verb} {plural(count, 'section')}"
        for verb, count in (("edited", changes.edited), ("removed", changes.removed))
        if count
    ]
    if not done:
        return "You have not edited any of the OASys information."
    return f"You have {' and '.join(done)} of the OASys information."


def _beside_oasys(changes: Changes) -> str:
    done = []
    if changes.none_identified:
        done.append(f"confirmed no identified risk in {plural(changes.none_identified, 'section')}")
    if changes.written:
        done.append(f"written {plural(changes.written, 'section')} yourself")
    if changes.added:
        done.append("added additional information")
    if not done:
        return ""
    return f"You have {', '.join(done[:-1])}{' and ' if done[:-1] else ''}{done[-1]}."
