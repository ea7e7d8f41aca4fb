"""What has a name and is no person: firms, buildings, places, animals, boats, shows, the famous."""

from __future__ import annotations

from collections.abc import Sequence

from risk.sensitive_details import word_lists
from risk.sensitive_details.reading import Shape, Word

BEFORE_FIRMS = word_lists.around_names("before_firms")
WORKING = word_lists.around_names("working")
ANIMALS = word_lists.around_names("animals")
FAME = word_lists.around_names("fame")
BEGIN_PLACES = word_lists.around_names("begin_places")
MEDICINES = frozenset(word_lists.phrases("medicines"))
THINGS_WITH_NAMES = ANIMALS | word_lists.around_names("things_with_names")
#: Words of organisations that say what somebody does when they are typed small: "Kez works at the bakery".
VERBS_TOO = frozenset(("works", "runs", "banks", "markets", "parks", "schools", "trusts", "services"))
WORDS_BEFORE_A_FIRM = 7
WORDS_BEFORE_AN_ANIMAL = 4
FAMILY = word_lists.around_names("family")


def is_organisation(words: Sequence[Word], i: int, last: int) -> bool:
    """True when the run belongs to the name of an organisation, a building or a saint's church."""
    organisations = word_lists.organisation_words()
    run = words[i : last + 1]
    has_first_name = words[i].low.split("-")[0] in word_lists.first_names() and words[i].is_a_name
    if i and words[i].follows and words[i - 1].low in ("st", "saint", "hmp", "hmyoi", "yoi", "hms"):
        return True
    for word in run[1:]:
        if word.low in organisations and not (has_first_name and word.low in word_lists.family_names()):
            return True
    if last + 1 < len(words) and words[last + 1].follows and not words[last].is_possessive:
        following = words[last + 1]
        is_verb = following.shape is Shape.SMALL and following.low in VERBS_TOO
        if following.low in organisations and following.low not in FAMILY and not is_verb:
            return following.shape is not Shape.SMALL or not has_first_name
    return False


def is_firm_animal_or_fame(words: Sequence[Word], i: int) -> bool:
    """True when the words before speak of an employer, a pet or a boat: "works for Dunelm", "two cats, Ronnie"."""
    word = words[i]
    near = words[max(i - WORDS_BEFORE_AN_ANIMAL, 0) : i]
    if not word.begins and any(one.low in ANIMALS or one.low in FAME for one in near):
        return True
    if word.low in MEDICINES:
        return True
    if (
        i
        and word.follows
        and words[i - 1].low in BEGIN_PLACES
        and words[i - 1].shape is Shape.CAPITALISED
        and not words[i - 1].is_a_name
    ):
        return True
    is_of_a_firm = i and words[i - 1].low in BEFORE_FIRMS and word.follows
    return bool(is_of_a_firm) and any(
        one.low in WORKING for one in words[max(i - WORDS_BEFORE_A_FIRM, 0) : i]
    )


def is_name_of_a_thing(words: Sequence[Word], i: int) -> bool:
    return any(one.low in THINGS_WITH_NAMES for one in words[max(i - WORDS_BEFORE_AN_ANIMAL - 1, 0) : i])


def belongs_to_a_firm(words: Sequence[Word], i: int) -> bool:
    """True when the word stands in a run joined by "&" that ends in what firms end in: "Jackson & Hale Builders"."""
    run = [words[i]]
    joined = False
    for j in range(i + 1, min(i + 5, len(words))):
        if words[j].gap not in (" ", " & ", ", ") or words[j].shape is Shape.SMALL:
            break
        joined = joined or words[j].gap == " & "
        run.append(words[j])
    ends = (
        "sons",
        "son",
        "co",
        "ltd",
        "limited",
        "builders",
        "partners",
        "brothers",
        "bros",
        "solicitors",
        "llp",
        "firm",
    )
    return joined and any(word.low in ends or word.low in word_lists.organisation_words() for word in run[1:])
