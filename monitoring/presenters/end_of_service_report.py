"""The end of service report in words, for either side. Must not know any address, or how the page looks."""

from __future__ import annotations

from dataclasses import dataclass

from govuk.template_filters import date
from monitoring.access.staff_names import People
from monitoring.actions.write_end_of_service_report import outcomes_of
from monitoring.models import EndOfServiceReport, Feedback, OutcomeAchievement, Purpose, ReceivedReferral

TONES = {
    OutcomeAchievement.Level.ACHIEVED: "done",
    OutcomeAchievement.Level.PARTIALLY_ACHIEVED: "active",
    OutcomeAchievement.Level.NOT_ACHIEVED: "urgent",
}


@dataclass(frozen=True, slots=True)
class AchievementCard:
    """A desired outcome and what became of it; no ``level``: nobody has said yet. ``place`` is its page."""

    place: int
    category: str
    outcome: str
    level: str
    tone: str
    progress: str
    remaining: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report, or its draft."""

    submitted: str
    submitted_by: str
    outcomes: tuple[AchievementCard, ...]
    further_information: str


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """What was written about one session, to read while writing the report."""

    title: str
    what_was_done: str
    response: str


def present(report: EndOfServiceReport) -> ReportPage:
    """Every desired outcome of the referral with its answer. Four reads."""
    answers = {one.outcome_id: one for one in report.achievements.all()}
    submitter = (
        People([report.submitted_by_id])[report.submitted_by_id].name if report.submitted_by_id else ""
    )
    return ReportPage(
        submitted=date(report.submitted_at),
        submitted_by=submitter,
        outcomes=tuple(
            _card(place, outcome.service.category_name, outcome.text, answers.get(outcome.pk))
            for place, outcome in enumerate(outcomes_of(report.received), start=1)
        ),
        further_information=report.further_information or "",
    )


def sessions_recorded(received: ReceivedReferral) -> list[RecordedSession]:
    """The sessions that were delivered, in their order, with what was written about them. One read."""
    delivered = (
        Feedback.objects.unscoped()
        .submitted()
        .filter(appointment__received=received, appointment__purpose=Purpose.SESSION)
        .filter(happened=True)
        .select_related("appointment__session")
        .order_by("appointment__session__number", "appointment__starts_at")
    )
    return [
        RecordedSession(
            f"Session {one.appointment.session.number}, {date(one.appointment.starts_at)}",  # type: ignore[union-attr]
            one.what_was_done,
            one.how_they_responded,
        )
        for one in delivered
    ]


def _card(place: int, category: str, outcome: str, answer: OutcomeAchievement | None) -> AchievementCard:
    if answer is None:
        return AchievementCard(place, category, outcome, "", "neutral", "", "")
    level = OutcomeAchievement.Level(answer.level)
    return AchievementCard(
        place, category, outcome, level.label, TONES[level], answer.progress, answer.remaining
    )
