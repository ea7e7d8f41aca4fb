"""Reading what came over the wire: JSON to values, tolerantly, and text made safe to store and show.

Tolerant means: unknown keys are ignored, an absent key and a null are the same, numbers may stand where text
is expected. A value that cannot be read costs that value alone (decision W6): it is as if it were absent, in a list
its item is, and ``Wire.unread`` names it. What breaks a contract, because a vital value is missing, raises
``ValueError`` without the offending text in it: that may be somebody's risk. Knows no system's shapes.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from typing import (
    Any,
    ClassVar,
    NoReturn,
    Self,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"
_UNSEEN = {"Cc", "Cf"}  # Unicode categories: controls, and formats such as zero width spaces

#: What stands for itself only: "yes" is not true, true is not 1, and 0 is not the first day of 1970.
Flag = bool
Number = int
Day = date
Moment = datetime

_NUMBERS = range(-(2**63), 2**63)  # what a database holds
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


class NotReadable(ValueError):
    """The value is not what was promised. Says why, and nothing of the value."""


@dataclass_transform(kw_only_default=True, eq_default=False)
class Wire:
    """Base of the wire shapes: camelCase keys; every field of a subclass needs a default unless vital.

    ``unread``: the values that could not be read, by their keys. Absent, null and blank values are not among them:
    they say nothing.
    """

    #: The fields, with what each is when it is not null.
    _kinds: ClassVar[dict[str, Any]] = {}
    _own_unread: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._kinds = {
            field: next((part for part in get_args(kind) if type(None) in get_args(kind)), kind)
            for field, kind in get_type_hints(cls).items()
            if not field.startswith("_")
        }

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    @classmethod
    def read(cls, value: Any) -> Self:
        """Each field by itself. Raises ``NotReadable`` for no object, and for one without what is vital."""
        value = cls.in_full(value)
        if not isinstance(value, dict):
            raise NotReadable("no object")
        fields, unread = dict[str, Any](), list[str]()
        for field, kind in cls._kinds.items():
            key = _camel_case(field)
            found = value.get(key) if value.get(key) is not None else value.get(field)
            try:
                fields[field], inside = _read(kind, found)
            except NotReadable:
                if not hasattr(cls, field):
                    raise NotReadable(f"no {key}") from None
                unread += [] if _is_blank(found) else [key]
            else:
                unread += [f"{key}.{part}" for part in inside]
        shape = cls(**fields, _own_unread=tuple(unread))
        shape.check()
        return shape

    @classmethod
    def in_full(cls, value: Any) -> Any:
        """The object that ``value`` is short for. Subclasses may know short forms."""
        return value

    def check(self) -> None:
        """Subclasses raise ``NotReadable`` when the fields together say nothing."""

    def values(self) -> list[Any]:
        """Of all fields, in their order."""
        return [getattr(self, field) for field in self._kinds]

    @property
    def unread(self) -> tuple[str, ...]:
        """What could not be read, here and further in, such as "summary.riskInCommunity.HIGH"."""
        further_in = [
            f"{_camel_case(field)}.{key}"
            for field in self._kinds
            for key in _unread_in(getattr(self, field))
        ]
        return (*self._own_unread, *further_in)


W = TypeVar("W", bound=Wire)


@cache
def _camel_case(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _read(kind: Any, value: Any) -> tuple[Any, list[str]]:
    """The value, and which parts of a list or a mapping could not be read."""
    if get_origin(kind) is None:
        return kind.read(value) if issubclass(kind, Wire) else _read_plain(kind, value), []
    if not isinstance(value, get_origin(kind)):
        raise NotReadable("no list, or no mapping")
    parts, unread = list[tuple[Any, Any]](), list[str]()
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        try:
            part, inside = _read(get_args(kind)[-1], item)
        except NotReadable:
            unread += [] if _is_blank(item) else [str(key)]
        else:
            parts.append((key, part))
            unread += [f"{key}.{further}" for further in inside]
    return dict(parts) if isinstance(value, dict) else [part for _, part in parts], unread


def _read_plain(kind: type, value: Any) -> Any:
    if kind is str and isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    if kind is Flag and isinstance(value, bool):
        return value
    if kind is Number and type(value) is int and value in _NUMBERS:
        return value
    if kind in (Day, Moment) and isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.upper())
        except ValueError:  # such as 31 February; its words carry the text
            raise NotReadable("no date") from None
        if kind is Moment:
            return moment
        if moment.time() == time():
            return moment.date()
    raise NotReadable(f"no {kind.__name__}")


def read_json(body: bytes) -> tuple[Any, bool]:
    """The decoded value and whether text in it had to be mended. Raises ``ValueError``."""
    try:
        text, was_mended = body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, was_mended = body.decode("utf-8", errors="replace"), True
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        # JSON holds none of what is replaced but as an escape or beyond ASCII: most answers need not be walked through.
        is_plain = text.isascii() and "\\" not in text
        value, was_text_mended = (value, False) if is_plain else replace_unstorable(value)
    except (ValueError, RecursionError):
        # The decoder's own error carries the whole text.
        raise ValueError("not JSON") from None
    return value, was_mended or was_text_mended


def replace_unstorable(value: Any) -> tuple[Any, bool]:
    """The same value with null bytes and lone surrogates replaced by U+FFFD, newlines as LF, letters composed (NFC).

    The flag tells of the replacement only: a newline is the same newline, a letter the same letter.
    """
    if isinstance(value, str):
        mended, count = _UNSTORABLE.subn(REPLACEMENT, value)
        plain = mended.replace("\r\n", "\n").replace("\r", "\n")
        return unicodedata.normalize("NFC", plain), count > 0
    if isinstance(value, list):
        items = [replace_unstorable(item) for item in value]
        return [item for item, _ in items], any(was_mended for _, was_mended in items)
    if isinstance(value, dict):
        pairs = [(replace_unstorable(key), replace_unstorable(item)) for key, item in value.items()]
        return (
            {key: item for (key, _), (item, _) in pairs},
            any(of_key or of_item for (_, of_key), (_, of_item) in pairs),
        )
    return value, False


def decode(shape: type[W], value: Any) -> W:
    """``value`` in the promised shape. Raises ``ValueError`` naming what is missing, not the values."""
    try:
        return shape.read(value)
    except NotReadable as error:
        raise ValueError(f"not the promised shape: {error}") from None


def decode_list(shape: type[W], value: Any) -> tuple[tuple[W, ...], bool]:
    """``value`` as a list of the promised shape, without items that are no such thing, and whether there were none.

    ``ValueError``: no list.
    """
    if not isinstance(value, list):
        raise ValueError("not a list")
    items = []
    for item in value:
        try:
            items.append(decode(shape, item))
        except ValueError:
            continue
    return tuple(items), len(items) == len(value)


def _unread_in(value: Any) -> Iterator[str]:
    if isinstance(value, Wire):
        yield from value.unread
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from (f"{place}.{key}" for key in _unread_in(item))


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and text_or_none(value) is None)


def text_or_none(value: str | None) -> str | None:
    """A line of text without what nobody sees; ``None`` for what says nothing, so that a page words one gap."""
    if not value:
        return None
    if value.isascii() and value.isprintable():
        return value.strip() or None
    visible = (
        character
        for character in value
        if character.isspace() or unicodedata.category(character) not in _UNSEEN
    )
    return "".join(visible).strip() or None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError("not a JSON number")
