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
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"
_UNSEEN = {"Cc", "Cf"}  # Unicode categories: controls, and formats such as zero width spaces


def _written_as_a_date(value: Any) -> Any:
    """Refuse numbers, bare or as text: pydantic would count seconds from 1970."""
    if isinstance(value, date) or (isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value)):
        return value
    raise ValueError("not a date")


#: What stands for itself only: pydantic would read "yes" as true, true as 1, and 0 as the first day of 1970.
Flag = Annotated[bool, Field(strict=True)]
Number = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]  # what a database holds
Day = Annotated[date, BeforeValidator(_written_as_a_date)]
Moment = Annotated[datetime, BeforeValidator(_written_as_a_date)]

_Path = tuple[int | str, ...]


class Wire(BaseModel):
    """Base of the wire shapes: camelCase keys; every field of a subclass needs a default unless vital.

    ``unread``: the values that could not be read, by their keys. Absent, null and blank values are not among them:
    they say nothing.
    """

    model_config = ConfigDict(
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        coerce_numbers_to_str=True,
        frozen=True,
    )

    _own_unread: tuple[str, ...] = PrivateAttr(())

    @property
    def unread(self) -> tuple[str, ...]:
        """What could not be read, here and further in, such as "summary.riskInCommunity.HIGH"."""
        further_in = [
            f"{alias}.{key}"
            for name, alias in _aliases(type(self))
            for value in (getattr(self, name),)
            if isinstance(value, Wire | list)
            for key in _unread_in(value)
        ]
        return (*self._own_unread, *further_in)

    @model_validator(mode="wrap")
    @classmethod
    def _each_value_by_itself(cls, value: Any, handler: ModelWrapValidatorHandler["Wire"]) -> "Wire":
        if not isinstance(value, dict):
            return handler(value)
        readable, unread = {key: item for key, item in value.items() if item is not None}, list[_Path]()
        while True:
            try:
                shape = handler(readable)
            except ValidationError as error:
                wrong = [_wrong_part(readable, mismatch["loc"]) for mismatch in _mismatches(error)]
                if not wrong or None in wrong:
                    raise
                parts = dict.fromkeys(part for part in wrong if part is not None)
                unread += [part for part in parts if not _is_blank(_at(readable, part))]
                readable = _without(readable, set(parts))
            else:
                shape._own_unread = tuple(".".join(str(key) for key in part) for part in unread)
                return shape


W = TypeVar("W", bound=Wire)


@cache
def _aliases(shape: type[Wire]) -> list[tuple[str, str]]:
    """The fields of a shape with their keys."""
    return [(name, field.alias or name) for name, field in shape.model_fields.items()]


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
    """``value`` in the promised shape. Raises ``ValueError`` naming the kinds of mismatch, not the values."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        kinds = sorted({mismatch["type"] for mismatch in _mismatches(error)})
        raise ValueError("not the promised shape: " + ", ".join(kinds)) from None


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


def _mismatches(error: ValidationError) -> list[Any]:
    return error.errors(include_input=False, include_url=False, include_context=False)


def _wrong_part(value: dict[str, Any], where: _Path) -> _Path | None:
    """The smallest part that can be left out: an item of a list, an entry of a mapping, or a whole field.

    ``None`` when nothing can be: what is missing is vital.
    """
    if not where or where[0] not in value:
        return None
    for depth, key in enumerate(where):
        if isinstance(key, int):
            return where[: depth + 1]
    part: _Path = ()
    inside: Any = value
    for key in where:
        if not isinstance(inside, dict) or key not in inside:
            break
        part, inside = (*part, key), inside[key]
    return part


def _at(value: Any, part: _Path) -> Any:
    for key in part:
        value = value[key]
    return value


def _without(value: Any, parts: set[_Path], here: _Path = ()) -> Any:
    """A copy without these parts."""
    if isinstance(value, dict):
        return {
            key: _without(item, parts, (*here, key))
            for key, item in value.items()
            if (*here, key) not in parts
        }
    if isinstance(value, list):
        return [
            _without(item, parts, (*here, place))
            for place, item in enumerate(value)
            if (*here, place) not in parts
        ]
    return value


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
