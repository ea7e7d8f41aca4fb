"""Emails: a sentence of ours and a link, and which refusals of a mail server are for good.

An email never holds a name, a CRN or a word of a case. Whoever opens the link signs in first.
"""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email

from events.outbox import CannotBeDelivered

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


def send_link(email: str, *, subject: str, sentence: str, address: str) -> None:
    """Write to one person. ``address`` is a path of this service.

    Raises CannotBeDelivered when the mail server refuses for good (an SMTP code of 500 and above, RFC 5321 section
    4.2.1) or ``email`` is no address; whatever else goes wrong is worth another try.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise CannotBeDelivered(INVALID_ADDRESS) from None
    lines = (sentence, f"Sign in to read it: {settings.SERVICE_URL}{address}")
    try:
        send_mail(f"{subject} – {settings.SERVICE_NAME}", "\n\n".join(lines) + "\n", None, [email])
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
