"""The rules, read from the files in ``rules/`` and made ready to use."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from risk.sensitive_details import word_lists
from risk.sensitive_details.categories import Category
from risk.sensitive_details.phrase_lists import Beginnings, PhraseList, beginnings_of_words, phrase_list

RULES = Path(__file__).parent / "rules"
PARTS = RULES / "parts.toml"
LOOKED_AT = 70  # characters on each side of what a rule is never without
ESCAPED = re.compile(r"\\.|\?P<")
PART = re.compile(r"(?<!\?P)<([a-z_]+)>")
KEYS = {
    "id",
    "category",
    "why",
    "finds",
    "does_not_find",
    "words",
    "words_from",
    "widen",
    "near",
    "near_words",
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
    as_written: tuple[re.Pattern[str], ...]
    in_small_letters: tuple[re.Pattern[str], ...]
    phrases_as_written: PhraseList
    phrases_in_small_letters: PhraseList
    near: re.Pattern[str] | None
    near_words: PhraseList
    widen: bool
    not_within: re.Pattern[str] | None

    def spans(self, text: str, beginnings: Beginnings | None = None) -> Iterator[tuple[int, int]]:
        """Where its words or its pattern stand in a legible text. Rules with a finder have none of their own.

        ``beginnings`` are those of the words of the text, when the caller has them.
        """
        found = list(self._matches(text, beginnings_of_words(text) if beginnings is None else beginnings))
        if not found:
            return
        excepted = list(self._excepted(text, found)) if self.not_within else []
        for start, end in found:
            if not any(start < last and first < end for first, last in excepted):
                yield start, end

    def _excepted(self, text: str, found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        assert self.not_within
        for first, last in _merged(found, text):
            for match in self.not_within.finditer(text, first, last):
                yield match.span()

    def _windows(self, small: str, beginnings: Beginnings) -> list[tuple[int, int]]:
        """The places of a text that the rule looks at: around what it never finds anything without."""
        if not self.near and not self.near_words.by_beginning:
            return [(0, len(small))]
        found = [match.span() for match in self.near.finditer(small)] if self.near else []
        return list(_merged([*found, *self.near_words.spans(small, beginnings)], small))

    def _matches(self, text: str, beginnings: Beginnings) -> Iterator[tuple[int, int]]:
        small = text.lower()
        if len(small) != len(text):
            small = text
        yield from self.phrases_as_written.spans(text, beginnings)
        yield from self.phrases_in_small_letters.spans(small, beginnings)
        windows = self._windows(small, beginnings)
        for read, expressions in ((text, self.as_written), (small, self.in_small_letters)):
            for expression in expressions:
                group: int | str = "found" if "found" in expression.groupindex else 0
                for first, last in windows:
                    for match in expression.finditer(read, first, last):
                        yield match.span(group) if match.group(group) is not None else match.span()


def _merged(spans: Iterable[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """Spans with some text on each side, in order, as one where they meet."""
    first = last = 0
    for start, end in sorted(spans):
        start, end = max(0, start - LOOKED_AT), min(len(text), end + LOOKED_AT)
        if start > last:
            if last:
                yield first, last
            first = start
        last = max(last, end)
    if last:
        yield first, last


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the files by name and of each file."""
    parts = tomllib.loads(PARTS.read_text(encoding="utf-8"))["parts"]
    files = [file for file in sorted(RULES.glob("*.toml")) if file != PARTS]
    return tuple(
        _rule(one, parts) for file in files for one in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    )


@cache
def version() -> str:
    """Another one whenever a rule or a list of words is another."""
    digest = hashlib.sha256()
    for file in sorted((*RULES.iterdir(), *word_lists.WORDS.iterdir())):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _rule(declared: dict[str, Any], parts: dict[str, str]) -> Rule:
    name = declared.get("id", "?")
    unknown = declared.keys() - KEYS
    if unknown:
        raise RuleIsWrong(f"Rule {name!r} has {sorted(unknown)}, which no rule has.")
    words, pattern, finder, not_within = (
        declared.get(key) for key in ("words", "pattern", "finder", "not_within")
    )
    words = [
        *(words or ()),
        *(one for name in declared.get("words_from", ()) for one in word_lists.phrases(name)),
    ]
    if not (words or pattern or finder):
        raise RuleIsWrong(f"Rule {name!r} is made of nothing: give it words, a pattern or a finder.")
    try:
        whole = _with_parts(pattern, parts) if pattern else ""
        fits_small = _fits_small_letters(whole, declared)
        flags = re.VERBOSE | (re.IGNORECASE if declared.get("any_case") else re.NOFLAG)
        looked_for = [] if finder else words
        return Rule(
            id=declared["id"],
            category=Category(declared["category"]),
            why=declared["why"],
            finds=tuple(declared["finds"]),
            does_not_find=tuple(declared["does_not_find"]),
            words=tuple(words),
            finder=finder or "",
            as_written=() if not whole or fits_small else (re.compile(whole, flags),),
            in_small_letters=(re.compile(whole, re.VERBOSE),) if whole and fits_small else (),
            phrases_as_written=phrase_list(word for word in looked_for if word != word.lower()),
            phrases_in_small_letters=phrase_list(word for word in looked_for if word == word.lower()),
            near=re.compile(_with_parts(declared["near"], parts), re.VERBOSE) if "near" in declared else None,
            near_words=phrase_list(declared.get("near_words", ())),
            widen=declared.get("widen", False),
            not_within=re.compile(_with_parts(not_within, parts), re.VERBOSE) if not_within else None,
        )
    except (KeyError, ValueError, re.error) as wrong:
        raise RuleIsWrong(f"Rule {name!r} cannot be read: {wrong!r}.") from wrong


def _fits_small_letters(pattern: str, declared: dict[str, Any]) -> bool:
    """Whether a pattern for any case can read the text in small letters, which takes half the time."""
    has_capitals = any(letter.isupper() for letter in ESCAPED.sub("", pattern))
    return bool(declared.get("any_case")) and not has_capitals and "(?-i" not in pattern


def _with_parts(pattern: str, parts: dict[str, str]) -> str:
    put: Callable[[re.Match[str]], str] = lambda match: _with_parts(parts[match.group(1)], parts)  # noqa: E731
    return PART.sub(put, pattern)
