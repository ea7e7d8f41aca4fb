"""The whole branch matrix: which questions are asked, in which order, and what the task list says after each answer.

Rows A to D are those of the live service: with a practitioner in the community (A) or in custody (B); without one,
releasing during the intervention (C) or just arrived in prison (D). Each with one service and with several.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from demo import referrals as demo
from referrals.actions.save_answers import Saved, answer_question
from referrals.journey import answers
from referrals.journey.structure import Progress, TaskStatus
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from tests.factories.copies import made
from tests.factories.referrals import a_draft

ONE_SERVICE, SEVERAL_SERVICES = "DEMO_0001", "DEMO_0004"
START = ["allocation"]
PRACTITIONER = ["practitioner", "back-up-contact"]
INFORMATION = [
    "personal-details", "risk-information", "criminogenic-needs", "additional-needs", "accessibility-needs",
    "interpreter", "responsibilities", "diversity",
]  # fmt: skip
BEFORE_SERVICES, PER_SERVICE = ["relevant-sentence"], ["desired-outcomes", "complexity-level"]
AFTER_SERVICES = ["enforceable-days", "completion-date", "reason-for-referral"]

BRANCHES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "A: practitioner, community": (
        {"allocation": answers.Allocation(True), "current-location": answers.WhereNow("COMMUNITY")},
        [*START, "current-location", *PRACTITIONER],
    ),
    "B: practitioner, custody": (
        {"allocation": answers.Allocation(True), "current-location": answers.WhereNow("CUSTODY")},
        [*START, "current-location", *PRACTITIONER, "establishment", "expected-release-date"],
    ),
    "C: none yet, releasing": (
        {"allocation": answers.Allocation(False), "release": answers.Release(True)},
        [*START, "release", "main-contact", "reason-before-allocation", "establishment", "expected-release-date",
         "expected-probation-office"],
    ),
    "D: none yet, just arrived": (
        {"allocation": answers.Allocation(False), "release": answers.Release(False)},
        [*START, "release", "main-contact", "establishment"],
    ),
}  # fmt: skip
ROWS = pytest.mark.parametrize("branch", BRANCHES)


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def progress_of(draft: Referral, by: User) -> Progress:
    return MAKE_A_REFERRAL.on(Referral.objects.get(pk=draft.pk), by, timezone.localdate())


def slugs(draft: Referral, by: User) -> list[str]:
    return [placed.step.slug for placed in progress_of(draft, by).steps]


def say(draft: Referral, by: User, slug: str, value: Any, category: int | None = None) -> Saved:
    placed = progress_of(draft, by).find(slug, category)
    assert placed is not None, f"{slug} is not asked"
    return answer_question(
        journey=MAKE_A_REFERRAL, draft=draft, placed=placed, answers=value, by=by, as_opened=""
    )


def on_branch(by: User, branch: str, contract: str = ONE_SERVICE) -> Referral:
    draft = a_draft(by, contract=contract)
    for slug, value in BRANCHES[branch][0].items():
        say(draft, by, slug, value)
    return draft


def filled_in(by: User, branch: str, contract: str = ONE_SERVICE) -> Referral:
    def through_the_actions() -> Referral:
        draft = on_branch(by, branch, contract)
        demo.answer(draft, by, only=[slug for slug in slugs_everywhere() if slug not in BRANCHES[branch][0]])
        return Referral.objects.get(pk=draft.pk)

    return made(through_the_actions, f"filled in, {branch}", by, crn="X980010", contract=contract)


def slugs_everywhere() -> list[str]:
    return [step.slug for step, _ in MAKE_A_REFERRAL.declared_steps()]


# --- The exact questions, in order -------------------------------------------------------------------


def test_only_the_first_question_decides_what_comes_before_the_rest(pp: User) -> None:
    draft = a_draft(pp)

    assert slugs(draft, pp)[:2] == ["allocation", "personal-details"]
    rest = [task.status for section in progress_of(draft, pp).sections[1:] for task in section.tasks]
    assert set(rest) == {TaskStatus.CANNOT_START_YET}


@ROWS
def test_one_service(pp: User, branch: str) -> None:
    draft = on_branch(pp, branch)

    assert slugs(draft, pp) == [
        *BRANCHES[branch][1], *INFORMATION, *BEFORE_SERVICES, *PER_SERVICE, *AFTER_SERVICES
    ]  # fmt: skip


@ROWS
def test_several_services(pp: User, branch: str) -> None:
    draft = on_branch(pp, branch, SEVERAL_SERVICES)
    chosen = [one.pk for one in draft.contract.categories()][:2]
    assert slugs(draft, pp) == [
        *BRANCHES[branch][1], *INFORMATION, "services", *BEFORE_SERVICES, *AFTER_SERVICES
    ]  # fmt: skip
    say(draft, pp, "services", answers.Services(tuple(chosen)))

    assert slugs(draft, pp) == [
        *BRANCHES[branch][1], *INFORMATION, "services", *BEFORE_SERVICES, *PER_SERVICE, *PER_SERVICE, *AFTER_SERVICES
    ]  # fmt: skip


# --- The task list after each answer -----------------------------------------------------------------


@ROWS
@pytest.mark.parametrize("contract", [ONE_SERVICE, SEVERAL_SERVICES], ids=["one service", "several"])
@pytest.mark.slow
def test_each_answer_completes_its_question_and_no_other(pp: User, branch: str, contract: str) -> None:
    draft = on_branch(pp, branch, contract)
    if contract == SEVERAL_SERVICES:
        demo.answer(draft, pp, only=["services"])
    for placed in progress_of(draft, pp).steps:
        if placed.step.slug in {"risk-information", *BRANCHES[branch][0]}:
            continue
        before = progress_of(draft, pp)
        done_before = {one.step.slug for one in before.steps if before.is_answered(one)}
        demo.answer(draft, pp, only=[placed.step.slug])
        after = progress_of(draft, pp)
        done_after = {one.step.slug for one in after.steps if after.is_answered(one)}

        assert done_after - done_before <= {placed.step.slug}
        assert placed.step.slug in done_after
        assert not after.is_ready, "risk is not declared"


@ROWS
def test_statuses_follow_from_the_answers(pp: User, branch: str) -> None:
    draft = filled_in(pp, branch)
    statuses = {
        (section.heading, task.name): task.status
        for section in progress_of(draft, pp).sections
        for task in section.tasks
    }

    unfinished = {name for (_, name), status in statuses.items() if status is not TaskStatus.COMPLETED}
    assert unfinished == {"Risk information"}


@ROWS
def test_nothing_can_be_started_before_the_branch_is_known(pp: User, branch: str) -> None:
    draft = a_draft(pp)
    first, second = BRANCHES[branch][0].items()
    say(draft, pp, *first)

    sections = progress_of(draft, pp).sections
    assert sections[0].tasks[0].status is TaskStatus.IN_PROGRESS
    assert {task.status for section in sections[1:] for task in section.tasks} == {
        TaskStatus.CANNOT_START_YET
    }
    say(draft, pp, *second)
    sections = progress_of(draft, pp).sections
    assert sections[0].tasks[0].status is TaskStatus.COMPLETED
    assert {task.status for section in sections[1:] for task in section.tasks} == {TaskStatus.NOT_STARTED}


def test_service_details_wait_for_the_services(pp: User) -> None:
    draft = on_branch(pp, "A: practitioner, community", SEVERAL_SERVICES)
    last = progress_of(draft, pp).sections[-1]
    assert {task.status for task in last.tasks} == {TaskStatus.CANNOT_START_YET}

    demo.answer(draft, pp, only=["services"])

    assert {task.status for task in progress_of(draft, pp).sections[-1].tasks} == {TaskStatus.NOT_STARTED}


# --- What is played back -----------------------------------------------------------------------------


LABELS = {
    "A: practitioner, community": {"Location when referred", "Probation office", "Team phone number"},
    "B: practitioner, custody": {"Establishment", "Prison number", "Expected release date", "Team phone number"},
    "C: none yet, releasing": {
        "Establishment", "Expected release date", "Expected probation office", "Role or job title",
        "Reason for referring before a practitioner is allocated",
    },
    "D: none yet, just arrived": {"Establishment", "Prison number", "Role or job title"},
}  # fmt: skip
OTHERS = set().union(*LABELS.values())


@ROWS
def test_what_is_played_back_is_what_was_asked(pp: User, branch: str) -> None:
    progress = progress_of(filled_in(pp, branch), pp)
    labels = {row.label for placed in progress.steps for row in progress.rows(placed)}

    shared = {"Location when referred", "Establishment", "Prison number", "Probation office"}
    assert labels >= LABELS[branch]
    assert not (labels & (OTHERS - LABELS[branch] - shared))


# --- A changed mind ----------------------------------------------------------------------------------


def a_day(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


CHANGES: dict[str, tuple[str, Callable[[], tuple[str, Any]], set[str]]] = {
    "custody to community": (
        "B: practitioner, custody",
        lambda: ("current-location", answers.WhereNow("COMMUNITY")),
        {"establishment", "establishment_code", "release_date", "release_date_unknown_reason"},
    ),
    "practitioner to none": (
        "A: practitioner, community",
        lambda: ("allocation", answers.Allocation(False)),
        {"location", "practitioner_name", "practitioner_pdu", "back_up_name", "back_up_email"},
    ),
    "none to practitioner (live service leaves the releasing flag)": (
        "C: none yet, releasing",
        lambda: ("allocation", answers.Allocation(True)),
        {"is_releasing", "contact_name", "contact_role", "contact_email", "reason_before_allocation",
         "establishment", "release_date", "expected_office", "expected_office_unknown_reason"},
    ),
    "releasing to just arrived": (
        "C: none yet, releasing",
        lambda: ("release", answers.Release(False)),
        {"reason_before_allocation", "release_date", "release_date_unknown_reason", "expected_office",
         "expected_office_unknown_reason"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_mind_leaves_no_residue_and_says_so(pp: User, change: str) -> None:
    branch, new, emptied = CHANGES[change]
    draft = filled_in(pp, branch)
    saved = say(draft, pp, *new())

    fresh = Referral.objects.get(pk=draft.pk)
    assert {name for name in emptied if getattr(fresh, name) not in (None, "")} == set()
    assert saved.deleted, "what was deleted is named"
    assert not progress_of(draft, pp).is_ready


@pytest.mark.slow
def test_unticking_a_service_removes_its_answers(pp: User) -> None:
    draft = filled_in(pp, "A: practitioner, community", SEVERAL_SERVICES)
    kept, dropped = draft.services.all()
    saved = say(draft, pp, "services", answers.Services((kept.category_id,)))

    assert [one.pk for one in draft.services.all()] == [kept.pk]
    assert draft.services.get().outcomes.exists(), "the answers of the service that stays are untouched"
    assert len(saved.deleted) == 2
    say(draft, pp, "services", answers.Services(tuple(sorted((kept.category_id, dropped.category_id)))))
    again = draft.services.get(category=dropped.category_id)
    assert (again.complexity_level, again.outcomes.count()) == (None, 0)


def test_a_release_date_that_has_passed_opens_its_question_again(pp: User) -> None:
    draft = filled_in(pp, "B: practitioner, custody")
    say(draft, pp, "expected-release-date", answers.ExpectedRelease(a_day(-1), ""))

    progress = progress_of(draft, pp)
    placed = progress.find("expected-release-date")
    assert placed is not None
    assert not progress.is_answered(placed)
    assert "has passed" in placed.page.outdated(progress.answers(placed), progress.situation_at(placed))
