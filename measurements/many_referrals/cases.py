"""Invented cases at every stage, told as rows: what was done on each, when, by whom, and where that leaves it.

Stage, turn and due date follow from ``monitoring.rules.stages`` itself, asked about the facts that the rows make. The
same seed and day make the same rows. Writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random

from django.db import models

from accounts.models import Audience
from govuk.text import folded
from measurements.many_referrals import words
from measurements.many_referrals.catalogue import Offer
from measurements.many_referrals.writing import Row
from monitoring.models import (
    ActionPlan,
    Appointment,
    AskedBy,
    Assignment,
    CaseNote,
    Closed,
    Conclusion,
    DeliverySession,
    EndOfServiceReport,
    Feedback,
    Method,
    NdeliusState,
    OutcomeAchievement,
    Pause,
    PlanActivity,
    PlanChangeRequest,
    Purpose,
    Question,
    ReceivedCriminogenicNeed,
    ReceivedOutcome,
    ReceivedReferral,
    ReceivedService,
    ShareVersion,
    Stage,
)
from monitoring.models.received_referral import LONGEST_NAME
from monitoring.rules.case_facts import CaseFacts
from monitoring.rules.end_reasons import REASONS
from monitoring.rules.stages import ENDED, standing_of

#: Of a hundred thousand cases, how many stand at each stage: a service that has run for years.
SHARES = {
    Stage.ASSIGN: 1_500,
    Stage.ARRANGE_ASSESSMENT: 1_500,
    Stage.HOLD_ASSESSMENT: 2_000,
    Stage.PLAN: 1_500,
    Stage.CHANGE_PLAN: 500,
    Stage.ARRANGE_SESSION: 4_500,
    Stage.HOLD_SESSION: 6_500,
    Stage.REPORT: 2_000,
    Stage.COMPLETED: 50_000,
    Stage.ENDED_EARLY: 14_000,
    Stage.CANCELLED: 16_000,
}
WITH_SESSIONS = (
    Stage.CHANGE_PLAN, Stage.ARRANGE_SESSION, Stage.HOLD_SESSION, Stage.REPORT, Stage.COMPLETED, Stage.ENDED_EARLY,
)  # fmt: skip
OLDEST = 1_600  # days, at most, since an ended case could have been over
DAYS_TO_PLAN = 18  # from the receipt of a case to its action plan, and from the last session to its end
MORE_DAYS = 9  # when an appointment is missed, and the plan is written twice
DAYS_UNTIL = {Stage.ASSIGN: 0, Stage.ARRANGE_ASSESSMENT: 2, Stage.HOLD_ASSESSMENT: 3, Stage.PLAN: 9}
A_DAY = timedelta(days=1)
#: In this order rows are written: parts before the plan or report that is submitted, which then never change.
ORDER: tuple[type[models.Model], ...] = (
    ReceivedReferral, ReceivedService, ReceivedOutcome, ReceivedCriminogenicNeed, ShareVersion, Assignment,
    PlanActivity, ActionPlan, PlanChangeRequest, DeliverySession, Appointment, Feedback, OutcomeAchievement,
    EndOfServiceReport, CaseNote, Question, Pause,
)  # fmt: skip


@dataclass
class Story:
    """One case while it is told."""

    row: Row
    stage: Stage
    offer: Offer
    day: date  # the one on which the latest thing happened
    sessions: int
    done: int  # sessions held or missed
    ended_early: bool
    has_time: bool  # for what takes longer than usual
    outcomes: list[str] = field(default_factory=list)
    assessment_arranged_for: date | None = None
    assessed_on: date | None = None
    planned: int | None = None
    plan_change_asked_on: date | None = None
    recorded: set[int] = field(default_factory=set)
    attended: set[int] = field(default_factory=set)
    last_recorded_on: date | None = None
    next_session_on: date | None = None
    booking_refused_on: date | None = None
    report_submitted: bool = False
    pauses: tuple[tuple[date, date], ...] = ()

    @property
    def caseworker(self) -> int:
        """Who has the case."""
        return self.row["caseworker_id"]


class Cases:
    """Tells one case after another into ``rows``; whoever writes them empties it."""

    def __init__(
        self,
        offers: list[Offer],
        practitioners: list[int],
        *,
        rng: Random,
        today: date,
        levels: Callable[[date], dict[str, int]],
    ) -> None:
        self.offers, self.practitioners, self.rng, self.today = offers, practitioners, rng, today
        self.levels = cache(levels)
        self.weights = [offer.weight for offer in offers]
        self.stages, self.shares = list(SHARES), list(SHARES.values())
        self.rows: dict[type[models.Model], list[Row]] = {model: [] for model in ORDER}

    def tell(self, number: int, *, sessions: float) -> int:
        """Case ``number`` with about that many sessions, if it has any; answers how many appointments it has."""
        before = len(self.rows[Appointment])
        (stage,) = self.rng.choices(self.stages, self.shares)
        (offer,) = self.rng.choices(self.offers, self.weights)
        planned = max(2, min(30, round(self.rng.gauss(sessions, sessions / 3))))
        story = self._receive(number, stage, offer, planned)
        self._happen(story)
        self._stand(story)
        return len(self.rows[Appointment]) - before

    # --- What happens, in order -----------------------------------------------------------------

    def _happen(self, story: Story) -> None:
        stage, rng = story.stage, self.rng
        # A case can be cancelled at every step before somebody came to a session.
        steps = rng.randrange(4) if stage == Stage.CANCELLED else 9
        if stage == Stage.ASSIGN or steps == 0:
            return self._end(story)
        self._assign(story)
        if stage == Stage.ARRANGE_ASSESSMENT or steps == 1:
            return self._end(story)
        if stage == Stage.HOLD_ASSESSMENT:
            story.assessment_arranged_for = self._after(story, 3, 12)
            self._wait(
                story, self._appointment(story, Purpose.ASSESSMENT, None, story.assessment_arranged_for)
            )
            return None
        self._assess(story)
        if stage == Stage.PLAN or steps == 2:
            return self._end(story)
        self._plan(story)
        if steps == 3:
            return self._end(story)
        return self._deliver(story)

    def _deliver(self, story: Story) -> None:
        stage, keys = story.stage, self._sessions(story)
        for number in range(story.done):
            self._hold(story, number, keys[number])
        if stage == Stage.HOLD_SESSION:
            story.next_session_on = self._after(story, 4, 12)
            self._wait(
                story, self._appointment(story, Purpose.SESSION, keys[story.done], story.next_session_on)
            )
        elif stage == Stage.CHANGE_PLAN:
            self._ask_for_change(story)
        if story.ended_early:
            self._ask_for_end(story)
        if stage in (Stage.COMPLETED, Stage.ENDED_EARLY):
            self._report(story)
            self._conclude(story, Conclusion(stage.value))

    def _end(self, story: Story) -> None:
        if story.stage == Stage.CANCELLED:
            self._ask_for_end(story)
            self._conclude(story, Conclusion.CANCELLED)

    def _receive(self, number: int, stage: Stage, offer: Offer, sessions: int) -> Story:
        rng = self.rng
        ended_early = stage == Stage.ENDED_EARLY or (stage == Stage.REPORT and rng.random() < 0.4)
        done = sessions
        if ended_early:
            done = rng.randrange(1, sessions)
        elif stage in (Stage.CHANGE_PLAN, Stage.ARRANGE_SESSION, Stage.HOLD_SESSION):
            done = rng.randrange(sessions)
        # As long ago as what has happened since needs, and not much longer: open cases are due about now.
        since = DAYS_TO_PLAN + 7 * done if stage in WITH_SESSIONS else DAYS_UNTIL.get(stage, DAYS_TO_PLAN)
        spare = rng.randrange(OLDEST) if stage in ENDED else rng.randrange(14)
        day = self.today - (since + spare) * A_DAY
        at = _at(day, 9 + number % 8, number % 60)
        person = rng.randrange(max(1, number)) if number % 5 == 0 else number
        mixed = (person * 7_919 + 13) % 1_000_003
        first = words.FIRST_NAMES[mixed % len(words.FIRST_NAMES)]
        last = words.LAST_NAMES[int((mixed / 1_000_003) ** 2 * len(words.LAST_NAMES))]
        unit = words.REGIONAL_UNITS[mixed % len(words.REGIONAL_UNITS)]
        needs_interpreter = mixed % 20 == 0
        row = {
            "id": self._key(),
            "key": self._key(),
            "reference": _reference(number, offer.suffix),
            "contract_id": offer.contract,
            "contract_type": offer.contract_type,
            "intervention_title": offer.title,
            "crn": f"{'DEFGHJKLM'[person // 1_000_000 % 9]}{person % 1_000_000:06d}",
            "sent_by": "Pat Practitioner",
            "sent_at": at,
            "received_at": at,
            "location": "COMMUNITY",
            "person_first_name": first,
            "person_last_name": last,
            "person_sortable_name": _sortable(last, first),
            "person_date_of_birth": date(1955 + mixed % 50, 1 + mixed % 12, 1 + mixed % 28),
            "person_sex": words.SEXES[mixed % len(words.SEXES)],
            "person_ethnicity": words.ETHNICITIES[mixed % len(words.ETHNICITIES)],
            "person_preferred_language": "English",
            "person_address_lines": [f"{1 + mixed % 90} Station Road", f"{unit} Town"],
            "person_mobile": f"07700 {900_000 + mixed % 1000}",
            "person_pulled_at": at,
            "practitioner_name": "Pat Practitioner",
            "practitioner_email": "pat.practitioner@example.com",
            "practitioner_pdu": unit,
            "offence_category": words.OFFENCES[mixed % len(words.OFFENCES)],
            "sentence_ends_on": day + timedelta(days=400 + mixed % 400),
            "additional_needs": words.A_TEXT,
            "needs_interpreter": needs_interpreter,
            "interpreter_language": "Polish" if needs_interpreter else "",
            "has_responsibilities": mixed % 3 == 0,
            "when_unavailable": "Weekday mornings, school run." if mixed % 3 == 0 else "",
            "enforceable_days": 10 + mixed % 20,
            "completion_date": day + timedelta(days=180 + mixed % 180),
            "reason_for_referral": words.A_TEXT,
            "further_information": words.A_TEXT if mixed % 2 else "",
            "caseworker_id": None,
            "end_requested_at": None,
            "end_requested_by_id": None,
            "end_reason": "",
            "end_comments": "",
            "concluded_at": None,
            "conclusion": "",
        }
        self.rows[ReceivedReferral].append(row)
        story = Story(row, stage, offer, day, sessions, done, ended_early, has_time=spare >= MORE_DAYS)
        self._share(story, at)
        return story

    def _share(self, story: Story, at: datetime) -> None:
        rng, offer, received = self.rng, story.offer, story.row["id"]
        chosen = rng.sample(offer.services, 1 if rng.random() < 0.7 else min(2, len(offer.services)))
        for position, service in enumerate(chosen):
            level, complexity, title, description = rng.choice(service.levels)
            key = self._key()
            self.rows[ReceivedService].append(
                {
                    "id": key,
                    "received_id": received,
                    "position": position,
                    "category_id": service.category,
                    "category_name": service.name,
                    "complexity_level_id": level,
                    "complexity": complexity,
                    "complexity_title": title,
                    "complexity_description": description,
                }
            )
            wanted = rng.sample(service.outcomes, min(len(service.outcomes), rng.randrange(1, 4)))
            for place, (outcome, text) in enumerate(wanted):
                story.outcomes.append(self._key())
                self.rows[ReceivedOutcome].append(
                    {
                        "id": story.outcomes[-1],
                        "service_id": key,
                        "position": place,
                        "outcome_id": outcome,
                        "text": text,
                    }
                )
        self.rows[ReceivedCriminogenicNeed].append(
            {"id": self._key(), "received_id": received, "position": 0, "name": chosen[0].name, "comment": ""}
        )
        invented = hashlib.sha256(
            received.encode()
        ).hexdigest()  # nothing was declared, so nothing can be sealed
        self.rows[ShareVersion].append(
            {
                "id": self._key(),
                "received_id": received,
                "number": 1,
                "who_is_at_risk_text": words.A_TEXT,
                "nature_of_risk_text": words.A_LONG_TEXT,
                "risk_imminence_text": words.A_TEXT,
                "self_harm_answer": "NO",
                "suicide_answer": "NO",
                "vulnerability_no_identified_risk": True,
                "declared_by": "Pat Practitioner",
                "declared_at": at,
                "wording_version": "2026-01",
                "content_hash": invented,
                "handover_hash": invented,
                "shared_at": at,
            }
        )

    def _assign(self, story: Story) -> None:
        first = self._after(story, 0, 2)
        staff = story.offer.caseworkers
        turns = 2 if story.has_time and self.rng.random() < 0.1 else 1
        for turn in range(turns):
            story.row["caseworker_id"] = self.rng.choice(staff)
            is_last = turn == turns - 1
            self.rows[Assignment].append(
                {
                    "id": self._key(),
                    "form_key": self._key(),
                    "received_id": story.row["id"],
                    "caseworker_id": story.caseworker,
                    "assigned_by_id": staff[0],
                    "assigned_at": _at(first, 17, 10 * turn),
                    "superseded_at": None if is_last else _at(first, 17, 10 * (turn + 1)),
                }
            )

    def _assess(self, story: Story) -> None:
        if story.has_time and self.rng.random() < 0.1:
            missed = self._appointment(story, Purpose.ASSESSMENT, None, self._after(story, 2, 5))
            self._record(story, missed, attended=False)
        story.assessed_on = self._after(story, 2, 6)
        held = self._appointment(story, Purpose.ASSESSMENT, None, story.assessed_on)
        self._record(story, held)

    def _plan(self, story: Story) -> None:
        versions = 2 if story.has_time and self.rng.random() < 0.15 else 1
        submitted = [self._after(story, 1, 3) for _ in range(versions)]
        story.planned = story.sessions
        for version, day in enumerate(submitted, start=1):
            key = self._key()
            for position, outcome in enumerate(story.outcomes, start=1):
                self.rows[PlanActivity].append(
                    {
                        "id": self._key(),
                        "plan_id": key,
                        "outcome_id": outcome,
                        "position": position,
                        "text": "Meet every week and practise one step at a time.",
                    }
                )
            self.rows[ActionPlan].append(
                {
                    "id": key,
                    "received_id": story.row["id"],
                    "number": version,
                    "sessions": story.sessions,
                    "created_by_id": story.caseworker,
                    "created_at": _at(day, 9),
                    "submitted_by_id": story.caseworker,
                    "submitted_at": _at(day, 15),
                    "superseded_at": None if version == versions else _at(submitted[version], 15),
                }
            )
        if story.stage == Stage.CANCELLED:
            self._sessions(story)

    def _sessions(self, story: Story) -> list[str]:
        keys = [self._key() for _ in range(story.sessions)]
        for number, key in enumerate(keys, start=1):
            self.rows[DeliverySession].append({"id": key, "received_id": story.row["id"], "number": number})
        return keys

    def _hold(self, story: Story, number: int, session: str) -> None:
        """Arranged, perhaps moved, and recorded: most people come, and somebody came to the first."""
        day = self._after(story, 7, 7)
        comes = number == 0 or self.rng.random() < 0.88
        appointment = self._appointment(
            story, Purpose.SESSION, session, day, is_moved=self.rng.random() < 0.06
        )
        self._record(story, appointment, attended=comes)
        story.recorded.add(number)
        if comes:
            story.attended.add(number)
        story.last_recorded_on = day

    def _ask_for_change(self, story: Story) -> None:
        story.plan_change_asked_on = self._after(story, 0, 3)
        self.rows[PlanChangeRequest].append(
            {
                "id": self._key(),
                "form_key": self._key(),
                "plan_id": self.rows[ActionPlan][-1]["id"],
                "text": "Please add help with money.",
                "asked_by_id": self.rng.choice(self.practitioners),
                "asked_at": _at(story.plan_change_asked_on, 16),
            }
        )

    def _ask_for_end(self, story: Story) -> None:
        codes = [code for code in REASONS if code != "EAR" or story.attended]
        story.row.update(
            end_requested_at=_at(self._after(story, 1, 6), 16),
            end_requested_by_id=self.rng.choice(self.practitioners),
            end_reason=self.rng.choice(codes),
            end_comments="Told us by phone.",
        )

    def _report(self, story: Story) -> None:
        key, day = self._key(), self._after(story, 1, 6)
        for outcome in story.outcomes:
            self.rows[OutcomeAchievement].append(
                {
                    "id": self._key(),
                    "report_id": key,
                    "outcome_id": outcome,
                    "level": self.rng.choice(OutcomeAchievement.Level.values),
                    "progress": words.A_TEXT,
                    "remaining": "",
                }
            )
        self.rows[EndOfServiceReport].append(
            {
                "id": key,
                "received_id": story.row["id"],
                "further_information": "",
                "started_by_id": story.caseworker,
                "started_at": _at(day, 16, 30),
                "submitted_by_id": story.caseworker,
                "submitted_at": _at(day, 17),
            }
        )
        story.report_submitted = True

    def _conclude(self, story: Story, ending: Conclusion) -> None:
        story.row.update(concluded_at=_at(story.day, 17), conclusion=ending.value)

    # --- Where that leaves it -------------------------------------------------------------------

    def _stand(self, story: Story) -> None:
        self._talk(story)
        received_on = story.row["received_at"].date()
        ended = story.row["end_requested_at"]
        facts = CaseFacts(
            received_on=received_on,
            has_caseworker=story.row["caseworker_id"] is not None,
            assessment_arranged_for=story.assessment_arranged_for,
            assessed_on=story.assessed_on,
            planned_sessions=story.planned,
            plan_change_asked_on=story.plan_change_asked_on,
            sessions_recorded=len(story.recorded),
            sessions_attended=len(story.attended),
            last_recorded_on=story.last_recorded_on,
            next_session_on=story.next_session_on,
            booking_refused_on=story.booking_refused_on,
            end_requested_on=ended.date() if ended else None,
            report_submitted=story.report_submitted,
            conclusion=story.row["conclusion"],
            completion_date=story.row["completion_date"],
            service_levels=self.levels(received_on),
            pauses=story.pauses,
        )
        now = standing_of(facts)
        assert now.stage == story.stage, f"told {story.stage}, but by its facts it is {now.stage}"
        story.row.update(
            stage=now.stage.value,
            whose_turn=now.whose_turn.value,
            due_on=now.due_on,
            booking_refused_on=now.booking_refused_on,
        )

    def _talk(self, story: Story) -> None:
        """Case notes, now and then a question that was answered, and pauses."""
        rng, received = self.rng, story.row["id"]
        if story.row["caseworker_id"] is None:
            return
        for _ in range(rng.randrange(3)):
            self.rows[CaseNote].append(
                {
                    "id": self._key(),
                    "form_key": self._key(),
                    "received_id": received,
                    "subject": "Phoned",
                    "body": words.A_TEXT,
                    "written_by_id": story.caseworker,
                    "side": Audience.SUPPLIER.value,
                    "written_at": _at(story.day, 17, 30),
                }
            )
        if rng.random() < 0.05:
            self.rows[Question].append(
                {
                    "id": self._key(),
                    "form_key": self._key(),
                    "received_id": received,
                    "about": "whereabouts",
                    "kind": Question.Kind.UNCLEAR.value,
                    "text": "Which of the two addresses is right?",
                    "asked_by_id": story.caseworker,
                    "asked_at": _at(story.day, 17),
                    "answer": "The first one.",
                    "answered_by_id": rng.choice(self.practitioners),
                    "answered_at": _at(story.day, 17, 45),
                }
            )
        if story.has_time and rng.random() < 0.04:
            first = story.row["received_at"].date() + 2 * A_DAY
            last = first + rng.randrange(1, 10) * A_DAY
            story.pauses = ((first, last),)
            self.rows[Pause].append(
                {
                    "id": self._key(),
                    "form_key": self._key(),
                    "received_id": received,
                    "starts_on": first,
                    "ends_on": last,
                    "reason": "In hospital.",
                    "set_by_id": story.caseworker,
                    "set_at": _at(first, 12),
                }
            )

    # --- Single rows ----------------------------------------------------------------------------

    def _appointment(
        self, story: Story, purpose: Purpose, session: str | None, day: date, *, is_moved: bool = False
    ) -> Row:
        """One that nothing was said about yet; ``is_moved``: another one before it was rescheduled."""
        by_phone = self.rng.random() < 0.5
        row: Row = {
            "id": self._key(),
            "form_key": self._key(),
            "received_id": story.row["id"],
            "purpose": purpose.value,
            "session_id": session,
            "starts_at": _at(day, self.rng.randrange(9, 16)),
            "minutes": 60,
            "method": Method.PHONE.value if by_phone else Method.ELSEWHERE.value,
            "address_line_1": "" if by_phone else "Community centre",
            "address_town": "" if by_phone else "Town",
            "address_postcode": "" if by_phone else "DH1 1AA",
            "scheduled_by_id": story.caseworker,
            "scheduled_at": _at(day - A_DAY, 8),
            "closed_as": "",
        }
        if is_moved:
            before = {
                **row,
                "id": self._key(),
                "form_key": self._key(),
                "scheduled_at": _at(day - 2 * A_DAY, 8),
                "closed_as": Closed.REPLACED.value,
                "closed_at": row["scheduled_at"],
            }
            self.rows[Appointment].append(before)
            row.update(
                replaces_id=before["id"],
                reschedule_asked_by=AskedBy.PERSON_ON_PROBATION.value,
                reschedule_reason="They have to work.",
            )
        self.rows[Appointment].append(row)
        return row

    def _wait(self, story: Story, appointment: Row) -> None:
        """Still to come, and now and then not accepted by nDelius."""
        if self.rng.random() < 0.04:
            story.booking_refused_on = min(appointment["scheduled_at"].date(), self.today)
            appointment.update(
                ndelius_state=NdeliusState.REFUSED.value,
                ndelius_reason="It clashes with another appointment in nDelius. Choose a different date or time.",
                ndelius_refused_at=_at(story.booking_refused_on, 8),
            )

    def _record(self, story: Story, appointment: Row, *, attended: bool = True) -> None:
        at = appointment["starts_at"] + timedelta(hours=1)
        self.rows[Feedback].append(
            {
                "id": self._key(),
                "appointment_id": appointment["id"],
                "happened": attended,
                "attended": attended,
                "was_late": self.rng.random() < 0.1 if attended else None,
                "what_was_done": words.A_TEXT if attended else "",
                "how_they_responded": "Took part well." if attended else "",
                "no_attendance_information": "" if attended else "Did not answer the phone.",
                "notify_of_behaviour": None,
                "notify_of_concerns": False,
                "saved_at": at,
                "submitted_by_id": story.caseworker,
                "submitted_at": at,
            }
        )
        if not attended:
            appointment.update(closed_as=Closed.MISSED.value, closed_at=at)

    def _after(self, story: Story, least: int, most: int) -> date:
        """Some days later. From then on, nothing happens before."""
        story.day += self.rng.randint(least, most) * A_DAY
        return story.day

    def _key(self) -> str:
        return f"{self.rng.getrandbits(128):032x}"


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    """In office hours, when the day in the UK and the day in UTC are the same."""
    return datetime.combine(day, time(hour, minute), UTC)


@cache
def _sortable(last: str, first: str) -> str:
    return folded(f"{last} {first}")[:LONGEST_NAME].strip()


def _reference(number: int, suffix: str) -> str:
    """Another one for each number up to six million, in no order that could be seen."""
    mixed = (number * 7_919 + 104_729) % 6_760_000
    letters, digits = divmod(mixed, 10_000)
    return f"{chr(65 + letters // 26)}{chr(65 + letters % 26)}{digits:04d}{suffix}"
