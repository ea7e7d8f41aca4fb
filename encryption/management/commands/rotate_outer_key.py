"""Wraps the key of every referral by the outer key in use. The service goes on meanwhile."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count

from encryption import outer_keys, referral_keys
from encryption.models import ReferralKey


class Command(BaseCommand):
    """Run it after putting a new key first in OUTER_KEYS. Then take the old one off the list, and destroy it."""

    help = (
        "Wrap the key of every referral by the first key of OUTER_KEYS, and say which keys are still needed."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; name every outer key with the number of keys that it wraps."""
        self.stdout.write(f"Wrapped anew: {referral_keys.wrap_anew()}")
        counts = dict(ReferralKey.objects.values_list("outer_key").annotate(Count("pk")))
        for name in outer_keys.outer_keys():
            what = "in use" if name == outer_keys.in_use() else "can be taken off the list"
            if name != outer_keys.in_use() and counts.get(name):
                what = "still needed"
            self.stdout.write(f"{name}: wraps {counts.get(name, 0)}, {what}")
