"""Django's way to send emails, by GOV.UK Notify: an email backend for EMAIL_BACKEND.

Between the two it knows what neither may: which failures are for good, and that Notify may have taken an email already
when the outbox sends it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from events.emails import RefusedForGood
from events.models import OutboxEntry
from events.outbox import delivering
from integrations import failures
from integrations.notify import client


class EmailBackend(BaseEmailBackend):
    """One email of Notify's to each recipient. Plain text only: attachments are refused."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send all of them; raises at the first that cannot be sent, unless it is to fail silently."""
        sent = 0
        for message in email_messages:
            try:
                self._send(message)
            except (failures.UpstreamFailure, RefusedForGood):
                if not self.fail_silently:
                    raise
            else:
                sent += 1
        return sent

    def _send(self, message: EmailMessage) -> None:
        if message.attachments:
            raise RefusedForGood("GOV.UK Notify cannot send attachments from here")
        for email in message.recipients():
            self._send_to(email, str(message.subject), str(message.body))

    def _send_to(self, email: str, subject: str, body: str) -> None:
        entry = delivering.get()
        reference = str(_reference(entry, email, subject))
        if entry is not None and entry.attempts > 1 and client.was_taken(reference):
            return
        try:
            client.send_email(email, subject=subject, body=body, reference=reference)
        except failures.Rejected as refusal:
            # Without Notify's own words, which may repeat the address.
            raise RefusedForGood(f"GOV.UK Notify permanently refused the email ({refusal.status})") from None


def _reference(entry: OutboxEntry | None, email: str, subject: str) -> UUID:
    """The same whenever the outbox tries again, and different for each email of one entry. Holds no address."""
    return uuid4() if entry is None else uuid5(NAMESPACE_URL, f"{entry.pk} {email} {subject}")
