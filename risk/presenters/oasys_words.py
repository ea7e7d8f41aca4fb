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
        panel="The OASys assessment has no risk of serious harm levels. Check OASys.",
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
        notice="You do not have permission to see this person’s OASys record. We could not fill anything in and do "
        "not know if there is a risk. You can write each section yourself. We will ask OASys again each time you "
        "open this page.",
        panel="You do not have permission to see the levels in OASys.",
        no_date="not available to you",
        says_nothing="Not available to you from OASys",
    ),
    OasysOutcome.UNREACHABLE: OasysWords(
        notice="OASys cannot be reached, so we could not fill anything in and do not know if there is a risk. You "
        "can write each section yourself, or try again in a few minutes. We will ask OASys again each time you open "
        "this page.",
        panel="OASys cannot be reached, so we do not know the levels.",
        says_nothing="OASys could not be reached",
    ),
    OasysOutcome.TOO_SLOW: OasysWords(
        notice="OASys took too long to answer, so we could not fill anything in and do not know if there is a "
        "risk. You can write each section yourself, or try again in a minute.",
        panel="OASys took too long to answer, so we do not know the levels.",
        says_nothing="OASys took too long to answer",
    ),
    OasysOutcome.UNREADABLE: OasysWords(
        notice="OASys sent an answer we could not read, so we could not fill anything in and do not know if there "
        "is a risk. You can write each section yourself. Tell the support team of OASys.",
        panel="OASys sent an answer we could not read, so we do not know the levels.",
        says_nothing="OASys sent an answer that could not be read",
    ),
    OasysOutcome.REFUSED: OasysWords(
        notice="OASys did not accept our question about this person, so we could not fill anything in and do not "
        "know if there is a risk. You can write each section yourself. Tell the support team of OASys.",
        panel="OASys did not accept our question, so we do not know the levels.",
        says_nothing="OASys did not accept our question",
    ),
    OasysOutcome.NOT_CONNECTED: OasysWords(
        notice="OASys is not connected to this service, so we could not fill anything in and do not know if there is "
        "a risk. Check OASys and write each section yourself.",
        panel="OASys is not connected to this service, so we do not know the levels. Check OASys.",
        says_nothing="OASys is not connected",
    ),
    OasysOutcome.SIGN_IN_AGAIN: OasysWords(
        notice="OASys no longer accepts your sign-in, so we could not fill anything in and do not know if there is a "
        "risk. Sign in again and open this page, or write each section yourself.",
        panel="OASys no longer accepts your sign-in, so we do not know the levels. Sign in again to see them.",
        says_nothing="Sign in again to see what OASys says",
    ),
}
PARTIAL = (
    "OASys may not have sent everything. A gap below does not mean there is no risk, so check OASys before you "
    "decide a section."
)
MENDED = "Some characters from OASys cannot be shown or saved. We have replaced them with �."
#: What a draft that holds risk information says when OASys could not be asked whether it still holds.
_STILL = "so we could not check for newer risk information."
NOT_COMPARED: dict[str, str] = {
    OasysOutcome.NOT_PERMITTED: f"You do not have permission to see this person’s OASys record, {_STILL}",
    OasysOutcome.UNREACHABLE: f"OASys cannot be reached, {_STILL} We will check again when you review it.",
    OasysOutcome.TOO_SLOW: f"OASys took too long to answer, {_STILL} We will check again when you review it.",
    OasysOutcome.UNREADABLE: f"OASys sent an answer we could not read, {_STILL}",
    OasysOutcome.REFUSED: f"OASys did not accept our question about this person, {_STILL}",
    OasysOutcome.SIGN_IN_AGAIN: f"OASys no longer accepts your sign-in, {_STILL} Sign in again to check.",
}


def not_compared(outcome: OasysOutcome | None) -> str:
    """What to say of a comparison; nothing where OASys answered, is not connected, or there was nothing to compare."""
    return NOT_COMPARED.get(outcome, "") if outcome else ""


_WITHOUT = (
    "so this page does not show what OASys says now. You can correct the information without it. We will ask OASys "
    "again each time you open this page."
)
#: The notices on a corrected version, where there is something to start from without OASys.
CORRECTING: dict[str, str] = {
    OasysOutcome.NOT_PERMITTED: f"You do not have permission to see this person’s OASys record, {_WITHOUT}",
    OasysOutcome.UNREACHABLE: f"OASys cannot be reached, {_WITHOUT}",
    OasysOutcome.TOO_SLOW: f"OASys took too long to answer, {_WITHOUT}",
    OasysOutcome.UNREADABLE: f"OASys sent an answer we could not read, {_WITHOUT}",
    OasysOutcome.REFUSED: f"OASys did not accept our question about this person, {_WITHOUT}",
    OasysOutcome.SIGN_IN_AGAIN: (
        "OASys no longer accepts your sign-in, so this page does not show what OASys says now. Sign in again and open "
        "this page, or correct the information without it."
    ),
    OasysOutcome.NOT_CONNECTED: (
        "OASys is not connected to this service, so this page does not show what OASys says now. You can correct the "
        "information without it."
    ),
}
