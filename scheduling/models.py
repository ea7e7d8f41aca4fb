"""What schedulers know of each other, and of what was started before them."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Which scheduler may send, and until when. By the database's clock: those of the machines may differ."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.UUIDField(null=True, blank=True, help_text="One process. Nobody, when it was given back.")
    held_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}, until {self.held_until}"


class LastRun(models.Model):
    """When an entry of the schedule was last sent, or first seen."""

    name = models.CharField(max_length=200, primary_key=True, help_text="As in CELERY_BEAT_SCHEDULE.")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}, {self.at}"
