"""The form fields of the service. Each knows its GOV.UK component, its messages and what it refuses.

Must not know any form, page or rule of probation. Values that reach ``cleaned_data`` are safe to save:
no null bytes, no half surrogates, line breaks as LF, letters composed (NFC). What is typed on one line is read as it
looks (``text.one_line``); a text area keeps what was typed.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils import timezone

from govuk import text
from govuk.choices import Choice, ChoiceSource, Divider, listed
from govuk.phone_numbers import has_its_length
from govuk.questions import BoundQuestion, Question

YES, NO = "YES", "NO"
YEARS = (2000, 9999)
_UNSAVEABLE = "{Called} contains a character that cannot be saved. Remove it and try again"
_TOO_LONG = "{Called} must be {max_length} characters or fewer"
_LARGEST = 2_147_483_647  # what an integer column holds on every database


class TextField(Question):
    """One line of text, read as it looks (``text.one_line``). Codes: required, too_long, unsaveable."""

    template = "govuk/fields/text.html"
    messages: ClassVar = {"required": "Enter {called}", "too_long": _TOO_LONG, "unsaveable": _UNSAVEABLE}
    input_type = "text"
    input_mode = ""
    spellcheck: bool | None = None
    #: Left to the browser when empty; off where what is typed is no word: a telephone must not change it.
    autocapitalize = ""
    autocorrect = ""

    def __init__(
        self,
        *,
        max_length: int = 255,
        prefix: str = "",
        suffix: str = "",
        autocomplete: str = "",
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.max_length = max_length
        self.prefix = prefix
        self.suffix = suffix
        self.autocomplete = autocomplete

    def to_python(self, value: Any) -> Any:
        if value is None:
            return ""
        if not isinstance(value, str):  # a list or a dictionary: not sent by our pages
            raise self.problem("required")
        if text.has_unsaveable(value):
            raise self.problem("unsaveable")
        typed = self.normalised(text.composed(text.with_plain_newlines(value)))
        if len(typed) > self.max_length:
            raise self.problem("too_long", max_length=f"{self.max_length:,}")
        return typed

    def normalised(self, typed: str) -> str:
        """One line, without what nobody sees."""
        return text.one_line(typed)


class TextAreaField(TextField):
    """Text of several lines, kept as typed; blank text counts as no answer.

    Its limit is counted in characters (code points) with each line break as one, as the user sees them.
    Shows a count while typing and, without JavaScript, the limit. Codes as TextField.
    """

    template = "govuk/fields/textarea.html"

    def __init__(self, *, max_length: int = 4000, rows: int = 5, **common: Any) -> None:
        super().__init__(max_length=max_length, **common)
        self.rows = rows

    def normalised(self, typed: str) -> str:
        """As typed, unless there is nothing to see in it."""
        return "" if text.is_blank(typed) else typed


class CodeField(TextField):
    """A name or number that is no word, such as a user name or a CRN: typed without help. Codes as TextField."""

    spellcheck = False
    autocapitalize = "none"
    autocorrect = "off"


class EmailField(CodeField):
    """One email address. Codes: required, too_long, unsaveable, invalid."""

    input_type = "email"
    messages: ClassVar = {
        **TextField.messages,
        "invalid": "Enter an email address in the correct format, like name@example.com",
    }

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            try:
                EmailValidator()(value)
            except ValidationError:
                raise self.problem("invalid") from None


class PhoneField(TextField):
    """One telephone number, kept as typed. Codes: required, too_long, unsaveable, invalid.

    Checked for shape only (10 to 15 digits, an optional extension; one of the UK has all its digits): invented numbers
    and numbers from abroad must pass.
    """

    input_type = "tel"
    messages: ClassVar = {
        **TextField.messages,
        "invalid": "Enter a phone number in the correct format, like 01632 960 001 or 07700 900 982",
    }
    _SHAPE = re.compile(r"\+?[0-9][0-9 ().\-]{8,30}( ?(x|ext\.?|extension) ?[0-9]{1,6})?", re.IGNORECASE)

    def __init__(self, *, max_length: int = 50, width: str | int = 20, **common: Any) -> None:
        super().__init__(max_length=max_length, width=width, **common)

    def validate(self, value: Any) -> None:
        """Refuse what cannot be dialled."""
        super().validate(value)
        if not value:
            return
        number = re.split(r"[a-z]", value, maxsplit=1, flags=re.IGNORECASE)[0]
        digits = sum(character.isdigit() for character in number)
        if not self._SHAPE.fullmatch(value.removeprefix("(")) or not 10 <= digits <= 15:
            raise self.problem("invalid")
        if not has_its_length(number):
            raise self.problem("invalid")


class PasswordField(TextField):
    """A password: never trimmed, never shown again. Codes as TextField."""

    template = "govuk/fields/password.html"

    def __init__(self, *, autocomplete: str = "current-password", **common: Any) -> None:
        super().__init__(autocomplete=autocomplete, **common)

    def normalised(self, typed: str) -> str:
        """As typed: spaces may belong to it."""
        return typed


class IntegerField(CodeField):
    """A whole number; cleans to ``int`` or None. Codes: required, not_a_number, out_of_range."""

    input_mode = "numeric"
    messages: ClassVar = {
        "required": "Enter {called}",
        "not_a_number": "{Called} must be a whole number, like 10",
        "out_of_range": "{Called} must be {range}",
    }

    def __init__(
        self, *, min_value: int = 0, max_value: int = _LARGEST, width: str | int = 4, **common: Any
    ) -> None:
        super().__init__(width=width, **common)
        self.min_value = min_value
        self.max_value = max_value

    def to_python(self, value: Any) -> int | None:
        """The number, from digits with optional spaces and thousands commas."""
        digits = text.one_line(text.printable(value)).replace(" ", "").replace(",", "")
        if not digits:
            return None
        if not re.fullmatch(r"[+-]?[0-9]+", digits):
            raise self.problem("not_a_number")
        number = int(digits) if len(digits) <= 12 else _LARGEST + 1
        if not self.min_value <= number <= self.max_value:
            raise self.problem("out_of_range", range=self._range())
        return number

    def _range(self) -> str:
        if self.max_value == _LARGEST:
            return f"{self.min_value:,} or more"
        return f"between {self.min_value:,} and {self.max_value:,}"

    def unasked(self) -> Any:
        """No number."""
        return None


class HiddenField(TextField):
    """Text that the page carries and nobody types, such as a revision number; cleans to ``str``.

    The form layout prints it; its errors stand in the error summary without a link.
    """

    template = "govuk/fields/hidden.html"
    widget = forms.HiddenInput
    messages: ClassVar = dict.fromkeys(
        ("required", "too_long", "unsaveable"), "Part of this page was not sent. Reload the page and try again"
    )

    def __init__(self, *, label: str = "", **common: Any) -> None:
        super().__init__(label=label, **common)

    def normalised(self, typed: str) -> str:
        """As our page wrote it, on one line."""
        return typed.replace("\n", " ").strip()


class _ChoiceQuestion(Question):
    """What radios, checkboxes and select share: a list of answers, fixed or asked for each time."""

    messages: ClassVar = {"required": "Select {called}", "unknown": "Select {called}"}

    def __init__(self, *, choices: ChoiceSource, **common: Any) -> None:
        super().__init__(**common)
        self.choices = choices

    def offered(self) -> tuple[Choice | Divider, ...]:
        """The answers in their order, with dividers; a function is asked once for each form."""
        self.choices = listed(self.choices)
        return self.choices

    def prepare_value(self, value: Any) -> Any:
        if value is None:
            return ""
        return value if isinstance(value, list | tuple) else str(value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return ""
        if not isinstance(value, str) or self.choice(value) is None:
            raise self.problem("unknown")
        return value


class RadiosField(_ChoiceQuestion):
    """One of a few answers; cleans to ``str``. Codes: required, unknown.

    ``choices``: pairs, triples with a hint, ``Choice``, ``Divider("or")``, or a function giving them.
    ``inline``: side by side; only for two short answers.
    """

    template = "govuk/fields/radios.html"

    def __init__(self, *, inline: bool = False, **common: Any) -> None:
        super().__init__(**common)
        self.inline = inline


class YesNoField(RadiosField):
    """Yes or no; cleans to ``bool`` (None when not answered). Codes: required, unknown.

    ``yes_if`` completes the message "Select yes if …".
    """

    def __init__(
        self,
        *,
        yes_if: str = "",
        yes_text: str = "Yes",
        no_text: str = "No",
        inline: bool = True,
        **common: Any,
    ) -> None:
        super().__init__(choices=[(YES, yes_text), (NO, no_text)], inline=inline, **common)
        if yes_if:
            sentence = f"Select yes if {yes_if}"
            self.own_messages = {"required": sentence, "unknown": sentence} | self.own_messages

    def prepare_value(self, value: Any) -> Any:
        return (
            {True: YES, False: NO}.get(value, value)
            if isinstance(value, bool)
            else super().prepare_value(value)
        )

    def to_python(self, value: Any) -> Any:
        return {YES: True, NO: False, "": None}[super().to_python(value)]

    def unasked(self) -> Any:
        """Neither yes nor no."""
        return None


class SelectField(_ChoiceQuestion):
    """One of many answers in a list; cleans to ``str``. Codes: required, unknown.

    ``empty_text`` stands first and means no answer.
    """

    template = "govuk/fields/select.html"

    def __init__(self, *, empty_text: str = "Select an answer", **common: Any) -> None:
        super().__init__(**common)
        self.empty_text = empty_text

    def offered(self) -> tuple[Choice | Divider, ...]:
        """The answers, after the one that means none."""
        return (Choice("", self.empty_text), *super().offered())


class _SelectOrTyped(forms.Widget):
    """Reads the select, and ``<name>_typed``: the text of the box that a script puts in its place."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        return {"selected": data.get(name), "typed": data.get(f"{name}_typed")}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_typed" not in data


class BoundAutocomplete(BoundQuestion):
    """A question whose answer is found by typing."""

    @property
    def choice_items(self) -> list[dict[str, Any]]:
        """Each answer with its words as every search has them, where the script cannot make them from the label."""
        items = super().choice_items
        for item in items:
            words = text.folded(item.get("text", ""))
            if words and not item["text"].isascii():
                item["attributes"] = {"data-folded": words}
        return items

    @property
    def can_be_typed(self) -> bool:
        """Whether each answer can be told by its label; else it stays a select."""
        labels = [_as_compared(item["text"]) for item in self.choice_items if item.get("value")]
        return len(labels) == len(set(labels))

    @property
    def typed(self) -> str:
        """What was typed and is none of the answers, to be shown again."""
        sent = (
            self.data if self.form.is_bound else self.initial
        )  # offered back: what was kept stands there as sent
        return text.printable(sent["typed"]) if isinstance(sent, dict) and not self.value() else ""


class AutocompleteField(SelectField):
    """One of very many answers, found by typing a part of it; cleans to ``str``. Codes: required, unknown.

    Without JavaScript a select. With it a box, whose text counts and not what stood in the select before:
    text that is no answer is an error, and stays in the box. The labels of the answers must differ.
    """

    template = "govuk/fields/autocomplete.html"
    widget = _SelectOrTyped
    messages: ClassVar = {"required": "Select {called}", "unknown": "Select {called} from the list"}

    def __init__(self, *, choices: ChoiceSource = (), **common: Any) -> None:
        super().__init__(choices=choices, **common)
        self.bound_field_class = BoundAutocomplete

    def prepare_value(self, value: Any) -> Any:
        """A stored value, or the answer that was sent; nothing when that is no answer."""
        if not isinstance(value, dict):
            return super().prepare_value(value)
        return self._answer(value) or ""

    def to_python(self, value: Any) -> Any:
        answer = self._answer(value) if isinstance(value, dict) else super().to_python(value)
        if answer is None:
            raise self.problem("unknown")
        return answer

    def _answer(self, sent: dict[str, Any]) -> str | None:
        """The value that was sent, "" for none, None for what is not on the list."""
        selected, typed = sent["selected"], sent["typed"]
        if typed is None:
            known = selected in self.empty_values or (isinstance(selected, str) and self.choice(selected))
            return (selected or "") if known else None
        if not isinstance(typed, str):  # a list or a dictionary: not sent by our pages
            return None
        if text.is_blank(typed):
            return ""
        meant = _as_compared(typed)
        answers = (item for item in self.offered() if isinstance(item, Choice) and item.value)
        return next((item.value for item in answers if _as_compared(self.filled(item.label)) == meant), None)


def _as_compared(label: str) -> str:
    """A label without what does not make it another: capitals, unseen characters, kinds of space and apostrophe."""
    return text.composed(" ".join(text.one_line(label).split()).casefold())


class _ManyValues(forms.SelectMultiple):
    """Reads every value sent under a name, whatever kind of mapping holds them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        values = super().value_from_datadict(data, files, name)
        if values is None:
            return []
        return list(values) if isinstance(values, list | tuple) else [values]


class CheckboxesField(_ChoiceQuestion):
    """Any number of answers; cleans to a list of ``str`` in the order offered.

    A ``Choice(exclusive=True)`` ("None of these") cannot be chosen with others. ``small``: for many answers beside
    something else, such as filters. Codes: required, unknown, exclusive.
    """

    template = "govuk/fields/checkboxes.html"
    widget = _ManyValues
    messages: ClassVar = {
        **_ChoiceQuestion.messages,
        "exclusive": "Select {called}, or select \u201c{exclusive}\u201d on its own",
    }

    def __init__(self, *, hint: str = "Select all that apply.", small: bool = False, **common: Any) -> None:
        super().__init__(hint=hint, **common)
        self.small = small

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str | int):
            return [] if value in (None, "") else [str(value)]
        return [str(item) for item in value]

    def to_python(self, value: Any) -> list[str]:
        """The chosen values, each once, in the order offered."""
        chosen = [item for item in value or [] if item not in self.empty_values]
        if any(not isinstance(item, str) or self.choice(item) is None for item in chosen):
            raise self.problem("unknown")
        choices = [item for item in self.offered() if isinstance(item, Choice) and item.value in chosen]
        alone = next((choice for choice in choices if choice.exclusive), None)
        if alone and len(choices) > 1:
            raise self.problem("exclusive", exclusive=self.filled(alone.label))
        return [choice.value for choice in choices]

    def unasked(self) -> Any:
        """Nothing chosen."""
        return []


class CheckboxField(_ChoiceQuestion):
    """A single tick, such as a confirmation; cleans to ``bool``. Required means: must be ticked.

    The ``label`` stands beside the box. Codes: required.
    """

    template = "govuk/fields/checkbox.html"
    messages: ClassVar = {
        "required": "Select the box to confirm: {label}",
        "unknown": "Select the box to confirm: {label}",
    }

    def __init__(self, *, label: str, **common: Any) -> None:
        super().__init__(label=label, choices=[(YES, label)], **common)

    def problem(self, code: str, **words: str) -> ValidationError:
        """The error, quoting what there is to confirm."""
        return super().problem(code, label=self.filled(str(self.label)), **words)

    def prepare_value(self, value: Any) -> Any:
        return (YES if value else "") if isinstance(value, bool) else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value) == YES

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise self.problem("required")

    def unasked(self) -> Any:
        """Not ticked."""
        return False


class _DateBoxes(forms.Widget):
    """Reads the three boxes ``<name>_day``, ``<name>_month`` and ``<name>_year``."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        return {part: data.get(f"{name}_{part}") for part in DateField.PARTS}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}_{part}" not in data for part in DateField.PARTS)


class WrongDate(ValidationError):
    """What is wrong with a date, and in which of its boxes."""

    def __init__(self, error: ValidationError, parts: tuple[str, ...]) -> None:
        super().__init__(error.message, code=error.code)
        self.parts = parts


class BoundDate(BoundQuestion):
    """A date question with its three boxes."""

    @property
    def wrong_parts(self) -> tuple[str, ...]:
        """The boxes to mark: those that the error names, or all."""
        errors = self.form.errors.as_data().get(self.name, [])
        return getattr(errors[0], "parts", DateField.PARTS) if errors else ()

    @property
    def boxes(self) -> list[dict[str, str]]:
        """The three boxes for the date-input macro."""
        values = self.value()
        return [
            {
                "id": f"{self.auto_id}_{part}",
                "name": f"{self.html_name}_{part}",
                "label": part.capitalize(),
                "value": text.printable(values.get(part)),
                "classes": f"govuk-input--width-{4 if part == 'year' else 2}"
                + (" govuk-input--error" if part in self.wrong_parts else ""),
            }
            for part in DateField.PARTS
        ]


class DateField(Question):
    """Day, month and year in three boxes; cleans to ``datetime.date`` or None.

    Boxes are named ``<name>_day``, ``<name>_month``, ``<name>_year``. Months may be words, in English or Welsh, whole
    or shortened ("June", "Sept.", "Gorff").
    ``years``: first and last year accepted. ``earliest``, ``latest``: a date, or a function giving one
    (use a function for today: a date in a class body would be the day the server started). ``expected``: what is
    asked of this date ("today or in the future"), said when its year cannot be right.
    Codes: required, incomplete, not_real, short_year, year, too_early, too_late.
    """

    PARTS = ("day", "month", "year")
    template = "govuk/fields/date.html"
    widget = _DateBoxes
    messages: ClassVar = {
        "required": "Enter {called}",
        "incomplete": "{Called} must include a {missing}",
        "not_real": "{Called} must be a real date",
        "short_year": "{Called} must {be}include all 4 digits of the year, like {like}",
        "year": "{Called} must {be}include a year between {first} and {last}",
        "too_early": "{Called} must be the same as or after {date}",
        "too_late": "{Called} must be the same as or before {date}",
    }
    #: In English and in Welsh. Three letters tell each from all others.
    MONTHS = (
        ("january", "ionawr"),
        ("february", "chwefror"),
        ("march", "mawrth"),
        ("april", "ebrill"),
        ("may", "mai"),
        ("june", "mehefin"),
        ("july", "gorffennaf"),
        ("august", "awst"),
        ("september", "medi"),
        ("october", "hydref"),
        ("november", "tachwedd"),
        ("december", "rhagfyr"),
    )

    def __init__(
        self,
        *,
        expected: str = "",
        years: tuple[int, int] = YEARS,
        earliest: datetime.date | Callable[[], datetime.date] | None = None,
        latest: datetime.date | Callable[[], datetime.date] | None = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.bound_field_class = BoundDate
        self.expected = expected
        self.years = years
        self.earliest = earliest
        self.latest = latest

    def first_id(self, bound: BoundQuestion) -> str:
        """The id of the first wrong box."""
        wrong = bound.wrong_parts if isinstance(bound, BoundDate) else ()
        return f"{bound.auto_id}_{(wrong or self.PARTS)[0]}"

    def prepare_value(self, value: Any) -> dict[str, Any]:
        """A date, or what was typed, as the three boxes."""
        if isinstance(value, datetime.date):
            return {"day": value.day, "month": value.month, "year": value.year}
        return value if isinstance(value, dict) else {}

    def to_python(self, value: Any) -> datetime.date | None:
        """The date that the boxes say; each way of being wrong has its own message."""
        boxes = value if isinstance(value, dict) else {}
        typed = {part: text.one_line(text.printable(boxes.get(part))) for part in self.PARTS}
        missing = tuple(part for part in self.PARTS if not typed[part])
        if len(missing) == len(self.PARTS):
            return None
        if missing:
            raise self._wrong("incomplete", missing, missing=" and ".join(missing))
        day, month, year = self._day(typed["day"]), self._month(typed["month"]), self._year(typed["year"])
        impossible = tuple(
            part for part, number in zip(self.PARTS, (day, month, year), strict=True) if number is None
        )
        if day is None or month is None or year is None:
            raise self._wrong("not_real", impossible)
        if year < 1000:
            raise self._wrong("short_year", ("year",), like=str(self._example_year()))
        try:
            date = self._in_time(datetime.date(year, month, day))
        except ValueError:  # 31 February: no one box is wrong
            raise self._wrong("not_real", self.PARTS) from None
        if not self.years[0] <= year <= self.years[1]:
            raise self._wrong("year", ("year",), first=str(self.years[0]), last=str(self.years[1]))
        return date

    def unasked(self) -> Any:
        """No date."""
        return None

    def _wrong(self, code: str, parts: Iterable[str], **words: str) -> WrongDate:
        be = f"be {self.expected}, and " if self.expected else ""
        return WrongDate(self.problem(code, be=be, **words), tuple(parts))

    def _limits(self) -> tuple[datetime.date | None, datetime.date | None]:
        earliest = self.earliest() if callable(self.earliest) else self.earliest
        latest = self.latest() if callable(self.latest) else self.latest
        return earliest, latest

    def _example_year(self) -> int:
        """This year, or the nearest that the date may have."""
        earliest, latest = self._limits()
        first = max(self.years[0], earliest.year if earliest else self.years[0])
        last = min(self.years[1], latest.year if latest else self.years[1])
        return min(max(timezone.localdate().year, first), last)

    def _in_time(self, date: datetime.date) -> datetime.date:
        earliest, latest = self._limits()
        if earliest and date < earliest:
            raise self._wrong("too_early", self.PARTS, date=_in_words(earliest))
        if latest and date > latest:
            raise self._wrong("too_late", self.PARTS, date=_in_words(latest))
        return date

    @staticmethod
    def _day(typed: str) -> int | None:
        return int(typed) if re.fullmatch(r"[0-9]{1,2}", typed) and 1 <= int(typed) <= 31 else None

    @classmethod
    def _month(cls, typed: str) -> int | None:
        if re.fullmatch(r"[0-9]{1,2}", typed):
            return int(typed) if 1 <= int(typed) <= 12 else None
        word = typed.lower().removesuffix(".")
        if len(word) < 3:
            return None
        return next(
            (n for n, names in enumerate(cls.MONTHS, 1) if any(name.startswith(word) for name in names)), None
        )

    @staticmethod
    def _year(typed: str) -> int | None:
        return int(typed) if re.fullmatch(r"[0-9]{1,4}", typed) else None


def _in_words(date: datetime.date) -> str:
    return f"{date.day} {date:%B %Y}"
