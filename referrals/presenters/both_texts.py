"""Two answers to one question, side by side: what another tab saved or typed, and what was typed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.kept_text.models import TypedText
from accounts.kept_text.posted import kept_fields
from govuk.template_filters import time
from referrals.journey.pages import Page, Row
from risk.comparison import Comparison, compare


@dataclass(frozen=True, slots=True)
class BothTexts:
    """What the conflict page says, how it calls the other text, and both texts of each answer."""

    sentence: str
    title: str
    answers: tuple[tuple[str, Comparison], ...]


SAVED = (
    "Another answer to this question was saved after you opened the page. Nothing was overwritten, and what you typed "
    "is still below. Save again to replace the answer that was saved."
)
TYPED = (
    "Something else was typed on this page, in another tab or before, and is not saved yet. What you typed here is "
    "still below. Save again to keep what you typed here, and to discard the other text."
)


def of(form: Page, stored: list[Row], kept: TypedText | None) -> BothTexts:
    """The typed (valid) form beside what stands, or beside what another tab has typed and not saved."""
    mine = type(form).rows(form.given(), form.situation)
    if kept is None:
        return saved(stored, mine)
    return BothTexts(TYPED, elsewhere(kept), _compared(_rows_of(form, kept), mine))


def saved(stored: list[Row], mine: list[Row]) -> BothTexts:
    """What was saved after the page was opened, beside what was typed here."""
    return BothTexts(SAVED, "Saved since you opened this page", _compared(stored, mine))


def elsewhere(kept: TypedText) -> str:
    """The heading of text that was typed in another tab, or before, and not saved."""
    return f"Also typed on this page at {time(kept.kept_at)}"


def _rows_of(form: Page, kept: TypedText) -> list[Row]:
    """Kept fields as they read; as they were posted when they are not an answer yet."""
    typed = type(form)(kept_fields(kept), situation=form.situation, found=form.found)
    if typed.is_valid():
        return type(form).rows(typed.given(), form.situation)
    return [
        Row(str(field.label or name), tuple(kept.fields[name]))
        for name, field in typed.fields.items()
        if name in kept.fields
    ]


def _compared(theirs: Iterable[Row], mine: Iterable[Row]) -> tuple[tuple[str, Comparison], ...]:
    left, right = ({row.label: _text(row) for row in rows} for rows in (theirs, mine))
    return tuple(
        (label, compare(left.get(label, ""), right.get(label, "")))
        for label in dict.fromkeys([*left, *right])
    )


def _text(row: Row) -> str:
    return row.value if isinstance(row.value, str) else "\n".join(row.value)
