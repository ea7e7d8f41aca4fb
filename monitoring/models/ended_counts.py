"""How many cases ended: counted every night up to a day that is over, so that no page counts them all.

Kept for reads alone. What ended since, and what is open, is counted when it is asked for.
"""

from __future__ import annotations

from django.db import models

from interventions.models import Contract
from monitoring.models.received_referral import Stage
from monitoring.models.scoping import ScopedManager


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
