"""Words that say a sensitive detail without naming: offered to choose from, one short list for each kind.

The search takes none of them for a detail, or what was said without naming would be asked about again.
"""

from __future__ import annotations

import re

from risk.sensitive_details.categories import Category

POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}", re.IGNORECASE)
TOWN = re.compile(r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
OF_A_PERSON = ("another person", "{their} ex-partner", "{their} child", "a family member", "a neighbour")
FIXED = {
    Category.OTHER_PERSON: OF_A_PERSON,
    Category.POSTCODE: ("the area",),
    Category.PHONE: ("a phone number",),
    Category.EMAIL: ("an email address",),
    Category.VEHICLE: ("a vehicle",),
    Category.IDENTIFIER: ("a reference number",),
    Category.INTELLIGENCE: ("information received",),
    Category.VICTIM_OR_CHILD: ("another person", "a family member"),
    Category.SAFEGUARDING: ("support from another agency",),
    Category.HEALTH: ("a health condition", "treatment"),
    Category.IMMIGRATION: ("a legal matter",),
}
POSSESSIVE = {"male": "his", "female": "her"}


ARTICLE = re.compile(r"(?:an?|the) ")
NEUTRAL = frozenset(
    form
    for phrases in FIXED.values()
    for phrase in phrases
    for their in (*POSSESSIVE.values(), "their")
    for form in (phrase.format(their=their), ARTICLE.sub("", phrase.format(their=their)))
)


def is_neutral(words: str) -> bool:
    """Whether these words name nobody and nothing: one of those that are offered, with or without "a" or "the"."""
    return " ".join(words.split()).casefold() in NEUTRAL


def neutral_words(category: Category, words: str, *, sex: str = "") -> tuple[str, ...]:
    """What may stand instead of ``words``, most likely first. ``sex``: the person's, as nDelius says it."""
    if category == Category.ADDRESS:
        town = _town(words)
        return (f"an address in {town}", "an address") if town else ("an address",)
    if category == Category.DATE_OF_BIRTH:
        year = YEAR.search(words)
        return (f"a date in {year[0]}", "a date") if year else ("a date",)
    their = POSSESSIVE.get(sex.strip().lower(), "their")
    return tuple(text.format(their=their) for text in FIXED[category])


def _town(address: str) -> str:
    """The last part of an address that is only a name: "12 Mill Lane, Otley" is in Otley."""
    *street, last = [part.strip() for part in POSTCODE.sub("", address).strip(" ,.").split(",")]
    return last if street and TOWN.fullmatch(last) else ""
