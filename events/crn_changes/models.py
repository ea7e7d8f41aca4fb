"""CRNs that took the place of others: nDelius made one record of two, or an administrator mended a mistake.

Knows numbers, and nothing of the referrals that carry them: who corrects a CRN moves those
(``referrals.actions.correct_crn``).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class CrnChange(models.Model):
    """One correction: from this CRN to that one, who said so, when and why. Append-only.

    A correction that takes an earlier one back is a row of its own (``undoes``). ``number`` counts all corrections of
    everybody: of two made at the same moment, each in view of the same earlier ones, only one can be the next.
    """

    class Source(models.TextChoices):
        """Who said so."""

        ADMINISTRATOR = "ADMINISTRATOR", "An administrator"
        COMMAND = "COMMAND", "An administrator, with the command"
        PRACTITIONER = "PRACTITIONER", "A probation practitioner, when nDelius no longer had the CRN"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True, help_text="Place among all corrections, from 1.")
    old_crn = models.CharField("old CRN", max_length=7, db_index=True)
    new_crn = models.CharField("new CRN", max_length=7, db_index=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by",
        help_text="The correction that this one takes back.",
    )  # fmt: skip
    source = models.CharField(max_length=20, choices=Source)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.TextField("by (name on the day)")
    reason = models.TextField()
    differences = models.JSONField(
        default=list,
        blank=True,
        help_text="What nDelius gave otherwise under the new CRN, and was confirmed. Names of fields.",
    )
    at = models.DateTimeField()
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its CRNs were blanked.")

    class Meta:
        ordering = ["-number"]
        verbose_name = "CRN correction"
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="events_crn_changes_from_one"),
            models.CheckConstraint(
                condition=~models.Q(old_crn=models.F("new_crn")) | models.Q(blanked_at__isnull=False),
                name="events_crn_changes_to_another",
            ),
        ]

    def __str__(self) -> str:
        """Without the CRNs: Django's history of what administrators did keeps this for ever."""
        return f"CRN correction {self.number}"


class FormerCrn(models.Model):
    """A CRN that another has taken the place of, and the one by which the person is known now.

    Follows from the corrections that were not taken back, however many led from one to the other. Kept, so that a
    search by an old CRN costs no statement of its own.
    """

    former = models.CharField("former CRN", max_length=7, primary_key=True)
    current = models.CharField("current CRN", max_length=7, db_index=True)
    change = models.OneToOneField(
        CrnChange, on_delete=models.PROTECT, related_name="retired",
        help_text="The correction that took this number out of use.",
    )  # fmt: skip

    class Meta:
        verbose_name = "former CRN"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(former=models.F("current")), name="events_former_crn_is_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.former}, now {self.current}"
