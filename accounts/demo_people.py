"""Which CRNs to try in the demo, one for each situation: shown in the terminal and on the demo's sign-in page.

Only for demo mode. What other systems hold about these people is in the stub.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToTry:
    """One person of the demo. ``shows`` says in a few words what happens when a practitioner refers them."""

    crn: str
    shows: str


TO_TRY = (
    ToTry("X980010", "Risk text that names other people: take them out"),
    ToTry("X980001", "Everything answered in OASys, very high risk"),
    ToTry("X980003", "No OASys record"),
    ToTry("X980004", "No recent OASys assessment"),
    ToTry("X980005", "OASys says “don’t know”, and holds no text"),
    ToTry("X980007", "OASys text that is too long to share"),
    ToTry("X980008", "Welsh, emoji, and text from right to left"),
    ToTry("X980009", "Text that looks like HTML or a script"),
    ToTry("X980012", "In prison, with a release date"),
    ToTry("X980013", "In prison, without a release date"),
    ToTry("X980017", "Open to everyone except Hugh Trelawny (pp.barred)"),
    ToTry("X980018", "Open to Patience Okonjo (pp) only"),
    ToTry("X980019", "nDelius does not say who may see her"),
    ToTry("X980020", "Merged into X980021: the case asks for the new CRN"),
    ToTry("X980022", "Managed by Jonah Arkwright (pp.colleague)"),
    ToTry("X980023", "No practitioner in nDelius"),
    ToTry("X980025", "No contact details and no fixed abode"),
    ToTry("X980026", "Several sentences to choose from"),
    ToTry("X980027", "No current sentence"),
    ToTry("X980129", "nDelius fails"),
    ToTry("X980030", "OASys takes 30 seconds"),
    ToTry("X980131", "OASys is down"),
    ToTry("X980035", "nDelius refuses every appointment"),
    ToTry("X980037", "OASys changes while you work"),
)
