"""``manage.py check_upstreams``: whether each outside system answers, and accepts what this service shows it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.health import ask_all


class Command(BaseCommand):
    """Prints one line a system. Never prints an address, a token, a key or an answer."""

    help = "Ask each outside system something harmless; exits with 1 when one failed"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask all of them, then say which failed."""
        failed = []
        for answered in ask_all():
            self.stdout.write(
                f"{answered.system:<18}{answered.mode:<6}{answered.milliseconds:>6} ms  {answered.words}"
            )
            if not answered.is_well:
                failed.append(answered.system)
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}", returncode=1)
