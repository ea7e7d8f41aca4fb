"""The panel of risk of serious harm levels: for the practitioner only, and never understated."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from accounts.models import User
from integrations.oasys.types import (
    Level,
    NoRecord,
    NotCompleted,
    NotPermitted,
    Risk,
    Trouble,
    Unreachable,
)
from risk.models import OasysOutcome, RiskInformation, RiskSnapshot
from risk.presenters import rosh_panel
from risk.presenters.oasys_words import MENDED, PARTIAL, WORDS
from tests.factories.risk import Oasys, assessed, pulled

LOW, MEDIUM, HIGH, VERY_HIGH, UNKNOWN = (
    Level.LOW,
    Level.MEDIUM,
    Level.HIGH,
    Level.VERY_HIGH,
    Level.UNKNOWN,
)


def _panel(
    community: Mapping[str, Level], custody: Mapping[str, Level], *, is_partial: bool = False
) -> rosh_panel.RoshPanel:
    risk = RiskInformation()
    risk.snapshot = RiskSnapshot(  # type: ignore[misc]
        outcome=OasysOutcome.ASSESSED,
        levels_in_community={group: level.value for group, level in community.items()},
        levels_in_custody={group: level.value for group, level in custody.items()},
        is_partial=is_partial,
    )
    return rosh_panel.present(risk)


@pytest.mark.parametrize(
    ("community", "custody", "level", "explanation"),
    [
        pytest.param({"Public": LOW}, {}, "Low", "", id="one level"),
        pytest.param({"Public": LOW, "Staff": HIGH, "Children": MEDIUM}, {}, "High", "", id="the highest"),
        pytest.param({"Public": VERY_HIGH, "Staff": LOW}, {}, "Very high", "", id="very high"),
        pytest.param({"Public": LOW}, {"Staff": VERY_HIGH}, "Low", "", id="the community decides"),
        pytest.param({}, {"Staff": VERY_HIGH}, "", "custody only", id="custody only"),
        pytest.param({}, {}, "", "has no risk of serious harm levels", id="no levels"),
        pytest.param({"Public": UNKNOWN}, {}, "", "levels that we do not know", id="an unknown level"),
        pytest.param(
            {"Public": UNKNOWN, "Staff": LOW, "Children": HIGH},
            {},
            "",
            "levels that we do not know",
            id="an unknown level may be more than the known ones",
        ),
        pytest.param(
            {"Public": UNKNOWN, "Staff": VERY_HIGH}, {}, "Very high", "", id="nothing is more than very high"
        ),
    ],
)
def test_the_level_and_why_there_is_none(
    community: dict[str, Level], custody: dict[str, Level], level: str, explanation: str
) -> None:
    panel = _panel(community, custody)

    assert panel.level == level
    assert (explanation in panel.explanation) if explanation else panel.explanation == ""


def test_an_incomplete_answer_without_levels_says_so() -> None:
    assert "incomplete answer" in _panel({}, {}, is_partial=True).explanation


@pytest.mark.parametrize(
    ("community", "custody", "rows", "shows_custody"),
    [
        pytest.param(
            {"Staff": LOW, "Known adult": MEDIUM, "Public": HIGH, "Children": VERY_HIGH},
            {},
            [
                ("Children", "Very high", "Not given"),
                ("Public", "High", "Not given"),
                ("Known adult", "Medium", "Not given"),
                ("Staff", "Low", "Not given"),
            ],
            False,
            id="in their order",
        ),
        pytest.param(
            {"Public": LOW},
            {"Prisoners": VERY_HIGH, "Staff": HIGH},
            [
                ("Public", "Low", "Not given"),
                ("Staff", "Not given", "High"),
                ("Prisoners", "Not given", "Very high"),
            ],
            True,
            id="custody in a second column",
        ),
        pytest.param(
            {"Wardens": LOW, "Animals": UNKNOWN, "Staff": LOW},
            {},
            [
                ("Staff", "Low", "Not given"),
                ("Animals", "Not known", "Not given"),
                ("Wardens", "Low", "Not given"),
            ],
            False,
            id="other groups follow, unknown levels in words",
        ),
        pytest.param({}, {}, [], False, id="none"),
    ],
)
def test_the_rows(
    community: dict[str, Level],
    custody: dict[str, Level],
    rows: list[tuple[str, str, str]],
    shows_custody: bool,
) -> None:
    panel = _panel(community, custody)

    assert panel.rows == rows
    assert panel.shows_custody is shows_custody


def test_every_outcome_has_sentences_of_its_own() -> None:
    """The live service shows several of these alike, and practitioners took them for "no risk" (weakness j)."""
    assert set(WORDS) == set(OasysOutcome)
    panels = [words.panel for words in WORDS.values()]
    notices = [words.notice for words in WORDS.values() if words.notice]

    assert all(panels)
    assert len(notices) == len(OasysOutcome) - 1  # an assessment needs no notice
    said = [
        *panels,
        *notices,
        PARTIAL,
        MENDED,
        _panel({}, {"Staff": LOW}).explanation,
        _panel({"Staff": UNKNOWN}, {}).explanation,
        _panel({}, {}, is_partial=True).explanation,
    ]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(NotCompleted(), OasysOutcome.NOT_COMPLETED, id="none in 55 weeks"),
        pytest.param(NoRecord(), OasysOutcome.NO_RECORD, id="no record"),
        pytest.param(NotPermitted(), OasysOutcome.NOT_PERMITTED, id="not permitted"),
        pytest.param(Unreachable(Trouble.UNREACHABLE), OasysOutcome.UNREACHABLE, id="not reachable"),
        pytest.param(Unreachable(Trouble.SLOW), OasysOutcome.TOO_SLOW, id="too slow"),
        pytest.param(Unreachable(Trouble.MALFORMED), OasysOutcome.UNREADABLE, id="not readable"),
        pytest.param(assessed(community={}), OasysOutcome.ASSESSED, id="assessed, no levels"),
    ],
)
def test_the_panel_says_what_oasys_answered(
    author: User, oasys: Oasys, answer: Risk, outcome: OasysOutcome
) -> None:
    oasys.answer = answer

    panel = rosh_panel.present(pulled(author))

    assert (panel.level, panel.rows) == ("", [])
    assert panel.explanation == WORDS[outcome].panel


@pytest.mark.parametrize(
    ("answer", "last_updated"),
    [
        pytest.param(assessed(), "2 March 2026", id="assessed"),
        pytest.param(assessed(assessed_at=None), "assessment date not found", id="without a date"),
        pytest.param(NoRecord(), "no OASys record", id="no record"),
    ],
)
def test_when_it_was_last_updated(author: User, oasys: Oasys, answer: Risk, last_updated: str) -> None:
    oasys.answer = answer

    assert rosh_panel.present(pulled(author)).last_updated == last_updated
