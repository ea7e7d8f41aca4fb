"""What it costs to decide about everything in the risk information of X980010, counted as at any running service."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from measurements.count_presses import Way, count
from tests.browser import prepared
from tests.browser.visitor import Visitor

Visitors = Callable[..., Visitor]


@pytest.mark.parametrize(("do", "most"), [("not-sensitive", 20), ("take-out", 20)])
def test_two_pages_and_few_presses(
    visitor: Visitors, as_persona: Callable[[str], Client], do: str, most: int
) -> None:
    practitioner = prepared.draft(as_persona, "X980010")
    me = visitor().signs_in("pp")

    counted = count(me.page, f"{me.home}{practitioner.address('risk_information')}", do=do)

    assert (counted.way, counted.left) == (Way.WORKBENCH, 0)
    assert len(counted.pages) == counted.loads == 2
    assert 5 < counted.decided < counted.presses <= most
    assert practitioner.draft.risk.declarations.filter(voided_at=None).count() == 1
