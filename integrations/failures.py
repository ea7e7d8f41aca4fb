"""How a call to an outside system can fail, each way its own type.

Knows which failures are worth repeating (``transient``). Must not know pages' wording. The text of a failure
names system, operation and status only: an answer's body may hold names or risk text, so it never gets into
``str()``, ``repr()`` or a traceback. What a page or an action may need of it stands in an attribute.
"""

from enum import StrEnum


class Trouble(StrEnum):
    """Why a system was of no use, for the words on a page (``integrations.failure_wording``)."""

    UNREACHABLE = "unreachable"  # no connection, a gateway error, or the breaker is open
    SLOW = "slow"
    BUSY = "busy"  # asked to come back later (429)
    FAULT = "fault"  # 500
    MALFORMED = "malformed"  # an answer that cannot be read
    SIGNED_OUT = "signed_out"  # our own token was not accepted
    SIGN_IN_AGAIN = "sign_in_again"  # the user's own token is over, or was not accepted
    NOT_PERMITTED = "not_permitted"  # 403
    REJECTED = "rejected"  # the question was not accepted
    CONFLICT = "conflict"  # 409: of a question, the system holds this person twice
    ABSENT = "absent"  # 404
    NOT_CONNECTED = "not_connected"  # this installation does without the system


class UpstreamFailure(Exception):
    """A call failed. Catch this for "whatever happened, the page renders without that part"."""

    transient = False
    outcome = "failed"
    trouble = Trouble.UNREACHABLE

    def __init__(
        self,
        system: str,
        operation: str,
        *,
        status: int | None = None,
        attempts: int = 1,
        request_id: str = "",
    ) -> None:
        super().__init__(system, operation)
        self.system = system
        self.operation = operation
        self.status = status
        self.attempts = attempts
        self.request_id = request_id

    def __str__(self) -> str:
        status = f" (status {self.status})" if self.status else ""
        return f"{self.system} {self.operation}: {self.outcome}{status}"


class Unavailable(UpstreamFailure):
    """No connection, a gateway's 502, 503 or 504, an answer cut short, or the breaker is open."""

    transient = True
    outcome = "unavailable"


class NotConnected(UpstreamFailure):
    """This installation does without the system (mode off). Nothing was asked."""

    outcome = "not connected"
    trouble = Trouble.NOT_CONNECTED


class TimedOut(UpstreamFailure):
    """A read took longer than its own limit or the request's deadline."""

    transient = True
    outcome = "timed out"
    trouble = Trouble.SLOW


class RateLimited(UpstreamFailure):
    """429. ``retry_after`` is in seconds when the system said so."""

    transient = True
    outcome = "rate limited"
    trouble = Trouble.BUSY
    retry_after: float | None = None


class ServerFault(UpstreamFailure):
    """500 and its kin: the system broke on this question."""

    transient = True
    outcome = "server fault"
    trouble = Trouble.FAULT


class AuthFailed(UpstreamFailure):
    """401: neither our token nor a new one was accepted, or HMPPS Auth gave us none.

    Nobody using the page can mend this.
    """

    outcome = "token not accepted"
    trouble = Trouble.SIGNED_OUT


class SignInAgain(UpstreamFailure):
    """The token of the user who is signed in is over (then nothing was asked), or was answered 401.

    They alone can mend this, by signing in again.
    """

    outcome = "user's token not accepted"
    trouble = Trouble.SIGN_IN_AGAIN


class Forbidden(UpstreamFailure):
    """403."""

    outcome = "forbidden"
    trouble = Trouble.NOT_PERMITTED


class NotFound(UpstreamFailure):
    """404."""

    outcome = "not found"
    trouble = Trouble.ABSENT


class Conflict(UpstreamFailure):
    """409. ``body`` is the decoded answer, which may hold personal details: never log it."""

    outcome = "conflict"
    trouble = Trouble.CONFLICT
    body: object = None


class Rejected(UpstreamFailure):
    """400 and other refusals of the question. ``message`` is the system's own: never log it."""

    outcome = "rejected"
    trouble = Trouble.REJECTED
    message: str = ""


class Malformed(UpstreamFailure):
    """The answer broke its contract: not JSON, not the promised shape, a redirect, or far too long."""

    outcome = "malformed answer"
    trouble = Trouble.MALFORMED


class OutcomeUnknown(UpstreamFailure):
    """A write was sent and no answer came: it may or may not be done. Repeat only what is idempotent."""

    transient = True
    outcome = "outcome unknown"
