"""The search that the forms after sending ask, on both sides, before what is typed in them goes to the other side.

Runs within a supplier's request too, so it reads no table of the practitioner's side: see ``known_places.BOTH_KNOW``.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitoring.rules.second_look import CaseWords, PointedOut
from referrals.sensitive_details import known_places
from referrals.sensitive_details.undecided import SEXES, same_words
from risk.sensitive_details.categories import Category
from risk.sensitive_details.known_words import KnownWords
from risk.sensitive_details.remembered import remembered_details

#: A supplier writes to the practitioner, who knows the person's health and more. What they may not know is that others
#: are named: people who are not asked, and who could be found by it.
FOR_SUPPLIERS = {
    Category.OTHER_PERSON: "This may name someone other than the person. Saying how they are related is often enough.",
    Category.VICTIM_OR_CHILD: "This could identify a victim, a witness or a child.",
    Category.ADDRESS: "This could show where someone lives or can be found. It could put them at risk.",
    Category.POSTCODE: "A postcode covers a few homes. With a name it identifies one of them.",
    Category.PHONE: "A number can be used to reach or trace someone.",
    Category.EMAIL: "An address can be used to reach or trace someone.",
    Category.DATE_OF_BIRTH: "With a name or an area, a date of birth identifies someone.",
    Category.VEHICLE: "A registration number can be used to find the keeper of the vehicle.",
    Category.IDENTIFIER: "This number leads to a record about someone.",
}


def search(case: CaseWords, texts: Sequence[str]) -> list[list[PointedOut]]:
    """See ``monitoring.rules.second_look``."""
    known = KnownWords.of(
        people=case.people,
        places=(*known_places.BOTH_KNOW.names(), *case.places),
        numbers=case.numbers,
        sex=SEXES.get(case.sex.lower(), ""),
    )
    return [_in(text, known, is_supplier=case.is_supplier) for text in texts]


def _in(text: str, known: KnownWords, *, is_supplier: bool) -> list[PointedOut]:
    found: dict[str, PointedOut] = {}
    for one in remembered_details(text, known):
        if is_supplier and one.category not in FOR_SUPPLIERS:
            continue
        why = FOR_SUPPLIERS[one.category] if is_supplier else one.why
        same = same_words(one.category, one.words)
        found.setdefault(same, PointedOut(one.words, one.category.label, why, same))
    return [*found.values()]
