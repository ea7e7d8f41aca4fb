"""The daily email: one for each user and day, which says how many notifications are new and leads to the list."""

from __future__ import annotations

from datetime import date
from uuid import NAMESPACE_URL, uuid5

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.emails import NO_RECIPIENT, send_link
from events.models import OutboxEntry
from govuk.template_filters import plural
from notifications.models import Notification
from notifications.reading import visible_to
from notifications.types import DIGEST


def prepare_digests(day: date) -> int:
    """Put one email into the outbox for everybody for whom something waits. The same day again adds nothing."""
    waiting = Notification.objects.waiting_for_digest().order_by()
    return sum(_prepare(user, day) for user in waiting.values_list("user", flat=True).distinct())


def _prepare(user_id: int, day: date) -> bool:
    return outbox.enqueue(
        DIGEST,
        key=f"{DIGEST}:{user_id}:{day.isoformat()}",
        referral=uuid5(NAMESPACE_URL, f"daily email of user {user_id}"),
        payload={"user": str(user_id)},
    )


@outbox.handler(DIGEST, about="Your new notifications")
def send_digest(entry: OutboxEntry) -> None:
    """Not needed when everything was read by now, or is theirs no more."""
    user = User.objects.filter(pk=entry.payload["user"], is_active=True).first()
    if user is None:
        raise outbox.NotNeeded
    # By what is known here: no upstream call for each case, and no failure of another system stops the email.
    visible, _ = visible_to(user, asks=False)
    told = list(visible.waiting_for_digest().values_list("pk", flat=True))
    if not told:
        raise outbox.NotNeeded
    if not user.email:
        raise outbox.CannotBeDelivered(NO_RECIPIENT)
    send_link(
        user.email,
        subject="Your new notifications",
        sentence=f"You have {plural(len(told), 'new notification')}.",
        address=reverse("notifications:all"),
    )
    Notification.objects.filter(pk__in=told).update(digested_at=timezone.now())
