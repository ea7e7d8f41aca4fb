"""Why something could not be delivered, in plain words, for administrators and for both sides of a case.

The outbox keeps the kind of a failure: the name of its type, or a reason of ours (``CannotBeDelivered``). Types of
``integrations.failures`` are named here, not imported: that is above. A test compares the two.
"""

from __future__ import annotations

from typing import Final

from events.models import NDELIUS, OutboxEntry

WORDS: Final[dict[str, str]] = {
    "Unavailable": "{it} is not answering",
    "TimedOut": "{it} took too long to answer",
    "RateLimited": "{it} asked us to wait",
    "ServerFault": "{it} has a fault",
    "Malformed": "{it} sent an answer that we cannot read",
    "OutcomeUnknown": "{it} did not confirm that it has this",
    "AuthFailed": "{it} did not accept our sign-in",
    "SignInAgain": "{it} did not accept the sign-in of the person who asked",
    "Forbidden": "{it} does not permit this",
    "NotFound": "{it} does not have this record",
    "Conflict": "{it} has a record that conflicts with this",
    "Rejected": "{it} did not accept this",
    "NotConnected": "{it} is not connected to this service",
    # The mail server.
    "SMTPServerDisconnected": "{it} ended the connection",
    "SMTPConnectError": "{it} is not answering",
    "SMTPHeloError": "{it} did not accept the connection",
    "SMTPAuthenticationError": "{it} did not accept our sign-in",
    "SMTPSenderRefused": "{it} did not accept our own address",
    "SMTPRecipientsRefused": "{it} cannot reach the mailbox now",
    "SMTPDataError": "{it} cannot take the email now",
    "SMTPResponseException": "{it} cannot take the email now",
    "ConnectionRefusedError": "{it} is not answering",
    "ConnectionResetError": "{it} ended the connection",
    "TimeoutError": "{it} took too long to answer",
    "gaierror": "{it} cannot be found",
    "OSError": "{it} cannot be reached",
}
OURS: Final = "Something went wrong in this service"


def why_not_delivered(entry: OutboxEntry) -> str:
    """A clause without a full stop; empty when nothing has gone wrong with it."""
    kind = entry.last_failure
    if not kind or " " in kind:  # a reason of ours is in words already
        return kind
    return WORDS.get(kind, OURS).format(it=_receiver(entry))


def _receiver(entry: OutboxEntry) -> str:
    if entry.receiver == NDELIUS:
        return NDELIUS
    return "The email system" if entry.kind.startswith("email.") else "The events topic"
