"""What a question page is: a question, its fields, and how its answers read when played back.

A page knows its question, its typed answers, whether they are complete, and its rows for "check your answers".
It does not know the next page, or whether its answers go to a draft or to an amendment.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from govuk.forms import Form
from referrals.journey.situation import Situation


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as it is played back: a label, and a value or several.

    ``part``: where it is changed by itself, on a page whose answers have a page each.
    """

    label: str
    value: str | tuple[str, ...]
    part: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What an outside system said that a page needs before it can ask, or why it could not be had."""

    value: Any = None
    trouble: str = ""


class Page(Form):
    """One question page. Subclasses name their answers type and their question."""

    answers: ClassVar[type[Any]]
    question: ClassVar[str]
    template: ClassVar[str] = "referrals/journey/page.html"
    # A page that is not a plain form (risk) has views of its own under this name.
    view_name: ClassVar[str] = ""
    # Where one part of such a page is changed (its address ends with the row's part).
    part_view_name: ClassVar[str] = ""

    def __init__(self, *args: Any, situation: Situation, found: Found | None = None, **kwargs: Any) -> None:
        super().__init__(*args, person=situation.person, **kwargs)
        self.situation = situation
        self.found = found or Found()
        self.arrange()

    def arrange(self) -> None:
        """Fit the fields to the situation: choices, extra fields. Most pages need nothing."""

    @classmethod
    def look_up(cls, situation: Situation, answers: Any) -> Found:
        """Ask an outside system for what the page needs. Never inside a transaction. Most pages need nothing."""
        return Found()

    @classmethod
    def asked(cls, situation: Situation) -> str:
        """The question, with the person's name and the service's in their places."""
        category = situation.category.name if situation.category else ""
        return cls.question.format(person=situation.person, category=category)

    def beside(self) -> Any:
        """What stands beside the question for the practitioner alone. Most pages have nothing."""
        return None

    @classmethod
    def first_values(cls, answers: Any, situation: Situation, found: Found) -> dict[str, Any]:
        """What stands in the fields when the page opens."""
        return asdict(answers)

    def given(self) -> Any:
        """The cleaned fields as the page's typed answers."""
        return self.answers(**self.cleaned_data)

    @classmethod
    def is_answered(cls, answers: Any) -> bool:
        """Whether the answers are complete. By default: every one has been given."""
        return all(value is not None and value != "" for value in asdict(answers).values())

    @classmethod
    def is_begun(cls, answers: Any) -> bool:
        """Whether something was done about answers that are not complete. A plain form is saved whole or not at all."""
        return False

    @classmethod
    def is_to_be_confirmed_again(cls, answers: Any) -> bool:
        """Whether it was complete once, and changed since. Most pages have nothing to confirm."""
        return False

    @classmethod
    def outdated(cls, answers: Any, situation: Situation) -> str:
        """Why complete answers no longer do, or nothing. The question counts as unanswered then."""
        return ""

    @classmethod
    def rows(cls, answers: Any, situation: Situation) -> list[Row]:
        """The answers as they read on "check your answers"."""
        raise NotImplementedError

    @classmethod
    def warnings(cls, answers: Any, situation: Situation) -> list[str]:
        """What the practitioner should know about these answers. Never blocks."""
        return []


def text(value: str | None, empty: str = "Not provided") -> str:
    """A value, or the words for its absence."""
    return value or empty


def yes_no(value: bool | None) -> str:
    """Yes, no, or not answered yet."""
    return {True: "Yes", False: "No", None: "Not provided"}[value]
