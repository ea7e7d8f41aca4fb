"""How people write a name that nDelius holds in capitals.

nDelius holds most names in capitals, and capitals forget where they came from: no rule gets every name right, so each
rule below goes where most bearers in England and Wales go, and a name that somebody has typed in mixed case is left
as they typed it. (nameparser 2.6.0 was tried: it takes whole names apart and puts them together anew, so it could
lose or move a part, and writes "MacEy" and "İbrahi̇m".)
"""

import unicodedata
from itertools import groupby

APOSTROPHES = "'\u2018\u2019\u02bc"
#: Small between and before other parts of a name: Dutch, German, French, Italian, Portuguese, Spanish, Welsh, Arabic.
PARTICLES = frozenset(
    ("van", "von", "der", "den", "ter", "de", "du", "di", "da", "del", "della", "dos", "das", "do")
    + ("ap", "ab", "ferch", "verch", "uch", "bin", "bint", "ibn")
)
ARTICLES = frozenset(["la", "las", "los", "le"])  # small after a particle only: "de la Mare", but "Le Bon"
NUMERALS = frozenset(["ii", "iii", "iv", "vi", "vii", "viii"])


def in_name_case(name: str, *, is_forename: bool = False) -> str:
    """A name typed in one case, with capitals where names have them; a mixed-case name is left alone.

    "O'NEILL-MCDONALD" becomes "O'Neill-McDonald", "VAN DER BERG" "van der Berg"; "ap Gethin-Prydderch" stays as its
    owner writes it. "MACDONALD" becomes "Macdonald": a capital after Mac would make "MacEy" of Macey. The first of
    ``is_forename`` never begins small: Van and Della are first names, too.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if not (name.isupper() or name.islower()):
        return name
    # Words and what stands between them; letters stay with their marks, whether or not Unicode has them as one.
    pieces = ["".join(group) for _, group in groupby(name, key=_is_of_a_word)]
    small = _particles(pieces, is_forename=is_forename)
    return "".join(
        piece
        if not _is_of_a_word(piece[0])
        else _lower(piece)
        if place in small
        else _numeral(piece, may_be_a_name=is_forename or place == 0) or _with_capitals(piece)
        for place, piece in enumerate(pieces)
    )


def _is_of_a_word(character: str) -> bool:
    return character in APOSTROPHES or unicodedata.category(character)[0] in "LM"


def _particles(pieces: list[str], *, is_forename: bool) -> set[int]:
    """Where particles stand: each a word by itself, with another word after it."""
    found: set[int] = set()
    for place, piece in enumerate(pieces[:-2]):
        word = _lower(piece)
        stands_alone = pieces[place + 1].isspace() and (place == 0 or pieces[place - 1].isspace())
        if not stands_alone or (is_forename and place == 0):
            continue
        if word in PARTICLES or (word in ARTICLES and place - 2 in found):
            found.add(place)
    return found


def _numeral(word: str, *, may_be_a_name: bool) -> str:
    """The third of that name: "III", behind a surname; nothing for another word, such as the first name Vi."""
    return word.upper() if _lower(word) in NUMERALS and not (may_be_a_name and _lower(word) == "vi") else ""


def _with_capitals(word: str) -> str:
    """One word: "O'Neill", "McDonald", "D'Arcy", and "Anne's" with one capital."""
    for apostrophe in APOSTROPHES:
        before, sign, after = word.partition(apostrophe)
        # One letter (O, D, M, N) or De: else the apostrophe stands inside a name, as in Ra'ed.
        if sign and len(after) > 1 and (len(before) == 1 or _lower(before) == "de"):
            return _with_capitals(before) + sign + _with_capitals(after)
    if _lower(word).startswith("mc") and len(word) > 3:
        return "Mc" + _capitalised(word[2:])
    return _capitalised(word)


def _capitalised(word: str) -> str:
    return (
        word[:1].title() + _lower(word)[1:]
    )  # the whole word: how a sigma ends depends on what stands before it


def _lower(text: str) -> str:
    """In small letters, the last sigma of a word as it ends. "İ" would become an i with a second dot over it."""
    return text.replace("İ", "i").lower()
