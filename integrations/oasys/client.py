"""OASys, through the assess-risks-and-needs service (nulls are written out; date-times have no zone).

| Function | Call | 200 empty | 403 | 404 |
|---|---|---|---|---|
| risk | GET /risks/crn/{crn} | no assessment completed in 55 weeks | limited access or role | no OASys record |
| needs | GET /needs/crn/{crn} | as above | as above | no full assessment in the window |

Neither raises for what OASys does: every outcome is a type of ``integrations.oasys.types``. A supplier's page
must never call this module: the answer holds unredacted text whoever asks.

``asker`` is the nDelius user name of the practitioner who asks: OASys is shown their own token when they signed in
through HMPPS Auth (once that is over, nothing is asked: ``Trouble.SIGN_IN_AGAIN``), else the service's, on their
behalf.
"""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final, TypeVar

from integrations import failures
from integrations.hmpps_auth.tokens import ServiceToken, UsersToken
from integrations.oasys import decoding
from integrations.oasys.types import Needs, NoRecord, NotPermitted, Risk, Unreachable
from integrations.transport import Transport, deadline

SYSTEM: Final = "oasys"

# OASys itself may take its time over a long assessment: one patient attempt is worth more than three short ones.
_oasys = Transport(
    SYSTEM,
    url_setting="OASYS_URL",
    timeouts_setting="OASYS_TIMEOUTS",
    timeouts=(2.0, 9.0, 10.0),
    credentials=ServiceToken(),
)


def risk(crn: str, *, asker: str = "", timeout: float | None = None) -> Risk:
    """What OASys says of this person's risk of serious harm; at most ``timeout`` seconds, repeats included."""

    def ask() -> Risk:
        reply = _oasys.read("risk", "/risks/crn/{crn}", credentials=UsersToken(asker), crn=crn)
        wire, was_mended = reply.decoded_as(decoding.Rosh)
        return decoding.risk_from(wire, was_mended=was_mended)

    return _answer_to(ask, timeout)


def needs(crn: str, *, asker: str = "", timeout: float | None = None) -> Needs:
    """The criminogenic needs of the last full assessment; at most ``timeout`` seconds, repeats included."""

    def ask() -> Needs:
        reply = _oasys.read("needs", "/needs/crn/{crn}", credentials=UsersToken(asker), crn=crn)
        wire, was_mended = reply.decoded_as(decoding.AllNeeds)
        return decoding.needs_from(wire, was_mended=was_mended)

    return _answer_to(ask, timeout)


Outcome = TypeVar("Outcome")


def _answer_to(
    ask: Callable[[], Outcome], timeout: float | None
) -> Outcome | NoRecord | NotPermitted | Unreachable:
    """The answer, or the outcome that stands for how there was none."""
    try:
        with nullcontext() if timeout is None else deadline(timeout):
            return ask()
    except failures.NotFound:
        return NoRecord()
    except failures.Forbidden:
        return NotPermitted()
    except failures.UpstreamFailure as failure:
        return Unreachable(failure.trouble)
