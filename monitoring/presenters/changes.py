"""The change log in words, for either side. Must not know any address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from govuk.template_filters import date_time
from monitoring.handover.labels import NOT_PROVIDED
from monitoring.models import ReferralChange

PREVIEW = 60  # characters of a reason in the list


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change. In a list ``reason`` is cut, and ``before`` and ``after`` are left out.

    ``by`` is who it was on the day, whatever became of their account.
    """

    id: UUID
    what: str
    before: str
    after: str
    reason: str
    by: str
    when: str


def listed(changes: Iterable[ReferralChange]) -> list[ChangeLine]:
    """The changes in the order given, each with the beginning of its reason."""
    return [_line(change, limit=PREVIEW) for change in changes]


def whole(change: ReferralChange) -> ChangeLine:
    """One change as it was made."""
    return _line(change)


def what_changed(change: ReferralChange) -> str:
    """What was changed, and of which service."""
    label = str(change.get_topic_display())
    return f"{label}: {change.category_name}" if change.category_name else label


def _line(change: ReferralChange, *, limit: int | None = None) -> ChangeLine:
    is_cut = limit is not None and len(change.reason) > limit
    return ChangeLine(
        id=change.pk,
        what=what_changed(change),
        before="" if limit else change.before or NOT_PROVIDED,
        after="" if limit else change.after or NOT_PROVIDED,
        reason=change.reason[:limit].rstrip() + "…" if is_cut else change.reason or NOT_PROVIDED,
        by=change.by_name,
        when=date_time(change.at),
    )
