"""Facts by which somebody who is not the person on probation can be told: work, school, home.

A text about a man says "she" of somebody else, and the other way round. Where sex says nothing, it counts whether the
words before speak of a victim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from risk.sensitive_details import word_lists
from risk.sensitive_details.phrase_lists import PhraseList, phrase_list
from risk.sensitive_details.reading import ReadText
from risk.sensitive_details.rules import Rule

Span = tuple[int, int]

#: "He" and "his" of whoever is not the person, and of the person, by the person's sex.
OF_SOMEBODY_ELSE = {"m": ("she", "her"), "f": ("he", "his")}
OF_THE_PERSON = {"m": ("he", "his"), "f": ("she", "her")}
FACT = r"""
    (?:is|was|'s|works?|worked|working|teaches|taught|studies|studying|attends|volunteers|trains|plays|sings|serves|swims
      |shops|drinks|runs|manages|keeps|lives|lived|goes|moved|has[ ]changed|has[ ]moved|has[ ]started|does|slept
      |sleeps|came|walks|rides|shares|owns|rents|feeds|cleans|cooks|coaches|sells|parks)\b
    [^.,;\n()]{0,14}?
    \b(?:at|in|on|to|for|as|with|near|opposite)[ ](?:the[ ]|a[ ]|an[ ]|her[ ]|his[ ])?(?!<nothing_told>)[^.,;\n()]{3,60}
"""
NOTHING_TOLD = "|".join(sorted(word_lists.around_names("tells_nothing")))
THEIR_PLACE = r"""
    (?:new[ ]|old[ ])?(?:work|workplace|place[ ]of[ ]work|job|school|college|nursery|salon|gym|church|shop
      |slimming[ ]club|garden|cafe|class|choir|club|street|bus|office|surgery|ward)\b
    (?:[ ]?\(|,[ ]|[ ](?:at|in|on|is|was|near|by|outside)[ ])[^.,;\n)]{3,50}
"""
VICTIM = re.compile(r"\b(?:victim|vic|complainant|v\d|witness|injured party|dioddefwr)\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?\n](?=\s|$)")
FARTHEST_BACK = 250  # characters
#: Before a kind of work, these say that it is wished for, was the person's, or is only met.
NOT_TOLD_BY_IT = re.compile(
    r"\b(?:as|be|become|becoming|like to|wants?|hop(?:es|ing)|train(?:ed|ing|s)|qualif\w+|jobs?|career|course|used to|"
    r"work(?:s|ed|ing)?|seen by|seeing|needs?)(?: (?:as|an?|the|to|be|by|his|her))*\s?$",
    re.IGNORECASE,
)
ARTICLE = re.compile(
    r"(?<![\w'])((?:(?:now |once )?an?|the|his|her|their)\s(?:[\w-]{2,14}\s){0,2})$|(?<=[(,:=])\s?()$",
    re.IGNORECASE,
)
WHERE = re.compile(r"(?:\s|,\s)(?:at|in|on|who|whose)\s[^.,;\n()]{3,60}", re.IGNORECASE)
SAID_OF = re.compile(r"(?:^|[\s\"'(])([^\W\d_]+)(?:'s| is| was| =|,)?(?: (?:now|also|still|aged \d+))?,?\s?$")


def facts_of_somebody_else(read: ReadText, rule: Rule) -> Iterator[Span]:
    """ "She works at the bakery in the Strand" in a text about a man."""
    sex = read.known.sex
    if sex not in OF_SOMEBODY_ELSE:
        return
    for match in _facts(*OF_SOMEBODY_ELSE[sex]).finditer(read.text):
        yield match.span()
    for match in _facts(*OF_THE_PERSON[sex]).finditer(read.text):
        if _speaks_of_a_victim(read.text, match.start()):
            yield match.span()


def told_by_work(read: ReadText, rule: Rule) -> Iterator[Span]:
    """Somebody told by what they do and where: "a receptionist at the vets on Kirkstall Road"."""
    own = OF_THE_PERSON.get(read.known.sex, ("he", "his"))[0]
    text = read.text
    small = text.lower()
    if len(small) != len(text):
        small = text
    for start, end in _work(rule.words).spans(small, read.beginnings or {}):
        where = WHERE.match(text, end)
        article = ARTICLE.search(text[:start], max(0, start - 40)) if where else None
        if not where or not article:
            continue
        before = text[max(0, article.start() - 40) : article.start()]
        said = SAID_OF.search(before)
        of_whom = said.group(1).lower() if said else ""
        is_of_the_person = of_whom in (own, "i", "am", "been") or of_whom in read.known.names
        if not is_of_the_person and not NOT_TOLD_BY_IT.search(before):
            yield max(article.start(1), article.start(2)), where.end()


def _speaks_of_a_victim(text: str, place: int) -> bool:
    """Whether the sentence before, or this one before the place, speaks of a victim."""
    first = max(0, place - FARTHEST_BACK)
    ends = [match.end() for match in SENTENCE_END.finditer(text, first, place)]
    return bool(VICTIM.search(text, ends[-2] if len(ends) > 1 else first, place))


@cache
def _facts(he: str, his: str) -> re.Pattern[str]:
    fact = FACT.replace("<nothing_told>", rf"(?:{NOTHING_TOLD}|\d)\b")
    return re.compile(rf"\b(?:{he}(?:[ ]|(?='s[ ])){fact}|{his}[ ]{THEIR_PLACE})", re.IGNORECASE | re.VERBOSE)


@cache
def _work(words: tuple[str, ...]) -> PhraseList:
    return phrase_list(word.lower() for word in words)
