"""Several sessions to be arranged at once, in words: each date, what is wrong with it, and what is pointed out.

Must not know any address, or how a list looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from govuk.choices import Choice
from govuk.template_filters import date as in_words
from govuk.template_filters import date_time, plural
from monitoring.models import Appointment, DeliverySession
from monitoring.presenters.appointment import span_of
from monitoring.rules import several_sessions as rules
from monitoring.rules.appointments import Arrangement


@dataclass(frozen=True, slots=True)
class CannotBe:
    """A date on which nothing can be arranged, and why."""

    when: str
    why: str


def offered(
    dates: Sequence[date],
    arrangements: Mapping[int, Arrangement],
    problems: Mapping[int, str],
    *,
    completion_date: date,
) -> list[Choice]:
    """The dates that can be arranged, by their places in the series; with what is pointed out about each."""
    return [
        Choice(
            str(place),
            f"{timezone.localtime(arrangement.starts_at):%A} {in_words(dates[place])}",
            hint=". ".join(
                (span_of(arrangement), *rules.pointed_out(arrangement, completion_date=completion_date))
            ),
        )
        for place, arrangement in arrangements.items()
        if place not in problems
    ]


def impossible(dates: Sequence[date], problems: Mapping[int, str]) -> list[CannotBe]:
    """The others."""
    return [
        CannotBe(f"{dates[place]:%A} {in_words(dates[place])}", problems[place]) for place in sorted(problems)
    ]


def named(sessions: Sequence[DeliverySession]) -> str:
    """Which sessions: "session 3", "sessions 3, 4 and 6"."""
    numbers = [str(session.number) for session in sessions]
    if len(numbers) == 1:
        return f"session {numbers[0]}"
    return f"sessions {', '.join(numbers[:-1])} and {numbers[-1]}"


def given_to(sessions: Sequence[DeliverySession]) -> str:
    """Which session gets which date."""
    return f"The dates you keep are for {named(sessions)}, in order."


def without_appointment(sessions: Sequence[DeliverySession]) -> str:
    """What there is to arrange."""
    verb = "has" if len(sessions) == 1 else "have"
    return f"{named(sessions).capitalize()} {verb} no appointment."


def copied_from(last: Appointment | None) -> str:
    """Where the details on the page come from; nothing when they come from nowhere."""
    if last is None:
        return ""
    session = f"{str(last.session).lower()} on {date_time(last.starts_at)}"
    return f"The details are copied from {session}. You can change them."


def none_arranged(
    dates: Sequence[date], problems: Mapping[int, str], sessions: Sequence[tuple[int, int]]
) -> str:
    """Which sessions stood in the way of all. ``sessions``: the place of a date, and the session it was for."""
    numbers = dict(sessions)
    said = [
        f"Session {numbers.get(place, '')} on {in_words(dates[place])}: {problem}"
        for place, problem in problems.items()
    ]
    return f"No sessions were arranged. {'. '.join(said)}"


def too_many(free: int) -> str:
    """More was asked for than the action plan has left."""
    return f"The action plan has only {plural(free, 'session')} without an appointment"


def arranged(appointments: Sequence[Appointment]) -> str:
    """What was done."""
    first = date_time(appointments[0].starts_at)
    done = f"{plural(len(appointments), 'session')} arranged"
    return f"{done}. The first is on {first}. Feedback is due on the day of each session."
