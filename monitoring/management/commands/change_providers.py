"""Carries out changes of service provider whose minute has come. The scheduler does it every minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from interventions.models import ProviderChange
from monitoring.actions.change_provider import Effects, carry_out, effects_of


class Command(BaseCommand):
    """Names contracts, service providers and user names. Safe to repeat."""

    help = "Carry out the changes of service provider that are due, as they were set in the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to change anything."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what the changes would do, those to come included."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Each change with what it does."""
        now = timezone.now()
        changes = ProviderChange.objects.to_come() if options["dry_run"] else ProviderChange.objects.due(now)
        for change in changes.order_by("takes_effect_at").select_related("contract__prime", "prime"):
            effects = effects_of(change) if options["dry_run"] else carry_out(change.pk, now=now)
            if effects is not None:
                self._say(change, effects)

    def _say(self, change: ProviderChange, effects: Effects) -> None:
        names = {
            "leave": effects.leaving,
            "join": effects.joining,
            "lose their grant": effects.grants_revoked,
            "open cases": effects.open_cases,
            "cases without a caseworker": effects.without_caseworker,
        }
        self.stdout.write(f"{change.contract.reference}:")
        for what, who in names.items():
            self.stdout.write(f"  {what}: {', '.join(who) or 'none'}")
        self.stdout.write(f"  ended cases that those who join do not see: {effects.ended_cases}")
