"""How many of a referral's enforceable days its delivery sessions use.

Pure. A day counts once, however many sessions are on it. It is used when the person came; what was missed uses none;
what is arranged may. The supplier assessment never counts: nDelius is told the same of each (``deliveries.ndelius``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitoring.models import Appointment, Purpose
from monitoring.rules.case_facts import day_of


@dataclass(frozen=True, slots=True)
class DaysUsed:
    """Days on which the person came, other days on which something is arranged, and the most that there may be."""

    used: frozenset[date]
    arranged: frozenset[date]
    most: int

    @property
    def in_all(self) -> int:
        """Used, or about to be."""
        return len(self.used | self.arranged)

    @property
    def is_over(self) -> bool:
        """Whether there are more than the referral allows."""
        return self.in_all > self.most

    def with_days(self, days: Iterable[date]) -> DaysUsed:
        """The same with more days arranged."""
        return DaysUsed(self.used, self.arranged | (frozenset(days) - self.used), self.most)


def days_used(appointments: Iterable[Appointment], *, most: int) -> DaysUsed:
    """By the appointments of a case, loaded with their feedback."""
    sessions = [one for one in appointments if one.purpose == Purpose.SESSION]
    used = frozenset(
        day_of(one.starts_at) for one in sessions if one.recorded is not None and one.recorded.attended
    )
    arranged = frozenset(day_of(one.starts_at) for one in sessions if one.is_waiting)
    return DaysUsed(used, arranged - used, most)
