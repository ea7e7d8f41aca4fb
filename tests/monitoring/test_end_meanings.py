"""What an end means, and what it does: in words, before it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from monitoring.models import Timer
from monitoring.presenters.ending import consequences
from monitoring.rules.case_facts import CaseFacts
from monitoring.rules.end_reasons import GROUPS, REASONS, EndMeaning, meaning_of, reasons_for

MONDAY = date(2026, 6, 1)
LEVELS = {Timer.END_OF_SERVICE_REPORT: 5}
NOT_YET = CaseFacts(received_on=MONDAY, service_levels=LEVELS, planned_sessions=3)
BEGUN = replace(NOT_YET, sessions_attended=1, sessions_recorded=1)


@pytest.mark.parametrize(
    ("attended", "reason", "meaning"),
    [
        pytest.param(0, "MOV", EndMeaning.WITHDRAWN_BEFORE, id="nobody came"),
        pytest.param(1, "MOV", EndMeaning.WITHDRAWN_AFTER, id="somebody came"),
        pytest.param(3, "ANO", EndMeaning.WITHDRAWN_AFTER, id="somebody came often"),
        pytest.param(1, "EAR", EndMeaning.CLOSED_EARLY, id="the work is done"),
    ],
)
def test_what_an_end_means(attended: int, reason: str, meaning: EndMeaning) -> None:
    assert meaning_of(reason, sessions_attended=attended) == meaning


def test_the_13_reasons_stand_in_groups_each_once_and_the_work_is_done_only_after_a_session() -> None:
    assert sorted(code for _, codes in GROUPS for code in codes) == sorted(REASONS)
    assert len(REASONS) == 13
    assert {*REASONS} - {*reasons_for(sessions_attended=0)} == {"EAR"}
    assert {*reasons_for(sessions_attended=1)} == {*REASONS}


@pytest.mark.parametrize(
    ("facts", "reason", "unrecorded", "says"),
    [
        pytest.param(NOT_YET, "MOV", 0, ["before its first session", "ends immediately", "does not need to write"]),
        pytest.param(NOT_YET, "MOV", 2, ["give feedback on 2 appointments that already took place"]),
        pytest.param(BEGUN, "MOV", 0, ["after its first session", "report by 8 June 2026", "any more sessions."]),
        pytest.param(BEGUN, "EAR", 1, ["closing this referral early", "feedback on 1 appointment that already"]),
        pytest.param(replace(BEGUN, pauses=((MONDAY, date(2026, 6, 2)),)), "MOV", 0, ["report by 9 June 2026"]),
    ],
    ids=["nobody came", "begun, not recorded", "somebody came", "the work is done", "time limits paused"],
)  # fmt: skip
def test_what_it_does_is_said_beforehand(
    facts: CaseFacts, reason: str, unrecorded: int, says: list[str]
) -> None:
    does = consequences(facts, reason, today=MONDAY, to_cancel=[], unrecorded=unrecorded)

    said = " ".join([does.meaning, *does.follows])
    assert [sentence for sentence in says if sentence not in said] == [], said
    assert "only add case notes" in said
    assert "You cannot undo this." in said
