"""Asking each system something harmless, to see whether it answers and lets this service in.

The questions are about nobody: a CRN, a prison number and a user name that no one has. Whoever says that it knows none
of them has answered. Knows each client; no page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from integrations import failures
from integrations.hmpps_auth import client as hmpps_auth
from integrations.hmpps_auth.tokens import ServiceToken, forget_tokens
from integrations.manage_users import client as manage_users
from integrations.ndelius import client as ndelius
from integrations.notify import client as notify
from integrations.oasys import client as oasys
from integrations.oasys.types import NotPermitted, Unreachable
from integrations.prison_api import client as prison_api
from integrations.prison_register import client as prison_register
from integrations.prisoner_search import client as prisoner_search
from integrations.transport import close_breakers, mode_of

NO_CRN: Final = "X000000"
NO_PRISON_NUMBER: Final = "A0000AA"
NO_USERNAME: Final = "REFER-MONITOR-CHECK"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking one system."""

    system: str
    mode: str
    is_well: bool
    words: str
    milliseconds: int


def _oasys() -> None:
    match oasys.needs(NO_CRN):
        case NotPermitted():
            raise failures.Forbidden(oasys.SYSTEM, "needs", status=403)
        case Unreachable(reason):
            raise _FAILURES.get(reason, failures.Unavailable)(oasys.SYSTEM, "needs")


#: OASys's client says how it failed in place of raising it.
_FAILURES: Final = {
    kind.trouble: kind
    for kind in (
        failures.Unavailable,
        failures.TimedOut,
        failures.RateLimited,
        failures.ServerFault,
        failures.Malformed,
        failures.AuthFailed,
        failures.Rejected,
        failures.NotConnected,
    )
}

#: How each system is asked, and what it means that it answered. HMPPS Auth comes first: the others need its token.
QUESTIONS: Final[dict[str, tuple[Callable[[], object], str]]] = {
    hmpps_auth.SYSTEM: (lambda: ServiceToken().authorization(), "gave a token"),
    manage_users.SYSTEM: (lambda: manage_users.account(NO_USERNAME), "answered, token accepted"),
    ndelius.SYSTEM: (lambda: ndelius.noms_number(NO_CRN), "answered, token accepted"),
    oasys.SYSTEM: (_oasys, "answered, token accepted"),
    prison_register.SYSTEM: (prison_register.prisons, "answered, no token needed"),
    prison_api.SYSTEM: (prison_api.secure_childrens_homes, "answered, token accepted"),
    prisoner_search.SYSTEM: (lambda: prisoner_search.custody(NO_PRISON_NUMBER), "answered, token accepted"),
    notify.SYSTEM: (lambda: notify.was_taken(str(uuid4())), "answered, key accepted"),
}


def ask_all() -> Iterator[Answered]:
    """Ask each system, whatever was asked before: breakers are closed and tokens are new."""
    close_breakers()
    forget_tokens()
    for system, (ask, words) in QUESTIONS.items():
        began = time.perf_counter()
        is_well, said = _ask(ask, words)
        yield Answered(system, mode_of(system), is_well, said, round((time.perf_counter() - began) * 1000))


def _ask(ask: Callable[[], object], words: str) -> tuple[bool, str]:
    try:
        ask()
    except failures.NotFound:
        return True, words
    except failures.NotConnected:
        return True, "not connected"
    except failures.UpstreamFailure as failure:
        return False, _wrong(failure)
    return True, words


def _wrong(failure: failures.UpstreamFailure) -> str:
    """What is wrong, and with which status. A failure's text holds neither what was asked nor what was answered."""
    status = f" (status {failure.status})" if failure.status else ""
    match failure:
        case failures.AuthFailed():
            return f"refused: credentials not accepted{status}"
        case failures.Forbidden():
            return f"refused: credentials accepted, but a role is missing, or a key or clock is wrong{status}"
    return f"failed: {failure.outcome}{status}"
