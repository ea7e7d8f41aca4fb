"""The stages of a case as a picture: which move leads from where to where. Kept in the README by ``draw_stages``.

Only the moves that change the stage are drawn. That each is allowed where it starts is tested against
``monitoring.rules.moves``.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitoring.models import Stage
from monitoring.rules.moves import Move
from monitoring.rules.stages import BY_STAGE, ENDED

_PLANNED = (Stage.CHANGE_PLAN, Stage.ARRANGE_SESSION, Stage.HOLD_SESSION, Stage.REPORT)
#: From, move, to, and what the move says in the picture.
MOVES: tuple[tuple[Stage, Move, Stage, str], ...] = (
    (Stage.ASSIGN, Move.ASSIGN, Stage.ARRANGE_ASSESSMENT, "a caseworker is assigned"),
    (Stage.ARRANGE_ASSESSMENT, Move.ARRANGE_ASSESSMENT, Stage.HOLD_ASSESSMENT, "the assessment is arranged"),
    (Stage.HOLD_ASSESSMENT, Move.GIVE_ASSESSMENT_FEEDBACK, Stage.ARRANGE_ASSESSMENT, "it was not held"),
    (Stage.HOLD_ASSESSMENT, Move.GIVE_ASSESSMENT_FEEDBACK, Stage.PLAN, "it was held"),
    (Stage.ARRANGE_ASSESSMENT, Move.ARRANGE_ASSESSMENT, Stage.PLAN, "one that was held is recorded"),
    (Stage.PLAN, Move.SUBMIT_PLAN, Stage.ARRANGE_SESSION, "the plan is submitted"),
    (Stage.ARRANGE_SESSION, Move.ARRANGE_SESSION, Stage.HOLD_SESSION, "a session is arranged"),
    (Stage.HOLD_SESSION, Move.GIVE_SESSION_FEEDBACK, Stage.ARRANGE_SESSION, "it is recorded, more are to come"),
    (Stage.HOLD_SESSION, Move.GIVE_SESSION_FEEDBACK, Stage.REPORT, "all are recorded, someone came"),
    (Stage.ARRANGE_SESSION, Move.ARRANGE_SESSION, Stage.REPORT, "the last one is recorded afterwards"),
    (Stage.REPORT, Move.ARRANGE_SESSION, Stage.HOLD_SESSION, "a missed one is rearranged"),
    (Stage.REPORT, Move.SUBMIT_PLAN, Stage.ARRANGE_SESSION, "a version with more sessions"),
    (Stage.ARRANGE_SESSION, Move.ASK_FOR_PLAN_CHANGE, Stage.CHANGE_PLAN, "a change is requested"),
    (Stage.HOLD_SESSION, Move.ASK_FOR_PLAN_CHANGE, Stage.CHANGE_PLAN, "a change is requested"),
    (Stage.REPORT, Move.ASK_FOR_PLAN_CHANGE, Stage.CHANGE_PLAN, "a change is requested"),
    (Stage.CHANGE_PLAN, Move.SUBMIT_PLAN, Stage.ARRANGE_SESSION, "a new version, nothing arranged"),
    (Stage.CHANGE_PLAN, Move.SUBMIT_PLAN, Stage.HOLD_SESSION, "a new version, a session arranged"),
    (Stage.CHANGE_PLAN, Move.SUBMIT_PLAN, Stage.REPORT, "a new version, all recorded"),
    (Stage.REPORT, Move.WRITE_REPORT, Stage.COMPLETED, "the report is submitted, all recorded"),
    (Stage.REPORT, Move.WRITE_REPORT, Stage.ENDED_EARLY, "the report is submitted, not all recorded"),
    *(
        (stage, Move.REQUEST_END, Stage.CANCELLED, "an end is requested, nobody came")
        for stage in BY_STAGE
        if stage not in (*ENDED, Stage.REPORT)
    ),
    *(
        (stage, Move.REQUEST_END, Stage.REPORT, "an end is requested, someone came")
        for stage in _PLANNED
        if stage is not Stage.REPORT
    ),
)
BEGINS = "<!-- stages: written by manage.py draw_stages -->"
ENDS = "<!-- stages end -->"


def mermaid() -> str:
    """The picture as a Mermaid state diagram."""
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in _lines())])


def with_picture(readme: str) -> str:
    """A README with the block between its two marks replaced. Raises ValueError when the marks are not there."""
    before, begins, rest = readme.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError(f"The file has no block between {BEGINS} and {ENDS}")
    return f"{before}{BEGINS}\n```mermaid\n{mermaid()}\n```\n{ENDS}{after}"


def _lines() -> Iterator[str]:
    yield "[*] --> ASSIGN: received"
    for stage in Stage:
        yield f"{stage.value}: {stage.label}"
    for start, _, end, words in MOVES:
        yield f"{start.value} --> {end.value}: {words}"
    for stage in ENDED:
        yield f"{stage.value} --> [*]"
