"""Whether the rules hold what they say: each finds its examples, ids are unique, every category has a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from risk.sensitive_details.categories import Category
from risk.sensitive_details.finders import FINDERS, read
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.legible import legible
from risk.sensitive_details.rules import Rule
from risk.sensitive_details.scan import found_by

#: Nobody is known, but that the person is a man.
NOBODY = KnownWords.of(sex="m")


def problems_of(rules: Iterable[Rule]) -> Iterator[str]:
    """Everything wrong with these rules, each in a sentence."""
    rules = list(rules)
    for rule_id, count in Counter(rule.id for rule in rules).items():
        if count > 1:
            yield f"{count} rules are called {rule_id!r}."
    for category in Category:
        if not any(rule.category == category for rule in rules):
            yield f"No rule finds {category.label.lower()} ({category})."
    for rule in rules:
        yield from _problems_of(rule)


def _problems_of(rule: Rule) -> Iterator[str]:
    if rule.finder and rule.finder not in FINDERS:
        yield f"{rule.id!r} names the finder {rule.finder!r}, which is not there."
        return
    if not (rule.why and rule.finds and rule.does_not_find):
        yield f"{rule.id!r} needs a why, an example that it finds, and one that it does not find."
    for example in rule.finds:
        if not _finds(rule, example):
            yield f"{rule.id!r} does not find its example {example!r}."
    for example in rule.does_not_find:
        if _finds(rule, example):
            yield f"{rule.id!r} finds {example!r}, and should not."


def _finds(rule: Rule, example: str) -> bool:
    return any(found_by(rule, read(legible(example).text, NOBODY)))
