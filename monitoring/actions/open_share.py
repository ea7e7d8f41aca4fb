"""Recording that somebody at the supplier saw a version of the risk information (decision R11)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from monitoring.actions.record_disclosure import record_opened
from monitoring.handover.contents import Handover
from monitoring.models import ShareOpening, ShareVersion
from prepared.inserts import PreparedInsert


def open_share(share: ShareVersion, *, shown: Handover, by: User, at: datetime | None = None) -> None:
    """Keep the first and the last time, and add to the disclosure record what was ``shown``.

    The times are one statement, so two tabs at once give one row. A recalled version is not opened any more: nothing of
    it is shown, and what else is shown of the referral is in the disclosure record.
    """
    now = at or timezone.now()
    if share.recalled_at is None:
        _keep_times(share, by=by, now=now)
    record_opened(share, shown, by=by, at=now)


def _keep_times(share: ShareVersion, *, by: User, now: datetime) -> None:
    _OPENINGS.add(ShareOpening(share=share, user=by, first_opened_at=now, last_opened_at=now))


_OPENINGS = PreparedInsert(ShareOpening, unique=["share", "user"], updated=["last_opened_at"])
