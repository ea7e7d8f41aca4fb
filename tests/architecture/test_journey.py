"""The form is declared once, and hangs together: what is wrong with a declaration is said at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import User
from referrals.actions.save_answers import answer_question
from referrals.checks import problems_of
from referrals.handover.build_handover import HANDED_OVER
from referrals.journey import answers
from referrals.journey.pages import Page, Row
from referrals.journey.questions.needs import DiversityPage, InterpreterPage, ResponsibilitiesPage
from referrals.journey.questions.risk import RiskPage
from referrals.journey.questions.service import ComplexityPage, EnforceableDaysPage
from referrals.journey.structure import Journey, PerService, Progress, Section, Step, Task, TaskStatus
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from tests.factories.referrals import a_declared_draft, a_draft

TODAY = date(2026, 3, 2)
STEPS = list(MAKE_A_REFERRAL.declared_steps())
#: Handed over without a question: pulled from nDelius when the person is confirmed, or said by starting and sending.
NOT_ASKED = {
    "id", "crn", "contract", "reference", "sent_at",
    "first_name", "last_name", "date_of_birth", "sex", "ethnicity", "preferred_language", "religion_or_belief",
    "disabilities", "address_lines", "no_fixed_abode", "telephone", "mobile", "email", "person_pulled_at",
}  # fmt: skip


# --- The form as declared ----------------------------------------------------------------------------


def test_the_declared_form_has_no_problem() -> None:
    assert run_checks(tags=["referrals"]) == []


def test_whatever_is_handed_over_is_asked_for_or_known_to_come_from_elsewhere() -> None:
    """A column that crosses and that no question fills would cross empty, for ever."""
    asked = {
        field.name
        for step, is_per_service in STEPS
        if not is_per_service
        for field in fields(step.page.answers)
    }

    assert HANDED_OVER["referrals.Referral"] - asked == NOT_ASKED


@pytest.mark.parametrize(("step", "is_per_service"), STEPS, ids=[step.slug for step, _ in STEPS])
def test_every_step_has_one_address_named_by_its_slug(step: Step, is_per_service: bool) -> None:
    parts: dict[str, Any] = {"referral_id": "00000000-0000-4000-8000-000000000000"}
    parts |= {"category_id": 1} if is_per_service else {}
    url = reverse(step.page.view_name or f"referrals:{step.slug}", kwargs=parts)

    assert url.endswith(f"/{step.slug}")
    assert resolve(url).kwargs.get("slug", step.slug) == step.slug


def test_the_form_can_be_read_without_the_code() -> None:
    said = StringIO()
    call_command("show_journey", stdout=said)

    text = said.getvalue()
    assert [step.slug for step, _ in STEPS if f"/{step.slug}:" not in text] == []
    places = [text.index(f"/{step.slug}:") for step, _ in STEPS]
    assert places == sorted(places), "in the order in which it is asked"
    assert "1. Before you start" in text


# --- Wrong declarations --------------------------------------------------------------------------------


class WithoutRows(Page):
    answers = answers.Diversity
    question = "?"


class WithoutTemplate(DiversityPage):
    template = "referrals/journey/nowhere.html"


class WithoutColumn(DiversityPage):
    answers = make_dataclass("NoSuchAnswers", [("no_such_column", str)], frozen=True)


class SameColumn(DiversityPage):
    """Another page, the same answers."""


def _days(slug: str = "days") -> Task:
    return Task("Days", Step(slug, EnforceableDaysPage))


WRONG = [
    pytest.param(
        Journey(Section("One", _days("same"), Task("Two", Step("same", DiversityPage)))),
        "referrals.E001",
        "'same' is used by 2 steps",
        id="two steps at one address",
    ),
    pytest.param(
        Journey(Section("One", _days(), needs=("None such",))),
        "referrals.E002",
        "'None such', which is no section before it",
        id="a section needs what is not there",
    ),
    pytest.param(
        Journey(
            Section("One", _days(), needs=("Two",)),
            Section("Two", Task("Two", Step("diversity", DiversityPage))),
        ),
        "referrals.E002",
        "'One' needs 'Two'",
        id="a section needs a later one",
    ),
    pytest.param(
        Journey(Section("One", Task("One", Step("one", WithoutRows)))),
        "referrals.E003",
        "WithoutRows has no rows",
        id="a page that cannot be played back",
    ),
    pytest.param(
        Journey(Section("One", Task("One", Step("one", WithoutTemplate)))),
        "referrals.E004",
        "referrals/journey/nowhere.html",
        id="a page without its template",
    ),
    pytest.param(
        Journey(Section("One", Task("One", Step("one", WithoutColumn)))),
        "referrals.E005",
        "'no_such_column', which no column holds",
        id="an answer without a column",
    ),
    pytest.param(
        Journey(Section("One", Task("One", Step("one", ComplexityPage)))),
        "referrals.E005",
        "'complexity_level_id'",
        id="a question about a service that is not asked per service",
    ),
    pytest.param(
        Journey(Section("One", Task("One", Step("one", DiversityPage), Step("two", SameColumn)))),
        "referrals.E006",
        "'diversity' is answered by 2 steps",
        id="two questions for one column",
    ),
]


@pytest.mark.parametrize(("journey", "code", "says"), WRONG)
def test_a_wrong_declaration_is_said(journey: Journey, code: str, says: str) -> None:
    (problem,) = problems_of(journey)

    assert problem.id == code
    assert says in problem.msg


def test_a_right_declaration_has_no_problem() -> None:
    journey = Journey(
        Section("One", _days()),
        Section("Two", PerService(Task("Level", Step("level", ComplexityPage))), needs=("One",)),
        Section("Three", Task("Risk", Step("risk-information", RiskPage))),
    )

    assert problems_of(journey) == []


# --- What follows from a declaration -------------------------------------------------------------------


def _has_interpreter(draft: Referral) -> bool:
    """An interpreter is needed."""
    return bool(draft.needs_interpreter)


SHORT = Journey(
    Section("First", Task("Interpreter", Step("interpreter", InterpreterPage))),
    Section(
        "Second",
        Task(
            "More",
            Step("diversity", DiversityPage, applies=_has_interpreter),
            Step("responsibilities", ResponsibilitiesPage),
        ),
        needs=("First",),
    ),
)
YES = answers.Interpreter(needs_interpreter=True, interpreter_language="Welsh")
NO = answers.Interpreter(needs_interpreter=False, interpreter_language="")


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


@pytest.fixture
def draft(pp: User) -> Referral:
    return a_draft(pp)


def _on(draft: Referral) -> Progress:
    fresh = Referral.objects.select_related("contract__contract_type", "risk").get(pk=draft.pk)
    return SHORT.on(fresh, fresh.created_by, TODAY)


def _answer(draft: Referral, slug: str, given: Any) -> None:
    placed = _on(draft).find(slug)
    assert placed is not None
    answer_question(
        journey=SHORT, draft=draft, placed=placed, answers=given, by=draft.created_by, as_opened=""
    )


def _slugs(progress: Progress) -> list[str]:
    return [placed.step.slug for placed in progress.steps]


def test_a_question_is_asked_while_its_condition_holds(draft: Referral) -> None:
    assert _slugs(_on(draft)) == ["interpreter", "responsibilities"]
    assert _on(draft).find("diversity") is None

    _answer(draft, "interpreter", YES)

    assert _slugs(_on(draft)) == ["interpreter", "diversity", "responsibilities"]


def test_a_changed_mind_leaves_no_residue(draft: Referral) -> None:
    _answer(draft, "interpreter", YES)
    _answer(draft, "diversity", answers.Diversity("Only because of the interpreter."))

    _answer(draft, "interpreter", NO)

    draft.refresh_from_db()
    assert (draft.diversity, draft.interpreter_language) == (None, "")


def test_statuses_follow_from_the_answers(draft: Referral) -> None:
    def statuses() -> list[TaskStatus]:
        return [task.status for section in _on(draft).sections for task in section.tasks]

    assert statuses() == [TaskStatus.NOT_STARTED, TaskStatus.CANNOT_START_YET]
    _answer(draft, "interpreter", YES)
    assert statuses() == [TaskStatus.COMPLETED, TaskStatus.NOT_STARTED]
    _answer(draft, "diversity", answers.Diversity(""))
    assert statuses() == [TaskStatus.COMPLETED, TaskStatus.IN_PROGRESS]
    _answer(
        draft, "responsibilities", answers.Responsibilities(has_responsibilities=False, when_unavailable="")
    )
    assert statuses() == [TaskStatus.COMPLETED, TaskStatus.COMPLETED]
    assert _on(draft).is_ready


def test_it_is_resumed_at_the_first_question_without_an_answer(draft: Referral) -> None:
    order = []
    while (placed := _on(draft).first_unanswered) is not None:
        order.append(placed.step.slug)
        given = {
            "interpreter": YES,
            "diversity": answers.Diversity("None known."),
            "responsibilities": answers.Responsibilities(
                has_responsibilities=True, when_unavailable="Nights."
            ),
        }
        _answer(draft, placed.step.slug, given[placed.step.slug])

    assert order == ["interpreter", "diversity", "responsibilities"]


def test_before_and_after_stay_within_the_section(pp: User) -> None:
    """Of the real form: walking forward and walking back meet the same questions."""
    progress = MAKE_A_REFERRAL.on(a_declared_draft(pp), pp, timezone.localdate())
    for section in progress.sections:
        steps = [placed for task in section.tasks for placed in task.steps]
        assert progress.before(steps[0]) is None
        assert progress.after(steps[-1]) is None
        for first, second in zip(steps, steps[1:], strict=False):
            assert progress.after(first) is second
            assert progress.before(second) is first
    assert [section.number for section in progress.sections] == [1, 2, 3, 4]


def test_a_question_that_does_not_apply_is_not_found(
    as_persona: Callable[[str], Client], draft: Referral
) -> None:
    """Also one of the form that is asked of another service."""
    other = reverse("referrals:desired-outcomes", args=[draft.pk, draft.services.get().category_id + 1])

    assert as_persona("pp").get(other).status_code == 404


def test_what_is_played_back_has_a_label_and_words_everywhere(pp: User) -> None:
    progress = MAKE_A_REFERRAL.on(a_declared_draft(pp), pp, timezone.localdate())
    rows = [row for placed in progress.steps for row in progress.rows(placed)]

    assert len(rows) > 25
    for row in rows:
        assert isinstance(row, Row)
        assert row.label.strip()
        assert row.value, row.label
