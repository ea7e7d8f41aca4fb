"""Recording that somebody at the supplier saw a version of the risk information (decision R11)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from monitoring.models import ShareOpening, ShareVersion


def open_share(share: ShareVersion, *, by: User, at: datetime | None = None) -> None:
    """Keep the first and the last time. One statement, so two tabs at once give one row."""
    now = at or timezone.now()
    opening = ShareOpening(share=share, user=by, first_opened_at=now, last_opened_at=now)
    ShareOpening.objects.unscoped().bulk_create(
        [opening], update_conflicts=True, unique_fields=["share", "user"], update_fields=["last_opened_at"]
    )
