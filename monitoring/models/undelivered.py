"""What somebody should have been told about a case and was not: for the pages of both sides.

The outbox keeps the entries themselves; no supplier's request may read there. Written by
``monitoring.deliveries.undelivered``.
"""

from __future__ import annotations

import uuid

from django.db import models

from events.models import NDELIUS
from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager


class Receiver(models.TextChoices):
    """Who should have been told."""

    PRACTITIONER = "practitioner", "The probation practitioner"
    CASEWORKER = "caseworker", "The caseworker"
    TEAM = "team", "The service provider’s team"
    NDELIUS = NDELIUS, "nDelius"


class UndeliveredMessage(models.Model):
    """One message that did not arrive. Gone as soon as it is delivered after all, or not needed any more."""

    class State(models.TextChoices):
        """What becomes of it."""

        WAITING = "WAITING", "A try failed; another comes"
        GIVEN_UP = "GIVEN_UP", "Given up: an administrator must check"
        DISMISSED = "DISMISSED", "Dismissed by an administrator"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.UUIDField(unique=True, help_text="The outbox entry.")
    received = models.ForeignKey(
        ReceivedReferral, on_delete=models.PROTECT, related_name="undelivered_messages"
    )
    receiver = models.CharField(max_length=20, choices=Receiver)
    about = models.CharField(max_length=100, help_text="What it said, in words of ours.")
    state = models.CharField(max_length=10, choices=State, default=State.GIVEN_UP)
    why = models.CharField(max_length=150, blank=True, default="", help_text="In words of ours.")
    at = models.DateTimeField(help_text="When the last try failed, or it was dismissed.")

    objects = ScopedManager["UndeliveredMessage"]()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.get_receiver_display()}: {self.about}"
