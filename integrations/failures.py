"""How a call to an outside system can fail, each way its own type.

Knows which failures are worth repeating (``transient``). Must not know pages' wording. The text of a failure
names system, operation and status only: an answer's body may hold names or risk text, so it never gets into
``str()``, ``repr()`` or a traceback. What a page or an action may need of it stands in an attribute.
"""


class UpstreamFailure(Exception):
    """A call failed. Catch this for "whatever happened, the page renders without that part"."""

    transient = False
    outcome = "failed"

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


class TimedOut(UpstreamFailure):
    """A read took longer than its own limit or the request's deadline."""

    transient = True
    outcome = "timed out"


class RateLimited(UpstreamFailure):
    """429. ``retry_after`` is in seconds when the system said so."""

    transient = True
    outcome = "rate limited"
    retry_after: float | None = None


class ServerFault(UpstreamFailure):
    """500 and its kin: the system broke on this question."""

    transient = True
    outcome = "server fault"


class AuthFailed(UpstreamFailure):
    """401: our token was not accepted. Nobody using the page can mend this."""

    outcome = "token not accepted"


class Forbidden(UpstreamFailure):
    """403."""

    outcome = "forbidden"


class NotFound(UpstreamFailure):
    """404."""

    outcome = "not found"


class Conflict(UpstreamFailure):
    """409. ``body`` is the decoded answer, which may hold personal details: never log it."""

    outcome = "conflict"
    body: object = None


class Rejected(UpstreamFailure):
    """400 and other refusals of the question. ``message`` is the system's own: never log it."""

    outcome = "rejected"
    message: str = ""


class Malformed(UpstreamFailure):
    """The answer broke its contract: not JSON, not the promised shape, a redirect, or far too long."""

    outcome = "malformed answer"


class OutcomeUnknown(UpstreamFailure):
    """A write was sent and no answer came: it may or may not be done. Repeat only what is idempotent."""

    transient = True
    outcome = "outcome unknown"
