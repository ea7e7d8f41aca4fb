"""Whatever is answered in whatever order, changed, reverted and opened again: what always holds of a draft.

Three things: no answer stands to a question that does not apply; nothing incomplete is called ready; no risk section
changes but the one that was touched. Which columns each branch needs is written down here once more, independently of
the form. The same examples every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from demo import referrals as demo
from events.refusals import Refused
from referrals.actions.save_answers import answer_question
from referrals.journey import answers
from referrals.journey.store import DraftStore
from referrals.journey.structure import PlacedStep, Progress
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from risk.actions import change_section as changing
from risk.models import RiskInformation, SectionKey
from risk.redaction import ProposedSection, is_declared, proposed
from tests.factories.referrals import a_draft_with_risk

ONE_SERVICE, SEVERAL_SERVICES = "DEMO_0001", "DEMO_0004"
TODAY = timezone.localdate
BRANCH = ("allocation", "current-location", "release")
#: Filled in by the demo's plain answers; these are the other minds that somebody may have.
OTHERWISE: dict[str, list[Callable[[Progress, PlacedStep], Any]]] = {
    "allocation": [lambda *_: answers.Allocation(True), lambda *_: answers.Allocation(False)],
    "current-location": [lambda *_: answers.WhereNow("COMMUNITY"), lambda *_: answers.WhereNow("CUSTODY")],
    "release": [lambda *_: answers.Release(True), lambda *_: answers.Release(False)],
    "expected-release-date": [lambda *_: answers.ExpectedRelease(None, "Not told yet.")],
    "expected-probation-office": [lambda *_: answers.ExpectedOffice("Leeds", 7, "")],
    "reason-before-allocation": [lambda *_: answers.ReasonBeforeAllocation("")],
    "interpreter": [lambda *_: answers.Interpreter(True, "Welsh")],
    "responsibilities": [lambda *_: answers.Responsibilities(False, "")],
    "diversity": [lambda *_: answers.Diversity("")],
    "services": [lambda progress, _: answers.Services(_categories(progress)[:1]),
                 lambda progress, _: answers.Services(_categories(progress)[1:4])],
    "completion-date": [lambda *_: answers.CompletionDate(date(2020, 1, 1))],  # it has passed
}  # fmt: skip


def _categories(progress: Progress) -> tuple[int, ...]:
    return tuple(sorted(one.pk for one in progress.draft.contract.categories()))


@dataclass(frozen=True)
class Act:
    """One thing somebody does. ``place`` picks among what can be done, ``variant`` among the ways to do it."""

    what: str
    place: int
    variant: int


RARER = ("edit", "remove", "revert", "undo", "none", "declare")
ACTS = st.lists(
    st.builds(
        Act,
        what=st.sampled_from(["answer"] * 5 + ["change the branch", "answer the rest"] * 3 + [*RARER]),
        place=st.integers(0, 40),
        variant=st.integers(0, 3),
    ),
    min_size=1,
    max_size=30,
)  # fmt: skip


# --- Doing it ----------------------------------------------------------------------------------------


def progress_of(pk: Any, by: User) -> Progress:
    draft = Referral.objects.select_related("contract__contract_type", "risk").get(pk=pk)
    return MAKE_A_REFERRAL.on(draft, by, TODAY())


def do(act: Act, pk: Any, by: User) -> str:
    """Do one thing; returns the key of the risk section that was touched, or nothing."""
    progress = progress_of(pk, by)
    if act.what == "answer":
        steps = [one for one in progress.steps if one.step.slug != "risk-information"]
        answer(progress, steps[act.place % len(steps)], act.variant, by)
        return ""
    if act.what == "change the branch":
        steps = [one for one in progress.steps if one.step.slug in BRANCH]
        answer(progress, steps[act.place % len(steps)], 1 + act.variant, by)
        return ""
    if act.what == "answer the rest":
        demo.answer(progress.draft, by, only=_unanswered(progress))
        return ""
    key = SectionKey.values[act.place % 8]
    with suppress(Refused):
        touch_risk(act, key, progress.draft, by)
    return "" if act.what == "declare" else key


def _unanswered(progress: Progress) -> list[str]:
    return [
        one.step.slug
        for one in progress.steps
        if not progress.is_answered(one) and one.step.slug not in (*BRANCH, "risk-information")
    ]


def answer(progress: Progress, placed: PlacedStep, variant: int, by: User) -> None:
    others = OTHERWISE.get(placed.step.slug, [])
    if variant and others:
        value = others[(variant - 1) % len(others)](progress, placed)
    else:
        plain = demo.plain_answers(progress.draft, by)[placed.step.slug]
        value = plain(placed.service.category) if placed.service and callable(plain) else plain
    answer_question(
        journey=MAKE_A_REFERRAL, draft=progress.draft, placed=placed, answers=value, by=by, as_opened=""
    )


def touch_risk(act: Act, key: str, draft: Referral, by: User) -> None:
    risk = draft.risk
    if act.what == "edit":
        changing.edit_section(risk=risk, key=key, text=("", "Less.", "Other words.", " ")[act.variant], by=by)
    elif act.what == "remove":
        changing.remove_section(risk=risk, key=key, by=by)
    elif act.what == "revert":
        changing.revert_section(risk=risk, key=key, by=by)
    elif act.what == "undo":
        changing.undo_last_change(risk=risk, key=key, by=by)
    elif act.what == "none":
        changing.confirm_no_identified_risk(risk=risk, key=key, by=by)
    else:
        demo.declare(draft, by)


# --- What always holds -------------------------------------------------------------------------------


def residue(progress: Progress) -> Iterator[str]:
    """Answers that stand although their question does not apply."""
    asked = {placed.step.slug for placed in progress.steps}
    store = DraftStore(progress.draft)
    for step, per_service in MAKE_A_REFERRAL.declared_steps():
        if step.slug not in asked and not per_service:
            standing = store.read(step.page.answers)
            one_service_is_given = step.slug == "services"
            if step.page.is_answered(standing) and not one_service_is_given:
                yield step.slug


def missing(draft: Referral) -> set[str]:
    """What the branch still needs, said without the form."""
    needed: dict[str, bool] = {
        "allocation": draft.has_practitioner is not None,
        "personal details": draft.withheld_personal_fields is not None,
        "criminogenic needs": draft.criminogenic_needs is not None,
        "needs": None not in (draft.additional_needs, draft.accessibility_needs, draft.diversity),
        "interpreter": draft.needs_interpreter is False or bool(draft.interpreter_language),
        "responsibilities": draft.has_responsibilities is False or bool(draft.when_unavailable),
        "sentence": draft.sentence_id is not None,
        "days": draft.enforceable_days is not None,
        "date": draft.completion_date is not None and draft.completion_date >= TODAY(),
        "reasons": bool(draft.reason_for_referral and draft.further_information),
        "services": draft.services.exists(),
        "each service": all(
            one.complexity_level_id and one.outcomes.exists() for one in draft.services.all()
        ),
        "risk": is_declared(draft.risk),
    }
    if draft.has_practitioner:
        needed["location"] = draft.location in ("COMMUNITY", "CUSTODY")
        needed["practitioner"] = bool(draft.practitioner_name and draft.practitioner_pdu)
        needed["back-up"] = bool(draft.back_up_name and draft.back_up_email)
    else:
        needed["releasing"] = draft.is_releasing is not None
        needed["contact"] = bool(draft.contact_name and (draft.contact_establishment or draft.contact_office))
    in_custody = draft.has_practitioner is False or draft.location == "CUSTODY"
    if in_custody:
        needed["establishment"] = bool(draft.establishment)
    if in_custody and (draft.has_practitioner or draft.is_releasing):
        known = draft.release_date is not None and draft.release_date >= TODAY()
        needed["release date"] = known or bool(draft.release_date_unknown_reason)
    if draft.has_practitioner is False and draft.is_releasing:
        needed["office"] = bool(draft.expected_office or draft.expected_office_unknown_reason)
        needed["reason before"] = draft.reason_before_allocation is not None
    return {name for name, there in needed.items() if not there}


def shared_of(draft: Referral) -> dict[str, ProposedSection]:
    risk = RiskInformation.objects.get(pk=draft.risk_id)
    return {section.key: proposed(section) for section in risk.in_order()}


def holds(acts: list[Act], contract: str, by: User) -> None:
    draft = a_draft_with_risk(by, contract=contract)
    for act in acts:
        before = shared_of(draft)
        touched = do(act, draft.pk, by)
        progress = progress_of(draft.pk, by)

        assert list(residue(progress)) == [], act
        assert progress.is_ready == (missing(progress.draft) == set()), (act, missing(progress.draft))
        after = shared_of(draft)
        assert {key for key in before if before[key] != after[key]} <= {touched}, act


#: Each example has a draft of its own; people and catalogue are made once.
EXAMPLES = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("contract", [ONE_SERVICE, SEVERAL_SERVICES], ids=["one service", "several"])
@settings(EXAMPLES, max_examples=12)
@given(acts=ACTS)
@pytest.mark.slow
def test_what_always_holds(personas: dict[str, User], contract: str, acts: list[Act]) -> None:
    holds(acts, contract, personas["pp"])


@pytest.mark.thorough
@pytest.mark.parametrize("contract", [ONE_SERVICE, SEVERAL_SERVICES], ids=["one service", "several"])
@settings(EXAMPLES, max_examples=60)
@given(acts=ACTS)
def test_what_always_holds_of_many_more(personas: dict[str, User], contract: str, acts: list[Act]) -> None:
    holds(acts, contract, personas["pp"])


@pytest.mark.slow
def test_a_complete_draft_is_found_ready_on_every_branch(personas: dict[str, User]) -> None:
    """The property is not true of nothing: random answers rarely complete a draft, these do."""
    pp = personas["pp"]
    complete = [
        Act("answer the rest", 0, 0),
        *(Act("remove", place, 0) for place in range(8)),
        Act("declare", 0, 0),
    ]
    for first, second in ((1, 1), (1, 2), (2, 1), (2, 2)):
        draft = a_draft_with_risk(pp)
        answer(progress_of(draft.pk, pp), progress_of(draft.pk, pp).steps[0], first, pp)
        answer(progress_of(draft.pk, pp), progress_of(draft.pk, pp).steps[1], second, pp)
        for act in complete:
            do(act, draft.pk, pp)

        assert progress_of(draft.pk, pp).is_ready
        assert missing(progress_of(draft.pk, pp).draft) == set()
