"""How many cases were received, and how many ended: counted every night up to a day that is over, so that no page
counts them all.

Kept for reads alone. What came or ended since is counted when it is asked for; what is open is the difference.
"""

from __future__ import annotations

import datetime
from typing import Final

from django.db import models

from interventions.models import Contract
from monitoring.models.received_referral import Stage
from monitoring.models.scoping import ScopedManager

#: Instead of a month: of all that were received before the months that are kept by themselves.
EARLIER: Final = datetime.date(1900, 1, 1)


class EndedCount(models.Model):
    """The cases of a contract that stand at one stage and ended before ``before``, which all rows share."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=20, choices=Stage)
    cases = models.PositiveIntegerField()
    before = models.DateTimeField()

    objects: ScopedManager[EndedCount] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "stage"], name="monitoring_one_count_of_ended")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.stage}: {self.cases} before {self.before:%d %B %Y}"


class ReceivedCount(models.Model):
    """The cases of a contract that were received in one month, and before ``before``, which all rows share."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="Its first day in the UK, or 1 January 1900 for all that came earlier.")
    cases = models.PositiveIntegerField()
    before = models.DateTimeField()

    objects: ScopedManager[ReceivedCount] = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="monitoring_one_count_of_received")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.month:%B %Y}: {self.cases} before {self.before:%d %B %Y}"
