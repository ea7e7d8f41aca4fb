"""Names of people: after a title, a role or a relation, as a full name, or alone where the words around it say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from risk.sensitive_details import word_lists
from risk.sensitive_details.named_things import (
    FAMILY,
    THINGS_WITH_NAMES,
    WORDS_BEFORE_AN_ANIMAL,
    belongs_to_a_firm,
    is_firm_animal_or_fame,
    is_name_of_a_thing,
    is_organisation,
)
from risk.sensitive_details.reading import ReadText, Shape, Word
from risk.sensitive_details.rules import Rule

Span = tuple[int, int]

PARTICLES = word_lists.around_names("particles")
MOST_WORDS_OF_A_NAME = 5
LONGEST_INITIALS = 3  # in capitals these are initials, or no name
COURTESY = word_lists.around_names("courtesy")
LINKING = word_lists.around_names("linking")
CALENDAR = word_lists.around_names("calendar")
BEFORE_PLACES = word_lists.around_names("before_places")
BEFORE_PEOPLE = word_lists.around_names("before_people")
AFTER_PEOPLE = word_lists.around_names("after_people")
OWNED = word_lists.around_names("owned")
ALWAYS_BEFORE_NAMES = word_lists.around_names("always_before_names")
ABBREVIATION = re.compile(r"[^aeiouyâêîôûŵŷ]{4}|(?:mt|pt|nt|tr|wkr|mgr|nr|dr|lr|bn|bnd|gd|fr|rt|ss|cc)$")
LIKE_A_PLACE = re.compile(
    r"^(?:llan|aber|pont|pen-?y|tre[fb]|ynys|caer|rhyd|cwm|maes|porth|blaen)|(?:shire|ville|bury|borough|burgh|chester|cester"
    r"|mouth|pool|minster|thorpe|wick|stead|hurst|combe|land|stan|dale|bridge|haven|gate|field|worth|ness|ford|holme)$"
)
THINGS_AFTER = word_lists.around_names("things_after")
FOSTERING = frozenset(
    ("mum", "mother", "dad", "father", "carer", "carers", "care", "parents", "home", "family", "placement")
)
GENERAL_RELATIONS = word_lists.around_names("general_relations")
SPEAKS = word_lists.around_names("speaks")
TITLES_OF_THE_OTHER_SEX = {"m": ("mrs", "ms", "miss"), "f": ("mr",)}
LAWS_OF = word_lists.around_names("laws_of")
VOWEL = re.compile(r"[aeiouyâêîôûŵŷáéíóúàèìòùäëïöüå]")
LIKES = frozenset(
    ("loves", "hates", "supports", "likes", "watches", "watch", "watching", "wears", "wearing", "drives")
)
OWNERS = frozenset(("his", "her", "their", "the", "my", "a", "an", "whose"))
QUOTED = re.compile(
    r"""(?<!\w)(?P<quote>["'])(?P<name>(?:(?:the|Uncle|Auntie|Big|Little|Lil|Young|Old|Mad|Fat)[ ])?"""
    r"""[A-Z][a-z]{1,11}(?:[ ][A-Z][a-z]{0,9})?)(?P=quote)(?!\w)"""
)
WORD_BEFORE = re.compile(r"([\w/]+)[ ]\(?$")
LONGEST_WORD_BEFORE = 16  # characters
NUMBER_OF_AN_OFFICER = re.compile(r" \d{2,5} ")


def after_title(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A title, and the name after it, which may be written small after Mr, Mrs or Ms."""
    words, titles = read.words, frozenset(rule.words)
    for i, word in enumerate(words[:-1]):
        if word.low not in titles or not _after_abbreviation(words[i + 1]):
            continue
        named = words[i + 1]
        if i and words[i - 1].low == "the" and word.follows and word.low not in COURTESY:
            continue
        if word.is_place and words[i + 1].is_place:
            continue
        if named.shape is Shape.INITIAL and stands_for_known(read, named.low):
            continue
        if named.low in titles and named.shape is not Shape.SMALL and i + 2 < len(words):
            continue
        is_small_name = (
            word.low in ("mr", "mrs", "ms", "dr")
            and named.shape is Shape.SMALL
            and named.low not in word_lists.ordinary_words()
            and named.low not in PARTICLES
            and (not named.is_known or _is_of_the_other_sex(read, word, named))
        )
        if word.shape is Shape.SMALL and word.low not in COURTESY and not named.is_a_name:
            continue
        if is_firm_animal_or_fame(words, i) or (named.begins and word_lists.is_english(named.low)):
            continue
        if is_small_name:
            yield word.start, named.end
        elif _may_follow_title(named, word):
            last = _end_of_name(words, i + 1, after_title=True)
            is_known = all(one.is_known for one in words[i + 1 : last + 1] if one.low not in PARTICLES)
            if not is_known or _is_of_the_other_sex(read, word, words[last]):
                yield word.start, words[last].end


def _is_of_the_other_sex(read: ReadText, title: Word, named: Word) -> bool:
    """The person's family name after a title that is not the person's: a relative."""
    return named.low in read.known.own and title.low in TITLES_OF_THE_OTHER_SEX.get(read.known.sex, ())


def _may_follow_title(named: Word, title: Word) -> bool:
    if named.low in PARTICLES:
        return True
    if named.low in CALENDAR and title.low == "miss":
        return False
    if named.shape is Shape.CAPITALS and title.low not in ("mr", "mrs", "ms", "miss"):
        return named.is_unknown
    if title.low not in ("mr", "mrs", "ms", "miss", "mx", "dr", "sir") and named.is_ordinary:
        return False
    return named.shape in (Shape.CAPITALISED, Shape.CAPITALS, Shape.INITIAL)


def after_role(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A rank or a role, and a name that nothing else explains: "PC Hargreave", "social worker Jane Fosse"."""
    words, roles = read.words, frozenset(rule.words)
    for i, word in enumerate(words[:-1]):
        if word.low not in roles or (
            len(word.low) == 2
            and word.shape is not Shape.CAPITALS
            and not NUMBER_OF_AN_OFFICER.fullmatch(words[i + 1].gap)
        ):
            continue
        yield from _name_at(words, i + 1, start=word.start)


def after_nickname(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A word such as Big or Auntie, with a capital, and a name that nothing else explains."""
    words, beginnings = read.words, frozenset(rule.words)
    for i, word in enumerate(words[:-1]):
        if i and words[i - 1].low in ("the", "a", "an") and word.follows:
            continue
        if word.low in beginnings and (
            word.shape is not Shape.SMALL
            or (word.low in ALWAYS_BEFORE_NAMES and words[i + 1].shape is not Shape.SMALL)
        ):
            yield from _name_at(words, i + 1, start=word.start)


def after_relation(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A relative or somebody close, and the name, straight after or after "called", a comma or a bracket."""
    words, relations = read.words, frozenset(rule.words)
    for i, word in enumerate(words[:-1]):
        if word.low in relations:
            yield from _names_after(words, i + 1, is_list=word.low.endswith(("s", "children", "twins")))


def after_called(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A name after "called", "known as" and the like, which may be an ordinary word."""
    words, phrases = read.words, frozenset(rule.words)
    for i, word in enumerate(words[:-1]):
        before = f"{words[i - 1].low} {word.low}" if i else word.low
        if word.low in phrases or before in phrases:
            named = words[i + 1]
            if any(one.low in THINGS_WITH_NAMES for one in words[max(i - WORDS_BEFORE_AN_ANIMAL, 0) : i]):
                continue
            of_whom = words[max(i - (1 if word.low in phrases else 2), 0)]
            if of_whom.is_known or (of_whom.begins and before in ("goes by", "known as")):
                continue
            small_named = named.low in word_lists.names() and named.shape is Shape.SMALL
            if named.gap.strip(" \"'(") == "" and (_could_be_called(named) or small_named):
                yield named.start, words[_end_of_name(words, i + 1)].end


def before_relation(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A name, and after a comma or in brackets what the one so named is: "GRACE, his sister", "Joy (support wkr)"."""
    words, relations = read.words, frozenset(rule.words)
    for i, word in enumerate(words[:-1]):
        if word.shape not in (Shape.CAPITALISED, Shape.CAPITALS) or word.is_known or word.low in CALENDAR:
            continue
        may_be_name = word.is_unknown or word.low in word_lists.first_names()
        if not may_be_name or words[i + 1].gap not in (", ", " (") or word.low in relations:
            continue
        if i and words[i - 1].follows is False and words[i - 1].low in BEFORE_PLACES and word.follows:
            continue
        if _is_relation(words, i + 1, relations) and not is_firm_animal_or_fame(words, i):
            yield word.start, word.end


def _is_relation(words: Sequence[Word], i: int, relations: frozenset[str]) -> bool:
    """Whether a relation stands here, after "his" and a word or two: "his older sister"."""
    owns = words[i].low in OWNERS
    if not owns:
        return words[i].low in relations and words[i].gap.endswith("(")
    return any(
        word.low in relations
        for word in words[i + 1 : i + 4]
        if word.gap in (" ", "-") and word.shape is Shape.SMALL
    )


def quoted(read: ReadText, rule: Rule) -> Iterator[Span]:
    """A nickname in quotes, after words that lead to somebody: 'by "Smoke"', 'called "the Greek"'."""
    leading = frozenset(rule.words)
    for match in QUOTED.finditer(read.text):
        before = WORD_BEFORE.search(read.text[max(0, match.start() - LONGEST_WORD_BEFORE) : match.start()])
        if read.text.endswith(("goes by ", "nown as "), 0, match.start()):
            continue
        first = match["name"].split()[-1].lower()
        if (
            before
            and before.group(1).lower() in leading
            and first not in CALENDAR | word_lists.organisation_words()
        ):
            yield match.span("name")


def full_name(read: ReadText, rule: Rule | None = None) -> Iterator[Span]:
    """Two or more capitalised words that no list explains, an initial or "ap" and "de" among them."""
    if "full" not in read.kept:
        read.kept["full"] = list(_full_names(read))
    yield from read.kept["full"]


def _full_names(read: ReadText) -> Iterator[Span]:
    words = read.words
    i = 0
    while i < len(words):
        last = _end_of_run(words, i)
        if last is None:
            i += 1
            continue
        if _is_full_name(words, i, last):
            yield words[i].start, words[last].end
        i = last + 1


def single_name(read: ReadText, rule: Rule | None = None) -> Iterator[Span]:
    """One capitalised word that is a name, by the lists or by the words around it."""
    if "single" not in read.kept:
        read.kept["single"] = list(_single_names(read))
    yield from read.kept["single"]


def _single_names(read: ReadText) -> Iterator[Span]:
    words = read.words
    for i, word in enumerate(words):
        if word.shape is Shape.INITIAL and _is_initial_of_somebody(read, i):
            yield word.start, word.end
        if word.is_known or word.is_place or word.shape in (Shape.SMALL, Shape.INITIAL, Shape.CASELESS):
            if not (word.shape is Shape.SMALL and _is_small_name(words, i)):
                continue
        elif not _is_single_name(words, i):
            continue
        follows_the = i and words[i - 1].low == "the" and word.follows
        if follows_the and i + 1 < len(words) and words[i + 1].low in FAMILY and words[i + 1].follows:
            yield words[i - 1].start, words[i + 1].end
        else:
            yield word.start, word.end


def in_other_letters(read: ReadText, rule: Rule) -> Iterator[Span]:
    """Runs of words in letters that know no capitals, such as Arabic or Chinese."""
    start = end = -1
    for word in read.words:
        if word.shape is not Shape.CASELESS:
            continue
        if start >= 0 and word.gap in (" ", "") and word.start - end == len(word.gap):
            end = word.end
            continue
        if start >= 0:
            yield start, end
        start, end = word.start, word.end
    if start >= 0:
        yield start, end


def _after_abbreviation(word: Word) -> bool:
    return word.gap in (" ", "  ", ". ", ".", ".  ")


def _could_be_called(word: Word) -> bool:
    is_written_so = word.shape in (Shape.CAPITALISED, Shape.CAPITALS, Shape.INITIAL)
    return is_written_so and not word.is_known and not word.is_place and word.low not in CALENDAR


def _name_at(words: Sequence[Word], i: int, *, start: int | None = None) -> Iterator[Span]:
    named = words[i]
    is_numbered = bool(NUMBER_OF_AN_OFFICER.fullmatch(named.gap))
    if (named.gap not in (" ", "  ", ". ") and not is_numbered) or (named.begins and named.gap != ". "):
        return
    is_initial = named.shape is Shape.INITIAL and i + 1 < len(words) and words[i + 1].is_unknown
    is_particle = named.low in PARTICLES and i + 1 < len(words) and words[i + 1].is_unknown
    if named.is_unknown or is_initial or is_particle:
        last = _end_of_name(words, i)
        if not is_organisation(words, i, last):
            yield (words[i].start if start is None else start), words[last].end


def _names_after(words: Sequence[Word], i: int, *, is_list: bool) -> Iterator[Span]:
    """The name that follows a relation, over a few linking words; for several people, the names listed."""
    steps = 0
    while i < len(words) and words[i].low in LINKING and words[i].shape is Shape.SMALL and steps < 4:
        i, steps = i + 1, steps + 1
    if i >= len(words) or not set(words[i].gap) <= set(" ,(:\"'-\n"):
        return
    named = words[i]
    is_date = named.low in CALENDAR and not (
        named.low in ("june", "april", "may", "august", "summer") and named.follows and steps == 0
    )
    could_be = named.is_unknown or (
        named.low in word_lists.first_names()
        and named.shape is not Shape.SMALL
        and not named.is_known
        and not is_date
    )
    if named.shape is Shape.INITIAL and '"' in named.gap + words[min(i + 1, len(words) - 1)].gap:
        could_be = True
    small = (
        named.shape is Shape.SMALL
        and (
            (named.low in word_lists.first_names() and not word_lists.is_english(named.low))
            or (steps == 0 and _looks_like_a_name(named))
        )
        and not named.is_known
        and not named.is_place
    )
    if not could_be and not small:
        return
    is_word = word_lists.is_english(named.low) and named.low not in word_lists.first_names()
    if is_word and words[i - 1 - steps].low in GENERAL_RELATIONS:
        return
    last = _end_of_name(words, i)
    if not is_organisation(words, i, last):
        yield named.start, words[last].end
    following = last + 1
    if is_list:
        if following < len(words) and words[following].low == "and" and words[following].follows:
            following += 1
        if following < len(words) and words[following].gap in (", ", " ", " & "):
            yield from _names_after(words, following, is_list=True)


def _looks_like_a_name(word: Word) -> bool:
    """A word typed small that no dictionary has and that is no abbreviation: "husband rebwar"."""
    return (
        word.gap == " "
        and len(word.low) > 2
        and word.low.isalpha()
        and word.is_in_no_dictionary
        and word.low not in word_lists.ordinary_words()
        and word.low not in word_lists.organisation_words()
        and bool(VOWEL.search(word.low))
        and not ABBREVIATION.search(word.low)
    )


def stands_for_known(read: ReadText, initial: str) -> bool:
    return any(name.startswith(initial) for name in read.known.names)


def _end_of_name(words: Sequence[Word], i: int, *, after_title: bool = False) -> int:
    """The last word of the name that begins at ``i``."""
    last = i
    while last + 1 < len(words) and last - i + 1 < MOST_WORDS_OF_A_NAME:
        following = words[last + 1]
        joins = following.follows or (
            words[last].shape is Shape.INITIAL
            and following.gap in (". ", ".")
            and not (following.gap == ". " and word_lists.is_english(following.low))
        )
        if words[last].is_possessive or not joins:
            break
        is_particle = (
            following.low in PARTICLES and last + 2 < len(words) and words[last + 2].shape is not Shape.SMALL
        )
        is_part = following.is_unknown or (following.is_known and following.shape is Shape.CAPITALISED)
        is_shouted = (
            following.shape is Shape.CAPITALS
            and len(following.low) > 3
            and words[last].shape is Shape.CAPITALISED
            and not following.is_ordinary
        )
        is_initial = following.shape is Shape.INITIAL and following.low not in ("i", "a")
        if not (is_particle or is_part or is_shouted or is_initial):
            break
        last += 1
    after = words[last + 1].low if last + 1 < len(words) else ""
    while last > i and (
        words[last].low in PARTICLES
        or (words[last].shape is Shape.INITIAL and after in ("wing", "block", "class", "unit"))
    ):
        last -= 1
    return last


def _end_of_run(words: Sequence[Word], i: int) -> int | None:
    """The last word of a run of two or more that may be a full name and begins at ``i``, or None."""
    word = words[i]
    if i + 1 >= len(words):
        return None
    following = words[i + 1]
    may_begin = (
        word.is_unknown
        or (word.is_known and word.shape is Shape.CAPITALISED)
        or (word.shape is Shape.INITIAL and word.low not in ("a", "i"))
        or (
            word.low in word_lists.names_that_are_words()
            and word.shape is Shape.CAPITALISED
            and not word.is_place
        )
        or (word.low in word_lists.first_names() and word.shape is Shape.CAPITALISED)
    )
    if not may_begin:
        return None
    last = _end_of_name(words, i)
    if last == i and _is_ordinary_family_name(word, following):
        last = i + 1
    return last if last > i else None


def _is_ordinary_family_name(first: Word, following: Word) -> bool:
    """A sure first name and an ordinary word as a family name: "Karen Young"."""
    return (
        (
            first.is_a_name
            or (first.low in word_lists.first_names() and (following.is_place or following.is_known))
        )
        and not first.is_known
        and not first.is_possessive
        and following.follows
        and following.shape is Shape.CAPITALISED
        and following.low not in CALENDAR
        and (not following.is_place or first.low in word_lists.first_names())
    )


def _is_full_name(words: Sequence[Word], i: int, last: int) -> bool:
    run = words[i : last + 1]
    unknown = [word for word in run if not word.is_known and word.low not in PARTICLES]
    telling = [word for word in unknown if word.shape is not Shape.INITIAL]
    if not telling or is_organisation(words, i, last) or is_firm_animal_or_fame(words, i):
        return False
    if (
        last + 1 < len(words)
        and words[last + 1].gap == " & "
        and words[last + 1].low in ("sons", "co", "daughters", "partners")
    ):
        return False
    if all(word.is_place for word in telling):
        return False
    if any(word.is_a_name or word.is_foreign for word in telling) or (
        run[0].low in word_lists.first_names() and not run[0].is_known and len(run) > 1
    ):
        return True
    if all(word.is_ordinary or word.is_place for word in telling):
        return False
    before = words[i - 1].low if i and run[0].follows else ""
    return before not in (
        "in",
        "at",
        "near",
        "outside",
        "the",
        "a",
        "an",
        "attends",
        "st",
        "hmp",
        "saint",
        "into",
        "inside",
    )


def _is_single_name(words: Sequence[Word], i: int) -> bool:
    word = words[i]
    if word.shape is Shape.CAPITALS and len(word.low) <= LONGEST_INITIALS:
        return False
    before = words[i - 1] if i and word.gap.strip(" \"'(,/&+") == "" else None
    after = words[i + 1] if i + 1 < len(words) and words[i + 1].gap.strip(" ,") == "" else None
    if is_organisation(words, i, i) or (before is not None and before.low == "st"):
        return False
    if belongs_to_a_firm(words, i) or (
        before is not None and before.low in ("called", "named") and is_name_of_a_thing(words, i)
    ):
        return False
    is_at_somebodys = (
        word.is_possessive and before is not None and before.low in ("at", "to", "from") and word.follows
    )
    if is_at_somebodys and (word.is_a_name or (word.is_unknown and word.is_in_no_dictionary)):
        return True
    if is_firm_animal_or_fame(words, i) or word.low in LAWS_OF and word.is_possessive:
        return False
    if _is_of_a_thing(words, i) or _is_other_name_of_the_person(words, i) or _is_firm_of_two(words, i):
        return False
    if after is not None and not word.is_a_name and _makes_a_thing(word, after):
        return False
    follows_the = before is not None and before.low in ("the", "a", "an") and word.follows
    if word.is_foreign:
        return word.is_unknown
    is_said_of_a_place = (
        word.may_be_place and before is not None and before.low in BEFORE_PLACES and word.follows
    )
    if word.is_unknown and word.is_a_name and not is_said_of_a_place:
        if (
            before is not None
            and before.low in ("in", "at", "near")
            and word.low not in word_lists.first_names()
        ):
            return False
        return not follows_the or (after is not None and after.low in FAMILY)
    is_word = word.low in word_lists.names_that_are_words() and word.shape is Shape.CAPITALISED
    if is_word and not word.begins and word.low not in CALENDAR and not follows_the:
        return (
            before is not None
            and before.low in BEFORE_PEOPLE | AFTER_PEOPLE
            and before.low not in BEFORE_PLACES
        )
    if not word.is_unknown:
        return False
    if before is not None and word.follows and before.low in LIKES:
        return False
    if (
        before is not None
        and word.follows
        and before.shape is Shape.CAPITALISED
        and not before.begins
        and not before.is_a_name
        and (before.is_place or before.is_ordinary)
        and before.low not in word_lists.people()
    ):
        return False
    is_part_of_a_thing = (
        before is not None
        and word.follows
        and before.shape is Shape.CAPITALISED
        and word_lists.is_english(word.low)
        and word_lists.is_english(before.low)
        and not before.begins
    )
    if is_part_of_a_thing or (
        word.may_be_place and before is not None and before.low in BEFORE_PLACES and word.follows
    ):
        return False
    is_strange = (
        not word.begins
        and "(" not in word.gap
        and word.is_in_no_dictionary
        and len(word.low) > 2
        and bool(VOWEL.search(word.low))
        and not LIKE_A_PLACE.search(word.low)
    )
    if word.is_possessive and after is not None and after.low in OWNED:
        return True
    if follows_the:
        is_plural = word.low.endswith("s") and (word.low[:-1] in word_lists.family_names() or is_strange)
        return (after is not None and after.low in FAMILY) or (
            is_plural and before is not None and before.low == "the"
        )
    if is_strange and not (before is not None and before.low in BEFORE_PLACES and word.follows):
        return True
    if word.begins:
        return (
            after is not None
            and after.low in AFTER_PEOPLE - {"and", "found", "left", "made", "now", "who"}
            and after.follows
        )
    if before is None:
        return after is not None and after.low in AFTER_PEOPLE
    if before.low in BEFORE_PLACES and word.follows:
        return False
    return before.low in BEFORE_PEOPLE or (after is not None and after.low in AFTER_PEOPLE)


def _is_of_a_thing(words: Sequence[Word], i: int) -> bool:
    """True for "Bishop's Move", "Owens of Llanelli", "Caspian grill", "Foster mum"."""
    word = words[i]
    if i + 1 >= len(words):
        return False
    after = words[i + 1]
    if word.is_possessive:
        return (
            after.gap in ("'s ", "' ")
            and after.shape is Shape.CAPITALISED
            and word_lists.is_english(after.low)
        )
    if not after.follows:
        return False
    if after.low == "of" and i + 2 < len(words) and word.low not in word_lists.first_names():
        return words[i + 2].shape is Shape.CAPITALISED
    return after.low in THINGS_AFTER or (word.low == "foster" and after.low in FOSTERING)


def _is_firm_of_two(words: Sequence[Word], i: int) -> bool:
    """True for each half of "for Harris and Pope": a firm of two family names."""
    for first in (i, i - 2):
        if first < 1 or first + 2 >= len(words) or words[first + 1].low != "and":
            continue
        both = (words[first], words[first + 2])
        if words[first - 1].low in ("for", "of", "from", "messrs") and all(
            word.shape is Shape.CAPITALISED and word.low not in word_lists.first_names() for word in both
        ):
            return True
    return False


def _is_other_name_of_the_person(words: Sequence[Word], i: int) -> bool:
    """True after "known as" at the beginning of a sentence, and after "call her" and "prefers it to"."""
    before = [word.low for word in words[max(i - 3, 0) : i]]
    if before[-2:] == ["known", "as"]:
        return i == 2 or words[i - 2].begins
    return before[-2:] in (
        ["it", "to"],
        ["call", "her"],
        ["call", "him"],
        ["calling", "her"],
        ["calling", "him"],
    )


def _makes_a_thing(word: Word, after: Word) -> bool:
    """True when an ordinary capitalised word follows: "Greencore Warehouse"."""
    follows = after.follows and not word.is_possessive and after.shape is not Shape.SMALL
    return follows and after.is_ordinary and after.low not in CALENDAR


def _is_initial_of_somebody(read: ReadText, i: int) -> bool:
    """One capital that does something: "D says", "told by R. who"."""
    words = read.words
    word = words[i]
    if word.low in ("a", "i") or stands_for_known(read, word.low) or i + 1 >= len(words):
        return False
    return words[i + 1].low in SPEAKS and words[i + 1].gap in (" ", ". ")


def _is_small_name(words: Sequence[Word], i: int) -> bool:
    """A name typed without its capital, where a whole text is typed so: only sure first names, in sure company."""
    word = words[i]
    if (
        word.is_known
        or word.is_place
        or word.low not in word_lists.names()
        or word.low not in word_lists.first_names()
    ):
        return False
    before = words[i - 1].low if i and word.follows else ""
    after = words[i + 1].low if i + 1 < len(words) and words[i + 1].follows else ""
    if word.low in word_lists.around_names("small_words"):
        return False
    return len(word.low) > 2 and (before in BEFORE_PEOPLE or after in AFTER_PEOPLE or word.is_possessive)
