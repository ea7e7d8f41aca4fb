"""How far the demo's cases are: each reached as people reach it, by the real actions, at times that suit the stage.

Days are counted in working days from today (-3: three working days ago), so that the same cases are overdue, due and
to come on whatever day the demo is first started. Only for demo mode. Must not know how a referral was made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import User
from interventions.models import ProbationOffice
from monitoring.actions.amend_referral import amend_referral
from monitoring.actions.answer_question import answer_question
from monitoring.actions.arrange_appointment import arrange_appointment, current_appointment
from monitoring.actions.ask_question import ask_question
from monitoring.actions.assign_caseworker import assign
from monitoring.actions.end_referral import request_end
from monitoring.actions.give_feedback import save_draft, submit_feedback, version_of
from monitoring.actions.pause_case import pause
from monitoring.actions.write_action_plan import (
    add_activity,
    ask_for_plan_change,
    set_sessions,
    start_plan,
    submit_plan,
)
from monitoring.actions.write_case_note import write_case_note
from monitoring.actions.write_end_of_service_report import (
    outcomes_of,
    save_achievement,
    save_further_information,
    start_report,
    submit_report,
)
from monitoring.models import (
    Appointment,
    AskedBy,
    DeliverySession,
    Method,
    OutcomeAchievement,
    Question,
    ReceivedReferral,
)
from monitoring.rules.amendments import Amendment, NewAccessibilityNeeds
from monitoring.rules.appointments import Arrangement, Change, moment_at
from monitoring.rules.feedback import FeedbackAnswers
from monitoring.rules.working_days import A_DAY, is_working_day

HALF_AN_HOUR = 30  # minutes
HELD = FeedbackAnswers(
    happened=True,
    attended=True,
    was_late=False,
    what_was_done="Went through what is needed, and agreed who does what until next time.",
    how_they_responded="Came prepared and asked questions.",
    notify_of_behaviour=False,
    notify_of_concerns=False,
    next_plans="Bring the letters from the council.",
)
MISSED = FeedbackAnswers(
    happened=False,
    attended=False,
    no_attendance_information="Two calls, no answer. Called back the day after: the bus did not come.",
    notify_of_concerns=False,
)


@dataclass(frozen=True, slots=True)
class Team:
    """Who works on a case."""

    practitioner: User
    manager: User
    caseworker: User


def day(days: int) -> date:
    """So many working days from today, in UK time; 0: today, working day or not."""
    found, step = timezone.localdate(), A_DAY if days > 0 else -A_DAY
    for _ in range(abs(days)):
        found += step
        while not is_working_day(found):
            found += step
    return found


@dataclass(frozen=True, slots=True)
class Work:
    """One case, and what its team does on it. ``slot``: which half hour after nine is this case's own."""

    received: ReceivedReferral
    team: Team
    slot: int

    def moment(self, days: int) -> datetime:
        """This case's half hour on that day."""
        minutes = 9 * 60 + self.slot * HALF_AN_HOUR
        return moment_at(day(days), time(minutes // 60, minutes % 60))

    def assign(self, days: int) -> None:
        """The manager gives it to the caseworker."""
        assign(
            received=self.received,
            caseworker=self.team.caseworker,
            by=self.team.manager,
            form_key=uuid4(),
            at=moment_at(day(days), time(8, 30)),
        )

    def arrange(self, days: int, number: int = 0, *, on: int, why: str = "") -> Appointment:
        """On day ``on``, an appointment for session ``number`` (0: the assessment) on day ``days``. ``why``: moved."""
        session = self._session(number)
        current = current_appointment(self.received, session)
        office = None if session else ProbationOffice.objects.bookable_for(self.received.contract).first()
        return arrange_appointment(
            received=self.received,
            session=session,
            arrangement=Arrangement(
                starts_at=self.moment(days),
                minutes=HALF_AN_HOUR,
                method=Method.OFFICE if office else Method.PHONE,
                office_id=office.pk if office else None,
            ),
            in_place_of=current.pk if current else None,
            form_key=uuid4(),
            by=self.team.caseworker,
            change=Change(AskedBy.PERSON_ON_PROBATION, why) if why else None,
            at=moment_at(day(on), time(8, 45)),
        )

    def record(self, answers: FeedbackAnswers, days: int, number: int = 0) -> None:
        """Feedback on what was arranged for that day, right after it."""
        appointment = current_appointment(self.received, self._session(number))
        assert appointment is not None
        at = self.moment(days) + timedelta(minutes=HALF_AN_HOUR)
        draft = save_draft(
            appointment=appointment, answers=answers, as_opened="", by=self.team.caseworker, at=at
        )
        submit_feedback(appointment=appointment, as_shown=version_of(draft), by=self.team.caseworker, at=at)

    def hold(self, days: int, number: int = 0, answers: FeedbackAnswers = HELD) -> None:
        """Arranged two days before, and recorded."""
        self.arrange(days, number, on=days - 2)
        self.record(answers, days, number)

    def plan(
        self, days: int, *, sessions: int, activity: str = "Look for what is wanted, and write it down."
    ) -> None:
        """A version of the action plan, with an activity more, submitted."""
        at, by = moment_at(day(days), time(16, 30)), self.team.caseworker
        draft = start_plan(received=self.received, by=by, at=at)
        number, outcome = draft.number, outcomes_of(self.received)[0].pk
        add_activity(
            received=self.received, number=number, outcome=outcome, text=activity, by=by, form_key=uuid4()
        )
        set_sessions(received=self.received, number=number, sessions=sessions, by=by)
        submit_plan(received=self.received, number=number, by=by, at=at)

    def report(self, days: int) -> None:
        """The end of service report, submitted."""
        at, by = moment_at(day(days), time(17)), self.team.caseworker
        start_report(received=self.received, by=by, at=at)
        levels = [*OutcomeAchievement.Level]
        for place, outcome in enumerate(outcomes_of(self.received)):
            save_achievement(
                received=self.received,
                outcome=outcome.pk,
                level=levels[place % len(levels)],
                progress="Knows whom to ask, and did so twice without help.",
                remaining="",
                by=by,
            )
        save_further_information(received=self.received, text="", by=by)
        submit_report(received=self.received, by=by, at=at)

    def end(self, days: int, *, reason: str, comments: str) -> None:
        """The practitioner asks for the end."""
        at, by = moment_at(day(days), time(10, 15)), self.team.practitioner
        request_end(received=self.received, reason=reason, comments=comments, by=by, at=at)

    def note(self, days: int, subject: str, body: str) -> None:
        """A case note of the caseworker's."""
        write_case_note(
            received=self.received, subject=subject, body=body, tell_other_side=False, form_key=uuid4(),
            by=self.team.caseworker, at=moment_at(day(days), time(15)),
        )  # fmt: skip

    def change(self, days: int, amendment: Amendment, reason: str) -> None:
        """The practitioner changes what was sent."""
        amend_referral(
            received=self.received, amendment=amendment, reason=reason, form_key=uuid4(),
            seen=type(amendment).standing(self.received).seen_as(), by=self.team.practitioner,
            at=moment_at(day(days), time(11, 10)),
        )  # fmt: skip

    def ask(self, days: int, about: str, text: str) -> Question:
        """A question about what was shared."""
        return ask_question(
            received=self.received, about=about, kind=Question.Kind.UNCLEAR, text=text, form_key=uuid4(),
            by=self.team.caseworker, at=moment_at(day(days), time(11)),
        )  # fmt: skip

    def _session(self, number: int) -> DeliverySession | None:
        return self.received.sessions.get(number=number) if number else None


# --- How far a case is: each begins with a referral received some working days ago -----------------------------


def assigned_and_late(work: Work) -> None:
    """Assigned, and its assessment should have been held by now."""
    work.assign(-11)


def arranged(work: Work) -> None:
    """The supplier assessment is to come. It was moved once."""
    work.assign(-3)
    work.arrange(1, on=-2)
    work.arrange(2, on=-1, why="Has to work that morning.")


def awaiting_feedback(work: Work) -> None:
    """The supplier assessment was yesterday, and nothing was said about it."""
    work.assign(-4)
    work.arrange(-1, on=-3)


def refused(work: Work) -> None:
    """The supplier assessment is arranged; nDelius does not accept it (this person's appointments always clash)."""
    work.assign(-2)
    work.arrange(3, on=-1)


def paused(work: Work) -> None:
    """Assigned, and the time limits stand still."""
    work.assign(-6)
    pause(
        received=work.received, starts_on=day(-5), reason="In hospital for an operation.",
        by=work.team.caseworker, form_key=uuid4(), at=moment_at(day(-5), time(9)),
    )  # fmt: skip


def asked(work: Work) -> None:
    """A question was answered, another one waits for the practitioner."""
    work.assign(-3)
    answered = work.ask(-2, "whereabouts", "Is the mobile number still right? It is switched off.")
    answer_question(
        received=work.received, question_id=answered.pk, correction_follows=False, by=work.team.practitioner,
        answer="Yes. It is charged in the evening only: ring after 6pm.", at=moment_at(day(-1), time(9, 30)),
    )  # fmt: skip
    work.ask(-1, "needs", "Is there somewhere quiet to meet? A busy room was too much last time.")


def assessed(work: Work) -> None:
    """The supplier assessment was held; the plan is begun."""
    work.assign(-8)
    work.hold(-4)
    start_plan(received=work.received, by=work.team.caseworker, at=moment_at(day(-3), time(16)))


def planned(work: Work) -> None:
    """The plan was submitted; the first session is to be arranged."""
    work.assign(-9)
    work.hold(-5)
    work.plan(-2, sessions=4)


def change_asked(work: Work) -> None:
    """The practitioner has asked for a change to the plan."""
    planned(work)
    ask_for_plan_change(
        received=work.received, text="Add something about money: there is a debt now that was not known.",
        by=work.team.practitioner, form_key=uuid4(), at=moment_at(day(-1), time(14)),
    )  # fmt: skip


def planned_anew(work: Work) -> None:
    """A change was asked for, and a version with more sessions answers it; the next session is arranged."""
    work.assign(-19)
    work.hold(-16)
    work.plan(-14, sessions=2)
    work.hold(-10, 1)
    ask_for_plan_change(
        received=work.received, text="Two sessions are not enough now that the move was put off.",
        by=work.team.practitioner, form_key=uuid4(), at=moment_at(day(-8), time(14)),
    )  # fmt: skip
    work.plan(-6, sessions=4, activity="Go to the viewing together.")
    work.arrange(3, 2, on=-4)


def delivering(work: Work) -> None:
    """In the middle: one session held, one missed and to be held after all, one today."""
    work.assign(-19)
    work.hold(-16)
    work.plan(-14, sessions=4)
    work.hold(-9, 1)
    work.hold(-5, 2, MISSED)
    work.arrange(4, 2, on=-3)
    work.arrange(0, 3, on=-3)
    work.change(
        -12,
        NewAccessibilityNeeds("Step-free access: walking far is hard since a fall last month."),
        "They told me about the fall after the supplier assessment.",
    )
    work.note(-4, "Spoke to the college", "There is a place on the course that begins in spring.")


def report_due(work: Work) -> None:
    """Every session is recorded; the end of service report is to be written."""
    work.assign(-24)
    work.hold(-20)
    work.plan(-18, sessions=2)
    work.hold(-10, 1)
    work.hold(-3, 2)


def completed(work: Work) -> None:
    """Delivered and reported on."""
    work.assign(-39)
    work.hold(-36)
    work.plan(-34, sessions=2)
    work.hold(-28, 1)
    work.hold(-20, 2)
    work.report(-17)


def ended_early(work: Work) -> None:
    """The practitioner ended it in the middle: what was to come is cancelled, and the report is written."""
    work.assign(-29)
    work.hold(-26)
    work.plan(-24, sessions=4)
    work.hold(-18, 1)
    work.arrange(-4, 2, on=-12)
    work.end(-10, reason="MOV", comments="Has moved to live with a relative in another region.")
    work.report(-8)


def cancelled(work: Work) -> None:
    """The practitioner ended it before anybody came to a session."""
    work.assign(-13)
    work.arrange(-6, on=-12)
    work.end(-9, reason="RET", comments="Recalled at the weekend.")


#: How far, and how many working days ago the referral was received.
STAGES: dict[Callable[[Work], None], int] = {
    assigned_and_late: 13,
    arranged: 4,
    awaiting_feedback: 5,
    refused: 3,
    paused: 7,
    asked: 4,
    assessed: 9,
    planned: 10,
    change_asked: 10,
    planned_anew: 20,
    delivering: 20,
    report_due: 25,
    completed: 40,
    ended_early: 30,
    cancelled: 14,
}
