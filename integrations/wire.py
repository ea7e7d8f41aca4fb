"""Reading what came over the wire: JSON to values, tolerantly, and text made safe to store and show.

Tolerant means: unknown keys are ignored, an absent key and a null are the same, numbers may stand where text
is expected. What breaks a contract raises ``ValueError`` without the offending text in it, because that may be
somebody's risk. Knows no system's shapes.
"""

import json
import re
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


class Wire(BaseModel):
    """Base of the wire shapes: camelCase keys; every field of a subclass needs a default unless vital."""

    model_config = ConfigDict(
        extra="ignore",
        alias_generator=to_camel,
        populate_by_name=True,
        coerce_numbers_to_str=True,
        frozen=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: item for key, item in value.items() if item is not None}
        return value


W = TypeVar("W", bound=Wire)


def read_json(body: bytes) -> tuple[Any, bool]:
    """The decoded value and whether text in it had to be mended. Raises ``ValueError``."""
    try:
        text, was_mended = body.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        text, was_mended = body.decode("utf-8", errors="replace"), True
    try:
        value, was_text_mended = mend(json.loads(text, parse_constant=_refuse_constant))
    except (ValueError, RecursionError):
        # The decoder's own error carries the whole text.
        raise ValueError("not JSON") from None
    return value, was_mended or was_text_mended


def mend(value: Any) -> tuple[Any, bool]:
    """The same value with null bytes and lone surrogates replaced by U+FFFD and newlines as LF.

    The flag tells of the replacement only: a newline is the same newline.
    """
    if isinstance(value, str):
        mended, count = _UNSTORABLE.subn(REPLACEMENT, value)
        return mended.replace("\r\n", "\n").replace("\r", "\n"), count > 0
    if isinstance(value, list):
        items = [mend(item) for item in value]
        return [item for item, _ in items], any(was_mended for _, was_mended in items)
    if isinstance(value, dict):
        pairs = [(mend(key), mend(item)) for key, item in value.items()]
        return (
            {key: item for (key, _), (item, _) in pairs},
            any(of_key or of_item for (_, of_key), (_, of_item) in pairs),
        )
    return value, False


def shaped_as(shape: type[W], value: Any) -> W:
    """``value`` in the promised shape. Raises ``ValueError`` naming the kinds of mismatch, not the values."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        kinds = sorted(
            {mismatch["type"] for mismatch in error.errors(include_input=False, include_url=False)}
        )
        raise ValueError("not the promised shape: " + ", ".join(kinds)) from None


def listed_as(shape: type[W], value: Any) -> tuple[W, ...]:
    """``value`` as a list of the promised shape. Raises ``ValueError`` like ``shaped_as``."""
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple(shaped_as(shape, item) for item in value)


def text_or_none(value: str | None) -> str | None:
    """``None`` for what says nothing, so that a page has one kind of gap to word."""
    return (value or "").strip() or None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError("not a JSON number")
