"""What the supplier's side has to tell the world, delivered from the outbox. Imported when the app starts.

An email is a subject and a link: never a name, a CRN or a word of a case. Whoever opens the link signs in first.
"""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.models import User
from events import outbox
from events.models import OutboxEntry
from monitoring.actions.assign import CASE_ASSIGNED


@outbox.handler(CASE_ASSIGNED)
def tell_the_caseworker(entry: OutboxEntry) -> None:
    """A case was given to them."""
    email_link(
        entry.payload["caseworker"],
        subject="You have been assigned a case",
        sentence="You are now the caseworker of a case in the service.",
        address=reverse("monitoring:referral_details", args=[entry.referral]),
    )


def email_link(user_id: str, *, subject: str, sentence: str, address: str) -> None:
    """Write to one person, if they still have an account and an email address; else there is nobody to tell."""
    email = User.objects.filter(pk=user_id, is_active=True).values_list("email", flat=True).first()
    if not email:
        return
    lines = (sentence, f"Sign in to read it: {settings.SERVICE_URL}{address}")
    send_mail(f"{subject} – {settings.SERVICE_NAME}", "\n\n".join(lines) + "\n", None, [email])
