"""What to say for each way in which OASys can answer. One sentence a situation, nothing shared between two.

Source: decisions R1 and R3; live service shows several of these alike, which practitioners took for "no risk".
"""

from __future__ import annotations

from dataclasses import dataclass

from risk.models import OasysOutcome


@dataclass(frozen=True, slots=True)
class OasysWords:
    """The notice above the sections, the sentence in the panel, what stands for a missing date, and for a section about
    which OASys said nothing: its own "don’t know" is an answer, and never stands for silence (W6).
    """

    notice: str
    panel: str
    no_date: str = "not known"
    says_nothing: str = "No information provided"


WORDS: dict[str, OasysWords] = {
    OasysOutcome.ASSESSED: OasysWords(
        notice="",
        panel="The assessment in OASys holds no risk of serious harm levels. Check OASys.",
        no_date="assessment date not found",
    ),
    OasysOutcome.NOT_COMPLETED: OasysWords(
        notice="OASys has no assessment of this person completed in the last 55 weeks. Decide each section yourself.",
        panel="No risk of serious harm assessment was completed in the last 55 weeks. Check OASys.",
        no_date="no assessment in the last 55 weeks",
    ),
    OasysOutcome.NO_RECORD: OasysWords(
        notice="OASys has no record of this person. Decide each section yourself.",
        panel="There is no OASys record, so there are no levels to show.",
        no_date="no OASys record",
    ),
    OasysOutcome.NOT_PERMITTED: OasysWords(
        notice="You are not permitted to see this person’s OASys record, so nothing was filled in, and it is not known "
        "here whether there is a risk. You can go on by writing each section yourself. We ask OASys again each time "
        "you open this page.",
        panel="OASys does not permit you to see the levels.",
        no_date="not available to you",
        says_nothing="Not available to you from OASys",
    ),
    OasysOutcome.UNREACHABLE: OasysWords(
        notice="OASys cannot be reached, so nothing was filled in, and it is not known whether there is a risk. You "
        "can go on by writing each section yourself, or come back later. We ask OASys again each time you open this "
        "page.",
        panel="OASys cannot be reached, so the levels are not known here.",
        says_nothing="OASys could not be reached",
    ),
    OasysOutcome.TOO_SLOW: OasysWords(
        notice="OASys took too long to answer, so nothing was filled in, and it is not known whether there is a risk. "
        "You can go on by writing each section yourself, or try again in a minute.",
        panel="OASys took too long to answer, so the levels are not known here.",
        says_nothing="OASys took too long to answer",
    ),
    OasysOutcome.UNREADABLE: OasysWords(
        notice="OASys sent an answer that we could not read, so nothing was filled in, and it is not known whether "
        "there is a risk. You can go on by writing each section yourself. Tell the service desk if this goes on.",
        panel="OASys sent an answer that we could not read, so the levels are not known here.",
        says_nothing="OASys sent an answer that could not be read",
    ),
}
PARTIAL = (
    "Part of OASys may not have answered. A gap below does not mean that there is no risk: check OASys before you "
    "decide a section."
)
MENDED = "Some characters from OASys cannot be shown or saved. They were replaced by �."
