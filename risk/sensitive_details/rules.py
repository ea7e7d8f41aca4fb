"""The rules, read from ``rules.toml`` and made ready to use."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from risk.sensitive_details.categories import Category

RULES = Path(__file__).parent / "rules.toml"
PART = re.compile(r"(?<!\?P)<([a-z_]+)>")
KEYS = {
    "id",
    "category",
    "why",
    "finds",
    "does_not_find",
    "words",
    "pattern",
    "any_case",
    "finder",
    "not_within",
}


class RuleIsWrong(ValueError):
    """A rule cannot be read: it names what is not there, or is made of nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as data. ``words`` of a rule with a finder are the words that the finder goes by."""

    id: str
    category: Category
    why: str
    finds: tuple[str, ...]
    does_not_find: tuple[str, ...]
    words: tuple[str, ...]
    finder: str
    expressions: tuple[re.Pattern[str], ...]
    not_within: re.Pattern[str] | None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where its words or its pattern stand in a legible text. Rules with a finder have none of their own."""
        excepted = [match.span() for match in self.not_within.finditer(text)] if self.not_within else []
        for expression in self.expressions:
            group: int | str = "found" if "found" in expression.groupindex else 0
            for match in expression.finditer(text):
                start, end = match.span(group) if match.group(group) is not None else match.span()
                if not any(start < last and first < end for first, last in excepted):
                    yield start, end


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the file."""
    declared = tomllib.loads(RULES.read_text(encoding="utf-8"))
    return tuple(_rule(one, declared["parts"]) for one in declared["rule"])


@cache
def version() -> str:
    """Another one whenever a rule or a list of words is another."""
    digest = hashlib.sha256(RULES.read_bytes())
    for words in sorted((RULES.parent / "words").iterdir()):
        digest.update(words.read_bytes())
    return digest.hexdigest()


def _rule(declared: dict[str, Any], parts: dict[str, str]) -> Rule:
    name = declared.get("id", "?")
    unknown = declared.keys() - KEYS
    if unknown:
        raise RuleIsWrong(f"Rule {name!r} has {sorted(unknown)}, which no rule has.")
    words, pattern, finder, not_within = (
        declared.get(key) for key in ("words", "pattern", "finder", "not_within")
    )
    if not (words or pattern or finder):
        raise RuleIsWrong(f"Rule {name!r} is made of nothing: give it words, a pattern or a finder.")
    try:
        return Rule(
            id=declared["id"],
            category=Category(declared["category"]),
            why=declared["why"],
            finds=tuple(declared["finds"]),
            does_not_find=tuple(declared["does_not_find"]),
            words=tuple(words or ()),
            finder=finder or "",
            expressions=tuple(_expressions(words or (), pattern, declared, parts)),
            not_within=re.compile(not_within, re.VERBOSE) if not_within else None,
        )
    except (KeyError, ValueError, re.error) as wrong:
        raise RuleIsWrong(f"Rule {name!r} cannot be read: {wrong!r}.") from wrong


def _expressions(
    words: Iterable[str], pattern: str | None, declared: dict[str, Any], parts: dict[str, str]
) -> Iterator[re.Pattern[str]]:
    if pattern:
        flags = re.VERBOSE | (re.IGNORECASE if declared.get("any_case") else re.NOFLAG)
        yield re.compile(_with_parts(pattern, parts), flags)
    if words and not declared.get("finder"):
        as_written = [word for word in words if word != word.lower()]
        if as_written:
            yield _any_of(as_written, re.NOFLAG)
        yield _any_of([word for word in words if word == word.lower()], re.IGNORECASE)


def _with_parts(pattern: str, parts: dict[str, str]) -> str:
    put: Callable[[re.Match[str]], str] = lambda match: _with_parts(parts[match.group(1)], parts)  # noqa: E731
    return PART.sub(put, pattern)


def _any_of(words: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str]:
    """Whole words; a space between them may be a line break; ``*`` at the end stands for any ending.

    Sorted under their first letter, so that at most places of a text one letter is looked at, not every word.
    """
    by_first: dict[str, list[str]] = {}
    for word in sorted(set(words), key=len, reverse=True):
        by_first.setdefault(word[0], []).append(_one(word)[len(re.escape(word[0])) :])
    lettered = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items())
    return re.compile(rf"(?<![\w'])(?:{'|'.join(lettered)})(?!\w)", flags)


def _one(word: str) -> str:
    whole = r"\s{1,3}".join(map(re.escape, word.removesuffix("*").split(" ")))
    return whole + (r"\w{0,20}" if word.endswith("*") else "")
