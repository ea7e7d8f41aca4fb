"""What is asked after an appointment, and what an answer still needs: as tables (V20 to V23, Q20)."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from monitoring.rules.feedback import (
    NAMES,
    OPTIONAL,
    QUESTIONS,
    Branch,
    FeedbackAnswers,
    branch_of,
    lost_texts,
    missing,
    settled,
)

HELD = FeedbackAnswers(
    happened=True,
    attended=True,
    was_late=False,
    what_was_done="Viewed a flat.",
    how_they_responded="Well.",
    notify_of_behaviour=False,
    notify_of_concerns=False,
)
NOT_HELD = FeedbackAnswers(
    happened=False,
    attended=True,
    no_session_reason="LOGISTICS",
    no_session_details="Fire alarm.",
    notify_of_concerns=False,
)
MISSED = FeedbackAnswers(
    happened=False, attended=False, no_attendance_information="No answer.", notify_of_concerns=False
)


@pytest.mark.parametrize(
    ("happened", "attended", "branch"),
    [
        (None, None, None),
        (False, None, None),
        (None, True, None),
        (True, None, Branch.HELD),
        (True, True, Branch.HELD),
        (False, True, Branch.NOT_HELD),
        (False, False, Branch.MISSED),
    ],
)
def test_branches(happened: bool | None, attended: bool | None, branch: Branch | None) -> None:
    assert branch_of(FeedbackAnswers(happened=happened, attended=attended)) is branch


@pytest.mark.parametrize(
    ("answers", "needed"),
    [
        pytest.param(FeedbackAnswers(), ["happened"], id="nothing"),
        pytest.param(FeedbackAnswers(happened=False), ["attended"], id="not held, and did they come?"),
        pytest.param(
            FeedbackAnswers(happened=True, attended=True),
            ["was_late", "what_was_done", "how_they_responded", "notify_of_behaviour", "notify_of_concerns"],
            id="held",
        ),
        pytest.param(
            FeedbackAnswers(happened=False, attended=True),
            ["no_session_reason", "no_session_details", "notify_of_concerns"],
            id="not held",
        ),
        pytest.param(
            FeedbackAnswers(happened=False, attended=False),
            ["no_attendance_information", "notify_of_concerns"],
            id="missed",
        ),
        pytest.param(HELD, [], id="held, complete without next plans"),
        pytest.param(NOT_HELD, [], id="not held, complete"),
        pytest.param(MISSED, [], id="missed, complete"),
        pytest.param(replace(HELD, was_late=True), ["late_reason"], id="late, and why?"),
        pytest.param(replace(HELD, notify_of_behaviour=True), ["behaviour"], id="behaviour"),
        pytest.param(replace(HELD, notify_of_concerns=True), ["concerns"], id="concerns when held"),
        pytest.param(replace(NOT_HELD, notify_of_concerns=True), ["concerns"], id="concerns when not held"),
        pytest.param(replace(MISSED, notify_of_concerns=True), ["concerns"], id="concerns when missed"),
        pytest.param(replace(HELD, what_was_done=" \n"), ["what_was_done"], id="blank is no answer"),
    ],
)
def test_what_is_still_needed(answers: FeedbackAnswers, needed: list[str]) -> None:
    assert missing(answers) == needed


EVERYTHING = FeedbackAnswers(
    happened=True,
    attended=True,
    was_late=True,
    late_reason="Bus.",
    what_was_done="Viewed a flat.",
    how_they_responded="Well.",
    no_session_reason="LOGISTICS",
    no_session_details="Fire alarm.",
    no_attendance_information="No answer.",
    notify_of_behaviour=True,
    behaviour="Shouted.",
    notify_of_concerns=True,
    concerns="A bruise.",
    next_plans="Budget.",
)


@pytest.mark.parametrize(
    ("happened", "attended", "kept"),
    [
        pytest.param(True, True, set(QUESTIONS[Branch.HELD]), id="held"),
        pytest.param(False, True, set(QUESTIONS[Branch.NOT_HELD]), id="not held"),
        pytest.param(False, False, set(QUESTIONS[Branch.MISSED]), id="missed"),
        pytest.param(False, None, set(), id="attendance not said"),
    ],
)
def test_a_changed_mind_leaves_nothing_that_does_not_apply(
    happened: bool, attended: bool | None, kept: set[str]
) -> None:
    """Every field, the two flags and behaviour included (Q20)."""
    left = settled(replace(EVERYTHING, happened=happened, attended=attended))
    blank = FeedbackAnswers()

    said = {name for name, value in asdict(left).items() if value != getattr(blank, name)}

    assert said - {"happened", "attended"} == kept


@pytest.mark.parametrize(
    ("flag", "text"),
    [("was_late", "late_reason"), ("notify_of_behaviour", "behaviour"), ("notify_of_concerns", "concerns")],
)
def test_a_text_goes_with_the_yes_that_asked_for_it(flag: str, text: str) -> None:
    assert getattr(settled(EVERYTHING), text)
    assert getattr(settled(replace(EVERYTHING, **{flag: False})), text) == ""


def test_whoever_takes_part_has_come() -> None:
    assert settled(replace(HELD, attended=None)).attended is True
    assert settled(replace(HELD, attended=False)).attended is True


def test_every_question_belongs_to_a_branch() -> None:
    asked = {name for questions in QUESTIONS.values() for name in questions}

    assert asked == set(NAMES) - {"happened", "attended"}
    assert asked >= OPTIONAL


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        pytest.param(HELD, HELD, [], id="the same"),
        pytest.param(HELD, replace(HELD, what_was_done=""), [], id="emptied where it is asked"),
        pytest.param(HELD, MISSED, ["what_was_done", "how_they_responded"], id="they did not come after all"),
        pytest.param(NOT_HELD, HELD, ["no_session_details"], id="it happened after all"),
        pytest.param(
            replace(HELD, was_late=True, late_reason="A bus."),
            replace(HELD, was_late=False),
            ["late_reason"],
            id="not late after all",
        ),
        pytest.param(
            replace(NOT_HELD, notify_of_concerns=True, concerns="Unwell."),
            replace(MISSED, notify_of_concerns=True, concerns="Unwell."),
            ["no_session_details"],
            id="what both ask stays",
        ),
    ],
)
def test_what_another_answer_takes_with_it(
    before: FeedbackAnswers, after: FeedbackAnswers, lost: list[str]
) -> None:
    assert lost_texts(before, after) == lost
