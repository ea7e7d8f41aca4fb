"""OASys, through the assess-risks-and-needs service (nulls are written out; date-times have no zone).

| Function | Call | 200 empty | 403 | 404 |
|---|---|---|---|---|
| risk | GET /risks/crn/{crn} | no assessment completed in the last 55 weeks | limited access or role | no OASys record |
| needs | GET /needs/crn/{crn} | as above | as above | no full assessment in the window |

Neither raises for what OASys does: every outcome is a type of ``integrations.oasys.types``. A supplier's page
must never call this module: the answer holds unredacted text whoever asks.
"""

from integrations.oasys.types import Needs, Risk


def risk(crn: str, *, timeout: float | None = None) -> Risk:
    """What OASys says of this person's risk of serious harm; at most ``timeout`` seconds, retries included."""
    raise NotImplementedError


def needs(crn: str, *, timeout: float | None = None) -> Needs:
    """The criminogenic needs of the last full assessment; at most ``timeout`` seconds."""
    raise NotImplementedError
