"""Rules that do not hold what they say are refused at start-up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from risk.checks import check_rules_for_sensitive_details
from risk.sensitive_details import rules
from risk.sensitive_details.categories import LABELS, Category
from risk.sensitive_details.examples import problems_of
from risk.sensitive_details.rules import Rule, RuleIsWrong, all_rules


def _rule(rule_id: str) -> Rule:
    return next(rule for rule in all_rules() if rule.id == rule_id)


def test_the_rules_hold() -> None:
    assert check_rules_for_sensitive_details(None) == []


def test_every_category_has_a_name_for_pages() -> None:
    assert set(LABELS) == set(Category)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"finds": ("nobody",)}, "does not find its example 'nobody'", id="example not found"),
        pytest.param({"does_not_find": ("LS1 4AP",)}, "finds 'LS1 4AP', and should not", id="found wrongly"),
        pytest.param({"finder": "magic"}, "names the finder 'magic'", id="unknown finder"),
        pytest.param({"why": ""}, "needs a why", id="no reason"),
        pytest.param({"id": "telephone"}, "2 rules are called 'telephone'", id="same id"),
        pytest.param({"category": Category.PHONE}, "No rule finds postcode", id="category without a rule"),
    ],
)
def test_a_rule_that_does_not_hold_is_named(changed: dict[str, object], said: str) -> None:
    wrong = replace(_rule("postcode"), **changed)  # type: ignore[arg-type]
    others = [rule for rule in all_rules() if rule.id != "postcode"]
    assert any(said in problem for problem in problems_of([*others, wrong]))


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        pytest.param({}, "is made of nothing", id="made of nothing"),
        pytest.param({"pattern": "(", "colour": 1}, "has ['colour']", id="a key that no rule has"),
        pytest.param({"pattern": "("}, "cannot be read", id="a pattern that cannot be read"),
        pytest.param({"pattern": "<nowhere>"}, "cannot be read", id="a part that is not there"),
        pytest.param({"words": ["a"], "category": "weather"}, "cannot be read", id="no such category"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(declared: dict[str, object], said: str) -> None:
    whole = {"id": "one", "category": "email", "why": "w", "finds": ["a"], "does_not_find": ["b"], **declared}
    with pytest.raises(RuleIsWrong) as refused:
        rules._rule(whole, {})
    assert said in str(refused.value)
