"""Emails: a sentence of ours and a link, and which refusals of a mail server are for good.

An email never holds a name, a CRN or a word of a case. Whoever opens the link signs in first.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email

from events.models import OutboxEntry
from events.outbox import CannotBeDelivered, delivering

NO_RECIPIENT = "No one with an open account has an email address"
INVALID_ADDRESS = "The email address is not valid"
REFUSED = "The mail server permanently refused the email"
#: About the way from us to the mail server, and so about every email alike: an administrator mends it, and all go out.
CONFIGURATION_ERRORS = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
)


class RefusedForGood(Exception):
    """For email backends that have no SMTP code to say it with: trying again will not help.

    ``reason`` is in words of ours, without an address.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Written:
    """An email: to whom, what it says, and the path of the page that it leads to."""

    email: str
    subject: str
    sentence: str
    address: str


#: Asked about every email of the outbox before it is sent. Answers whether it is to be sent.
Listener = Callable[[OutboxEntry, Written], bool]
LISTENERS: list[Listener] = []


def register(listener: Listener) -> None:
    """Have every email told to ``listener``. Registered from above, when the service starts."""
    if listener not in LISTENERS:
        LISTENERS.append(listener)


def send_link(email: str, *, subject: str, sentence: str, address: str) -> None:
    """Write to one person. ``address`` is a path of this service. Every email of the service goes through here.

    Not sent when a listener says that they do not want it by email.

    Raises CannotBeDelivered when the mail server refuses for good (an SMTP code of 500 and above, RFC 5321 section
    4.2.1; ``RefusedForGood``) or ``email`` is no address; whatever else goes wrong is worth another try.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise CannotBeDelivered(INVALID_ADDRESS) from None
    entry, written = delivering.get(), Written(email, subject, sentence, address)
    if entry is not None:
        answers = [listener(entry, written) for listener in LISTENERS]  # each is told, whatever another says
        if not all(answers):
            return
    lines = (sentence, f"Sign in to continue: {settings.SERVICE_URL}{address}")
    try:
        send_mail(f"{subject} – {settings.SERVICE_NAME}", "\n\n".join(lines) + "\n", None, [email])
    except RefusedForGood as refusal:
        raise CannotBeDelivered(refusal.reason) from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as refusal:
        code = _code(refusal)
        if code < 500 or isinstance(refusal, CONFIGURATION_ERRORS):
            raise
        # Without the server's own words, which may repeat the address.
        raise CannotBeDelivered(f"{REFUSED} ({code})") from None


def _code(refusal: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> int:
    if isinstance(refusal, smtplib.SMTPRecipientsRefused):
        return min(code for code, _ in refusal.recipients.values())
    return refusal.smtp_code
