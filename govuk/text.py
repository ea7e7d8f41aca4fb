"""What typed text may hold, how it is measured, and how it is shown again.

Knows characters only: nothing of fields, forms or pages.
"""

import re
import unicodedata

from anyascii import anyascii
from markupsafe import Markup, escape

# PostgreSQL refuses the null byte; half a surrogate pair cannot be written as UTF-8 anywhere.
UNSAVEABLE = re.compile("[\x00\ud800-\udfff]")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u2018\u201b`\u00b4\u02bc\u02bb\u02b9\u2032\uff07")
_INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf"}  # Unicode categories: spaces, separators, controls, formats
_SPACES = {"Zs", "Zl", "Zp"}
_SPACING_CONTROLS = "\t\n\v\f\r\x85"
# Format characters that are drawn: the signs that Arabic, Syriac and Kaithi write around numbers.
_DRAWN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# Unseen, although Unicode files them under letters and marks: joiners, fillers, and the choice of an emoji's look.
_UNSEEN_OTHERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)
_PLAIN_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2018\u2019\u201b\u2032\u02bc\uff07", "'")
)


def has_unsaveable(text: str) -> bool:
    """Whether a character in the text would make saving or sending it fail."""
    return UNSAVEABLE.search(text) is not None


def with_plain_newlines(text: str) -> str:
    """The text with every line break as LF: browsers send CRLF, and would count one break as two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def composed(text: str) -> str:
    """The text in NFC: "a" with a circumflex after it is the one letter that keyboards type and searches look for."""
    return unicodedata.normalize("NFC", text)


def one_line(typed: str) -> str:
    """What somebody typed or pasted into a box of one line, or into a search, as they see it.

    Word, Outlook and nDelius put in what nobody sees or can tell apart. Unseen characters go (zero width, marks of
    direction, soft hyphens, byte order marks); every kind of space, tab and line break is a space, with none at the
    ends; typographic dashes and apostrophes are plain ones. Composed, too.
    """
    return without_unseen(typed).translate(_PLAIN_SIGNS)


def without_unseen(line: str) -> str:
    """One line without unseen characters, every kind of space and break a space, with none at the ends. Composed."""
    visible = (
        " " if character in _SPACING_CONTROLS or unicodedata.category(character) in _SPACES else character
        for character in line
        if not is_unseen(character)
    )
    return composed("".join(visible).strip())


def is_unseen(character: str) -> bool:
    """Whether the character takes no place on the line: neither drawn nor a space.

    What cannot be saved is not dropped: fields refuse it.
    """
    if character in _SPACING_CONTROLS or character in _DRAWN_FORMATS or UNSAVEABLE.match(character):
        return False
    return unicodedata.category(character) in {"Cc", "Cf"} or character in _UNSEEN_OTHERS


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: only spaces, line breaks and invisible characters."""
    return all(unicodedata.category(character) in _INVISIBLE for character in text)


def folded(text: str) -> str:
    """Text as it is searched and sorted by: "o’Neill-Wynn, Siân" is ``oneill wynn sian``.

    Words of the letters a to z and of digits with one space between. Capitals and accents make no difference, and
    apostrophes join what stands around them; letters that are no Latin letters with accents are written as in English
    ("Łódź" is ``lodz``, "Γεωργία" is ``georgia``).
    """
    if text.isascii():  # most names and titles, of which a list reads many: all but letters and digits separates words
        return " ".join(re.findall("[a-z0-9]+", text.translate(_APOSTROPHES).lower()))
    composed = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    plain = "".join(" " if _separates_words(character) else character for character in composed)
    latin = anyascii(plain).translate(_APOSTROPHES).casefold()
    return " ".join(re.findall("[a-z0-9]+", latin))


def _separates_words(character: str) -> bool:
    """Whether it stands between words: punctuation, symbols, spaces and controls; never an accent on its own."""
    return unicodedata.category(character)[0] in "PSZC" and unicodedata.category(character) != "Cf"


def printable(value: object) -> str:
    """What was typed, fit to be shown again: unsaveable characters become a visible mark (U+FFFD).

    Anything that is not text or a number (a list, a dictionary: nobody typed those) shows as nothing.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return UNSAVEABLE.sub("\ufffd", str(value))


def inside_textarea(text: str) -> Markup:
    """The text escaped for a textarea, with line breaks that no template can shift.

    The GOV.UK macros indent what they wrap, which would add spaces to the user's lines; and HTML drops
    a line break that stands first in a textarea, so that one is written twice.
    """
    safe = Markup("&#10;").join(escape(line) for line in text.split("\n"))
    return Markup("&#10;") + safe if text.startswith("\n") else safe


def fill(text: str, **words: str) -> str:
    """Replace ``{person}`` and the like in one pass, so that a brace in a person's name stays a brace."""
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), text)


def mid_sentence(label: str) -> str:
    """A label as it reads inside a sentence: "Completion date" -> "completion date"; "CRN" stays.

    A label that is a question reads as "an answer to …".
    """
    label = label.strip()
    if label.endswith("?"):
        return f"an answer to \u201c{label}\u201d"
    if label[:1].isupper() and label[1:2].islower() and label.split()[0][1:].islower():
        return label[0].lower() + label[1:]
    return label


def sentence_start(words: str) -> str:
    """The same words at the start of a sentence, without their article: "the date" -> "Date"."""
    words = re.sub(r"^(the|an?) ", "", words)
    first = words.split(" ", 1)[0]
    return words if first[1:].lower() != first[1:] else words[:1].upper() + words[1:]
