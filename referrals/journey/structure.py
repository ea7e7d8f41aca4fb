"""How a journey is declared, and what follows from the declaration: order, addresses, statuses, what is missing.

Knows nothing of HTTP and nothing of any particular question. Wrong declarations fail at start-up
(``referrals.checks``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any

from accounts.models import User
from referrals.journey.conditions import DECIDED_BY, SERVICES, Condition, always
from referrals.journey.pages import Page, Row
from referrals.journey.situation import Situation, situation_of
from referrals.journey.store import DraftStore
from referrals.models import ChosenService, Referral


class TaskStatus(Enum):
    """How far a task is. Derived from its questions, never stored."""

    CANNOT_START_YET = "Cannot start yet"
    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    DECLARE_AGAIN = "Declare again"
    COMPLETED = "Completed"


@dataclass(frozen=True)
class Step:
    """One question page at one address, asked when ``applies``.

    ``first`` is an action that fetches what the page shows before it asks; it returns what to say when it could not.
    """

    slug: str
    page: type[Page]
    applies: Condition = always
    first: Callable[..., str] | None = None


@dataclass(frozen=True, init=False)
class Task:
    """A line of the task list: one or more questions."""

    name: str
    steps: tuple[Step, ...]
    applies: Condition = always

    def __init__(self, name: str, *steps: Step, applies: Condition = always) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "applies", applies)


@dataclass(frozen=True, init=False)
class PerService:
    """Tasks that are repeated for each service chosen for the referral."""

    tasks: tuple[Task, ...]

    def __init__(self, *tasks: Task) -> None:
        object.__setattr__(self, "tasks", tasks)


@dataclass(frozen=True, init=False)
class Section:
    """A numbered part of the task list; its number is its place. ``needs``: headings to complete before."""

    heading: str
    parts: tuple[Task | PerService, ...]
    applies: Condition = always
    needs: tuple[str, ...] = ()

    def __init__(
        self,
        heading: str,
        *parts: Task | PerService,
        applies: Condition = always,
        needs: tuple[str, ...] = (),
    ) -> None:
        object.__setattr__(self, "heading", heading)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "applies", applies)
        object.__setattr__(self, "needs", needs)


@dataclass(frozen=True)
class PlacedStep:
    """A step of one draft, in its place: its task, its section, and its service when asked per service."""

    step: Step
    task: Task
    section: Section
    service: ChosenService | None = None

    @property
    def page(self) -> type[Page]:
        """The page class."""
        return self.step.page


@dataclass(frozen=True)
class PlacedTask:
    """A task of one draft with its status."""

    name: str
    steps: tuple[PlacedStep, ...]
    status: TaskStatus


@dataclass(frozen=True)
class PlacedSection:
    """A section of one draft with its number and tasks."""

    number: int
    heading: str
    tasks: tuple[PlacedTask, ...]


class Journey:
    """The whole form, written once. See ``make_a_referral``."""

    def __init__(self, *sections: Section) -> None:
        self.sections = sections

    def on(self, draft: Referral, asked_by: User, today: date) -> Progress:
        """The journey of one draft."""
        return Progress(self, draft, situation_of(draft, asked_by, today))

    def declared_steps(self) -> Iterator[tuple[Step, bool]]:
        """Every step that may ever be asked, with whether it is asked per service."""
        for section in self.sections:
            for part in section.parts:
                tasks = part.tasks if isinstance(part, PerService) else (part,)
                for task in tasks:
                    for step in task.steps:
                        yield step, isinstance(part, PerService)


@dataclass
class Progress:
    """One draft on its way through a journey: what is asked, in order, and how far it is."""

    journey: Journey
    draft: Referral
    situation: Situation
    _read: dict[tuple[str, int], Any] = field(default_factory=dict)
    _answered: dict[tuple[str, int], bool] = field(default_factory=dict)

    @cached_property
    def steps(self) -> list[PlacedStep]:
        """Every step that applies, in order."""
        return [
            placed
            for section in self.journey.sections
            if section.applies(self.draft)
            for part in section.parts
            for placed in self._placed(section, part)
        ]

    def _placed(self, section: Section, part: Task | PerService) -> Iterator[PlacedStep]:
        if isinstance(part, PerService):
            for service in self.draft.services.all():
                for task in part.tasks:
                    yield from self._steps_of(section, task, service)
        else:
            yield from self._steps_of(section, part, None)

    def _steps_of(self, section: Section, task: Task, service: ChosenService | None) -> Iterator[PlacedStep]:
        if task.applies(self.draft):
            for step in task.steps:
                if step.applies(self.draft):
                    yield PlacedStep(step, task, section, service)

    def find(self, slug: str, category_id: int | None = None) -> PlacedStep | None:
        """The step at an address, or None when it does not apply to this draft."""
        return next(
            (
                placed
                for placed in self.steps
                if placed.step.slug == slug
                and (placed.service.category_id if placed.service else None) == category_id
            ),
            None,
        )

    def taken_away_by(self, slug: str, category_id: int | None = None) -> PlacedStep | None:
        """The question whose answer makes the one at an address not apply; None when it applies or is no question."""
        if self.find(slug, category_id) is not None:
            return None
        for section in self.journey.sections:
            for part in section.parts:
                for task in part.tasks if isinstance(part, PerService) else (part,):
                    for step in task.steps:
                        if step.slug == slug:
                            unmet = (one.applies for one in (section, task, step))
                            return self._decider(unmet, is_per_service=isinstance(part, PerService))
        return None

    def _decider(self, conditions: Iterator[Condition], *, is_per_service: bool) -> PlacedStep | None:
        for condition in conditions:
            if not condition(self.draft):
                deciding = DECIDED_BY.get(condition, ())
                return next((placed for placed in reversed(self.steps) if placed.step.slug in deciding), None)
        return self.find(SERVICES) if is_per_service else None

    def situation_at(self, placed: PlacedStep) -> Situation:
        """The situation, with the service that the step asks about."""
        service = placed.service
        if service is None:
            return self.situation
        return replace(self.situation, category=service.category, service=service)

    def answers(self, placed: PlacedStep) -> Any:
        """The typed answers of one step (read once)."""
        key = (placed.step.slug, placed.service.pk if placed.service else 0)
        if key not in self._read:
            self._read[key] = DraftStore(self.draft).read(placed.page.answers, placed.service)
        return self._read[key]

    def is_answered(self, placed: PlacedStep) -> bool:
        """Whether one step is complete."""
        key = (placed.step.slug, placed.service.pk if placed.service else 0)
        if key not in self._answered:
            answers = self.answers(placed)
            self._answered[key] = placed.page.is_answered(answers) and not placed.page.outdated(
                answers, self.situation_at(placed)
            )
        return self._answered[key]

    def asked_of_anybody(self, placed: PlacedStep) -> str:
        """The question of one step without the person's name, fit to be kept until the next page."""
        return placed.page.asked(replace(self.situation_at(placed), person="the person"))

    @property
    def first_unanswered(self) -> PlacedStep | None:
        """Where to resume; None means ready to check and send."""
        return next((placed for placed in self.steps if not self.is_answered(placed)), None)

    @property
    def is_ready(self) -> bool:
        """Every question that applies is answered."""
        return self.first_unanswered is None

    def after(self, placed: PlacedStep) -> PlacedStep | None:
        """The next step of the same section, if there is one."""
        place = self.steps.index(placed)
        following = self.steps[place + 1 :]
        return following[0] if following and following[0].section is placed.section else None

    def before(self, placed: PlacedStep) -> PlacedStep | None:
        """The step before in the same section, if there is one."""
        place = self.steps.index(placed)
        return self.steps[place - 1] if place and self.steps[place - 1].section is placed.section else None

    @cached_property
    def sections(self) -> list[PlacedSection]:
        """The task list: numbered sections, tasks, statuses."""
        applying = [section for section in self.journey.sections if section.applies(self.draft)]
        return [
            PlacedSection(number, self._named(section.heading), self._tasks(section))
            for number, section in enumerate(applying, start=1)
        ]

    def _tasks(self, section: Section) -> tuple[PlacedTask, ...]:
        groups: dict[tuple[int, int], list[PlacedStep]] = {}
        for placed in self.steps:
            if placed.section is section:
                key = (id(placed.task), placed.service.pk if placed.service else 0)
                groups.setdefault(key, []).append(placed)
        open_yet = self.may_start(section)
        return tuple(
            PlacedTask(self._task_name(steps[0]), tuple(steps), self._status(steps, open_yet))
            for steps in groups.values()
        )

    def may_start(self, section: Section) -> bool:
        """Whether everything that the section needs is complete."""
        return all(
            self.is_answered(placed) for placed in self.steps if placed.section.heading in section.needs
        )

    def _status(self, steps: list[PlacedStep], open_yet: bool) -> TaskStatus:
        answered = sum(self.is_answered(placed) for placed in steps)
        if answered == len(steps):
            return TaskStatus.COMPLETED
        if not open_yet:
            return TaskStatus.CANNOT_START_YET
        if any(placed.page.is_to_be_confirmed_again(self.answers(placed)) for placed in steps):
            return TaskStatus.DECLARE_AGAIN
        begun = answered or any(self.is_begun(placed) for placed in steps)
        return TaskStatus.IN_PROGRESS if begun else TaskStatus.NOT_STARTED

    def is_begun(self, placed: PlacedStep) -> bool:
        """Whether something was done about a step that is not complete."""
        answers = self.answers(placed)
        return placed.page.is_begun(answers) or placed.page.is_answered(answers)

    def _task_name(self, placed: PlacedStep) -> str:
        name = self._named(placed.task.name)
        several = placed.service is not None and len(self.draft.services.all()) > 1
        return f"{name}: {placed.service.category.name}" if several and placed.service else name

    def _named(self, words: str) -> str:
        return words.format(person=self.situation.person, intervention=self.draft.contract.contract_type.name)

    def rows(self, placed: PlacedStep) -> list[Row]:
        """One step's answers as they read."""
        return placed.page.rows(self.answers(placed), self.situation_at(placed))

    def warnings(self) -> list[str]:
        """Everything the practitioner should know before sending."""
        return [
            warning
            for placed in self.steps
            for warning in placed.page.warnings(self.answers(placed), self.situation_at(placed))
        ]

    def played_back(self) -> list[dict[str, Any]]:
        """All questions and answers as they read, to be kept with a referral as sent (never the risk text)."""
        return [
            {"section": placed.section.heading, "label": row.label, "value": row.value}
            for placed in self.steps
            for row in self.rows(placed)
        ]
