"""How pages say that another system was of no use, and what the reader can do: one row for each way to fail.

Silence, refusal, bad data and absence are different sentences (decision W6). "Try again" stands only where that can
help. A page adds what it means for the reader: ``said_of(NDELIUS, failure, "so we cannot look up this CRN.")``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from integrations.failures import Trouble, UpstreamFailure

IN_A_FEW_MINUTES = "Try again in a few minutes."
IN_A_MINUTE = "Try again in a minute."
SIGN_IN_AGAIN = "Sign in again to use {them}."
TELL_THEM = "Tell the support team of {them}."


@dataclass(frozen=True, slots=True)
class System:
    """Another system as pages name it: at the start of a sentence and within one, and how its silence is said."""

    name: str
    within: str
    silence: str = "is not answering"
    be: str = "is"


NDELIUS = System("nDelius", "nDelius")
OASYS = System("OASys", "OASys", silence="cannot be reached")
PRISON_RECORDS = System("Prison records", "prison records", silence="are not answering", be="are")


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, behind the system's name, and what to do about it."""

    happened: str
    to_do: str


#: Whatever is not its own fault may pass by itself. Nobody on a page can mend the rest.
WORDS: dict[Trouble, Words] = {
    Trouble.UNREACHABLE: Words("{silence}", IN_A_FEW_MINUTES),
    Trouble.SLOW: Words("took too long to answer", IN_A_MINUTE),
    Trouble.BUSY: Words("asked us to wait", IN_A_FEW_MINUTES),
    Trouble.FAULT: Words("could not answer because of a fault", IN_A_FEW_MINUTES),
    Trouble.MALFORMED: Words("sent an answer that we cannot read", TELL_THEM),
    Trouble.SIGNED_OUT: Words("did not accept our sign-in", TELL_THEM),
    Trouble.SIGN_IN_AGAIN: Words("no longer accepts your sign-in", SIGN_IN_AGAIN),
    Trouble.NOT_PERMITTED: Words("does not permit this", TELL_THEM),
    Trouble.REJECTED: Words("did not accept our question", TELL_THEM),
    Trouble.CONFLICT: Words("has more than one record for this", TELL_THEM),
    Trouble.ABSENT: Words("has no record of this", ""),
    Trouble.NOT_CONNECTED: Words("{be} not connected to this service", ""),
}


def said_of(system: System, failure: UpstreamFailure | Trouble, meaning: str) -> str:
    """The whole: what happened, what it means for this page (a clause that ends with a full stop), what to do."""
    return f"{what_happened(system, failure)}, {meaning} {what_to_do(system, failure)}".strip()


def what_happened(system: System, failure: UpstreamFailure | Trouble) -> str:
    """The first half of a sentence: "nDelius is not answering"."""
    return f"{system.name} {WORDS[_trouble(failure)].happened.format(silence=system.silence, be=system.be)}"


def what_to_do(system: System, failure: UpstreamFailure | Trouble) -> str:
    """A sentence, or nothing."""
    return WORDS[_trouble(failure)].to_do.format(them=system.within)


def may_pass(failure: UpstreamFailure | Trouble) -> bool:
    """Whether trying again can help."""
    return _trouble(failure) in {Trouble.UNREACHABLE, Trouble.SLOW, Trouble.BUSY, Trouble.FAULT}


def advises_to_try_again(said: str) -> bool:
    """Whether a sentence of ``said_of`` does: a page then offers it beside the sentence."""
    return IN_A_FEW_MINUTES in said or IN_A_MINUTE in said


def not_known(system: System, facts: Iterable[str]) -> str:
    """That some details came in a way that cannot be read, by their labels; nothing when there are none."""
    named = [fact[:1].lower() + fact[1:] if fact[1:2].islower() else fact for fact in facts]
    if not named:
        return ""
    these = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
    return (
        f"{system.name} sent details that we cannot read: {these}. They are shown as “Not known”. "
        f"Check them in {system.within}."
    )


def _trouble(failure: UpstreamFailure | Trouble) -> Trouble:
    return failure if isinstance(failure, Trouble) else failure.trouble
