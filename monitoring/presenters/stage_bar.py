"""The way of a case from its caseworker to its report: what is done, what is on now, what is to come; in words.

Follows from the stage and from what was recorded. Must not know how it looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitoring.models import Stage
from monitoring.presenters.progress_records import CaseProgress
from monitoring.rules.appointment_status import RECORDED, Status, status_of

#: The parts of the way, and the stages at which each is on.
WAY: tuple[tuple[str, tuple[Stage, ...]], ...] = (
    ("Assign a caseworker", (Stage.ASSIGN,)),
    ("Supplier assessment", (Stage.ARRANGE_ASSESSMENT, Stage.HOLD_ASSESSMENT)),
    ("Action plan", (Stage.PLAN, Stage.CHANGE_PLAN)),
    ("Delivery sessions", (Stage.ARRANGE_SESSION, Stage.HOLD_SESSION)),
    ("End of service report", (Stage.REPORT,)),
)
DONE, NOW, TO_COME, NOT_DONE = "Done", "Now", "To come", "Not done"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the way, and how it stands."""

    text: str
    state: str

    @property
    def is_current(self) -> bool:
        """Whether the case is there now."""
        return self.state == NOW


def way_of(case: CaseProgress, *, now: datetime) -> tuple[Part, ...]:
    """Every part in order. What was left out on the way to an end is not done, rather than to come."""
    stage = Stage(case.received.stage)
    here = next((place for place, (_, stages) in enumerate(WAY) if stage in stages), len(WAY))
    return tuple(
        Part(text, NOW if place == here else DONE if done else NOT_DONE if place < here else TO_COME)
        for place, ((text, _), done) in enumerate(zip(WAY, _done(case, now), strict=True))
    )


def _done(case: CaseProgress, now: datetime) -> Iterator[bool]:
    """For each part of the way."""
    yield case.received.caseworker_id is not None
    yield any(status_of(one, now=now) is Status.COMPLETED for one in case.assessments())
    yield any(plan.submitted_at for plan in case.plans)
    recorded = {one.session_id for one in case.appointments if status_of(one, now=now) in RECORDED}
    yield bool(case.sessions) and all(session.pk in recorded for session in case.sessions)
    yield case.report is not None and case.report.is_submitted
