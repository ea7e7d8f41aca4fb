"""Background work of subject access and retention. Tasks may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from personal_records.actions.apply_retention import apply_retention


@shared_task
def apply_retention_rules() -> int:
    """Apply the rules that are on. Runs every night; says to how many cases. Nothing is on until somebody sets it."""
    return sum(1 for _ in apply_retention(now=timezone.now()))
