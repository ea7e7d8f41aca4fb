"""What each field takes, refuses, and says about it. One table a field."""

import datetime
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.http import QueryDict

from govuk.choices import Choice, Divider
from govuk.fields import (
    AutocompleteField,
    CheckboxesField,
    CheckboxField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    PhoneField,
    RadiosField,
    SelectField,
    TextAreaField,
    TextField,
    YesNoField,
)
from govuk.forms import Form
from govuk.questions import Question

PLACES = [("PRISON", "Prison"), Choice("HOME", "Home"), Divider(), ("OTHER", "Somewhere else", "Say where")]
OFFICES = [("1", "Alder House"), ("2", "St. Anne’s  Court"), ("3", "{person}")]
NEEDS = [("HOUSING", "Housing"), ("WORK", "Work"), Divider(), Choice("NONE", "None of these", exclusive=True)]


def asked(field: Question, sent: str, person: str = "Kezia Brackenridge") -> Form:
    """A form of one question ``it``, answered by a query string as a browser would send it."""
    form_class: Any = type("OneQuestion", (Form,), {"it": field})
    return form_class(QueryDict(sent), person=person)


def answer(field: Question, sent: str) -> Any:
    form = asked(field, sent)
    assert form.is_valid(), form.errors
    return form.cleaned_data["it"]


def error(field: Question, sent: str) -> str:
    form = asked(field, sent)
    assert not form.is_valid()
    assert "it" not in form.cleaned_data
    assert len(form.error_list()) == 1
    return form.error_list()[0]["text"]


def date_sent(day: object, month: object, year: object) -> str:
    return f"it_day={day}&it_month={month}&it_year={year}"


LONG = "x" * 4000


@pytest.mark.parametrize(
    ("field", "sent", "expected"),
    [
        pytest.param(TextField(label="Name"), "it=+Ada+", "Ada", id="text is trimmed"),
        pytest.param(TextField(label="Name"), "it=a%0D%0Ab", "a b", id="one line stays one line"),
        pytest.param(TextField(label="Name", required=False), "", "", id="text not sent"),
        pytest.param(TextField(label="Name", required=False), "it=%20", "", id="only spaces is no text"),
        pytest.param(TextField(label="Name"), "it=a&it=b", "b", id="sent twice: the last"),
        pytest.param(TextField(label="Name", max_length=3), "it=abc", "abc", id="text at its limit"),
        pytest.param(TextAreaField(label="Why"), "it=+a%0D%0A%0Db+", " a\n\nb ", id="as typed, LF"),
        pytest.param(TextAreaField(label="Why"), f"it={LONG}", LONG, id="box at its limit"),
        pytest.param(
            TextAreaField(label="Why", max_length=3), "it=a%0D%0Ab", "a\nb", id="a line break counts as one"
        ),
        pytest.param(
            TextAreaField(label="Why", max_length=2), "it=%F0%9F%99%82b", "🙂b", id="an emoji is one"
        ),
        pytest.param(TextAreaField(label="Why", required=False), "it=+%0D%0A", "", id="blank box is empty"),
        pytest.param(
            TextAreaField(label="Why"), "it=%3Cscript%3E%7B%7B+1+%7D%7D", "<script>{{ 1 }}", id="text is text"
        ),
        pytest.param(PasswordField(label="Password"), "it=+a+", " a ", id="a password keeps its spaces"),
        pytest.param(EmailField(label="Email"), "it=+a@b.example+", "a@b.example", id="email"),
        pytest.param(EmailField(label="Email", required=False), "it=", "", id="email left out"),
        pytest.param(PhoneField(label="Phone"), "it=07700+900+982", "07700 900 982", id="mobile"),
        pytest.param(
            PhoneField(label="Phone"), "it=%2B44+(0)161-496+0000", "+44 (0)161-496 0000", id="international"
        ),
        pytest.param(
            PhoneField(label="Phone"), "it=(0161)+496+0000+ext+12", "(0161) 496 0000 ext 12", id="extension"
        ),
        pytest.param(IntegerField(label="Days"), "it=+1,200+", 1200, id="thousands"),
        pytest.param(IntegerField(label="Days"), "it=0", 0, id="nought is an answer"),
        pytest.param(IntegerField(label="Days", required=False), "it=", None, id="no number"),
        pytest.param(IntegerField(label="Days", min_value=1, max_value=40), "it=40", 40, id="largest number"),
        pytest.param(RadiosField(label="Place", choices=PLACES), "it=HOME", "HOME", id="radio"),
        pytest.param(
            RadiosField(label="Place", choices=lambda: PLACES), "it=OTHER", "OTHER", id="choices asked"
        ),
        pytest.param(RadiosField(label="Place", choices=PLACES, required=False), "", "", id="no radio"),
        pytest.param(
            RadiosField(label="Place", choices=[(7, "Seven")]), "it=7", "7", id="values are strings"
        ),
        pytest.param(YesNoField(label="Well?"), "it=YES", True, id="yes"),
        pytest.param(YesNoField(label="Well?"), "it=NO", False, id="no"),
        pytest.param(YesNoField(label="Well?", required=False), "", None, id="neither"),
        pytest.param(SelectField(label="Place", choices=PLACES[:2]), "it=PRISON", "PRISON", id="select"),
        pytest.param(
            SelectField(label="Place", choices=PLACES[:2], required=False), "it=", "", id="none selected"
        ),
        *(
            pytest.param(AutocompleteField(label="Office", choices=OFFICES), sent, value, id=situation)
            for sent, value, situation in (
                ("it=1", "1", "selected without a script"),
                ("it=1&it_typed=Alder+House", "1", "selected with a script"),
                ("it=&it_typed=Alder+House", "1", "typed to its end, never selected"),
                ("it=&it_typed=++ALDER%C2%A0+house+", "1", "typed with other capitals and spaces"),
                ("it=1&it_typed=St.+Anne%E2%80%99s+Court", "2", "typed over what was selected before"),
                ("it_typed=Kezia+Brackenridge", "3", "a label that names the person"),
            )
        ),
        *(
            pytest.param(
                AutocompleteField(label="Office", choices=OFFICES, required=False), sent, "", id=situation
            )
            for sent, situation in (
                ("", "not sent"),
                ("it=", "none selected without a script"),
                ("it=1&it_typed=+%E2%80%8B", "the box was emptied"),
            )
        ),
        pytest.param(CheckboxesField(label="Needs", choices=NEEDS), "it=WORK", ["WORK"], id="one box"),
        pytest.param(
            CheckboxesField(label="Needs", choices=NEEDS),
            "it=WORK&it=HOUSING&it=WORK",
            ["HOUSING", "WORK"],
            id="each once, in the order offered",
        ),
        pytest.param(CheckboxesField(label="Needs", choices=NEEDS), "it=NONE", ["NONE"], id="none alone"),
        pytest.param(CheckboxesField(label="Needs", choices=NEEDS, required=False), "", [], id="no box"),
        pytest.param(CheckboxField(label="I agree"), "it=YES", True, id="ticked"),
        pytest.param(CheckboxField(label="I agree", required=False), "", False, id="not ticked"),
        pytest.param(HiddenField(), "it=abc", "abc", id="carried by the page"),
        pytest.param(
            DateField(label="Date"), date_sent("7", "06", "2027"), datetime.date(2027, 6, 7), id="date"
        ),
        pytest.param(
            DateField(label="Date"),
            date_sent("+7+", "June", "2027"),
            datetime.date(2027, 6, 7),
            id="month's name",
        ),
        pytest.param(
            DateField(label="Date"),
            date_sent("7", "sep", "2027"),
            datetime.date(2027, 9, 7),
            id="short month",
        ),
        pytest.param(
            DateField(label="Date"), date_sent("29", "2", "2028"), datetime.date(2028, 2, 29), id="leap day"
        ),
        pytest.param(DateField(label="Date", required=False), date_sent("", "", ""), None, id="no date"),
        pytest.param(DateField(label="Date", required=False), "", None, id="date not sent"),
        pytest.param(
            DateField(label="Birth", years=(1900, 2030)),
            date_sent("30", "8", "1946"),
            datetime.date(1946, 8, 30),
            id="other years",
        ),
        pytest.param(
            DateField(label="Date", earliest=lambda: datetime.date(2027, 1, 1)),
            date_sent("1", "1", "2027"),
            datetime.date(2027, 1, 1),
            id="the earliest date itself",
        ),
    ],
)
def test_what_is_taken(field: Question, sent: str, expected: Any) -> None:
    assert answer(field, sent) == expected
    assert type(answer(field, sent)) is type(expected)


@pytest.mark.parametrize(
    ("field", "sent", "message"),
    [
        pytest.param(TextField(label="Full name"), "", "Enter full name", id="no text"),
        pytest.param(TextField(label="Name", called="their name"), "it=+", "Enter their name", id="called"),
        pytest.param(TextField(label="CRN"), "it=", "Enter CRN", id="initials keep their capitals"),
        pytest.param(
            TextField(label="What is the address?"),
            "it=",
            "Enter an answer to “What is the address?”",
            id="a question as the label",
        ),
        pytest.param(
            TextField(label="{person}’s name"),
            "",
            "Enter Kezia Brackenridge’s name",
            id="person in the label",
        ),
        pytest.param(
            TextField(label="Name", error_messages={"required": "Say who {person} is"}),
            "",
            "Say who Kezia Brackenridge is",
            id="own message",
        ),
        pytest.param(
            TextField(label="Full name", max_length=3),
            "it=abcd",
            "Full name must be 3 characters or fewer",
            id="long",
        ),
        pytest.param(
            TextAreaField(label="Reason", called="the reason"),
            "it=%0D%0A+%E2%80%8B",
            "Enter the reason",
            id="blank",
        ),
        pytest.param(
            TextAreaField(label="Reason", called="the reason"),
            f"it={LONG}x",
            "Reason must be 4,000 characters or fewer",
            id="box too long",
        ),
        pytest.param(
            TextAreaField(label="Reason"),
            "it=a%00b",
            "Reason contains a character that cannot be saved. Remove it and try again",
            id="null byte in a box",
        ),
        pytest.param(
            TextField(label="Name", required=False),
            "it=%00",
            "Name contains a character that cannot be saved. Remove it and try again",
            id="null byte alone",
        ),
        pytest.param(
            EmailField(label="Email"),
            "it=a@b",
            "Enter an email address in the correct format, like name@example.com",
            id="no address",
        ),
        pytest.param(EmailField(label="Email address"), "it=", "Enter email address", id="no email"),
        *(
            pytest.param(
                PhoneField(label="Phone"),
                f"it={number}",
                "Enter a phone number in the correct format, like 01632 960 001 or 07700 900 982",
                id=f"not a telephone number: {number}",
            )
            for number in (
                "01632+96090",
                "%2B44+1632+96090",
                "01632+960+0011",
                "123",
                "0770090098a",
                "call+me",
                "1" * 16,
                "------------",
                "٠٧٧٠٠٩٠٠٩٨٢",
            )
        ),
        pytest.param(IntegerField(label="Days"), "it=", "Enter days", id="number missing"),
        *(
            pytest.param(
                IntegerField(label="Days"),
                f"it={typed}",
                "Days must be a whole number, like 10",
                id=f"number {typed}",
            )
            for typed in ("ten", "1.5", "1e3", "0x10", "%C2%B2", "٣", "%00", "--1")
        ),
        *(
            pytest.param(
                IntegerField(label="Days", min_value=1, max_value=40),
                f"it={typed}",
                "Days must be between 1 and 40",
                id=f"out of range: {typed[:10]}",
            )
            for typed in ("0", "41", "-5", "9" * 5000)
        ),
        pytest.param(
            IntegerField(label="Days", min_value=1),
            "it=0",
            "Days must be 1 or more",
            id="only a smallest number",
        ),
        pytest.param(
            RadiosField(label="Place", called="a place", choices=PLACES), "", "Select a place", id="no radio"
        ),
        pytest.param(
            RadiosField(label="Place", choices=PLACES, required=False),
            "it=MOON",
            "Select place",
            id="not offered",
        ),
        pytest.param(
            YesNoField(label="Interpreter?", yes_if="{person} needs an interpreter"),
            "",
            "Select yes if Kezia Brackenridge needs an interpreter",
            id="neither yes nor no",
        ),
        pytest.param(
            YesNoField(label="Interpreter?", yes_if="there is one"),
            "it=1",
            "Select yes if there is one",
            id="not YES",
        ),
        pytest.param(
            YesNoField(label="Interpreter?", yes_if="x", error_messages={"required": "Say it"}),
            "",
            "Say it",
            id="own",
        ),
        pytest.param(
            SelectField(label="Place", choices=PLACES[:2]), "it=", "Select place", id="none selected"
        ),
        pytest.param(
            SelectField(label="Place", choices=PLACES[:2]), "it=x", "Select place", id="unknown selected"
        ),
        *(
            pytest.param(
                AutocompleteField(label="Office", called="an office", choices=OFFICES),
                sent,
                message,
                id=situation,
            )
            for sent, message, situation in (
                ("", "Select an office", "nothing sent"),
                ("it=1&it_typed=", "Select an office", "an emptied box does not keep the old answer"),
                ("it=9", "Select an office from the list", "not offered"),
                ("it=1&it_typed=Alder", "Select an office from the list", "half a name is no answer"),
                ("it=1&it_typed=Alder+House%00", "Select an office from the list", "null byte"),
                ("it=1&it_typed=Select+an+answer", "Select an office from the list", "the words for none"),
                ("it=1&it_typed=%7Bperson%7D", "Select an office from the list", "the pattern of a label"),
            )
        ),
        pytest.param(
            AutocompleteField(label="Office", choices=OFFICES, error_messages={"unknown": "No such office"}),
            "it_typed=Elm",
            "No such office",
            id="own message for what is not on the list",
        ),
        pytest.param(AutocompleteField(label="Office"), "it=1", "Select office from the list", id="no list"),
        pytest.param(CheckboxesField(label="Needs", choices=NEEDS), "", "Select needs", id="no box"),
        pytest.param(
            CheckboxesField(label="Needs", choices=NEEDS),
            "it=WORK&it=x",
            "Select needs",
            id="one unknown box",
        ),
        pytest.param(
            CheckboxesField(label="Needs", choices=NEEDS),
            "it=WORK&it=NONE",
            "Select needs, or select “None of these” on its own",
            id="none and another",
        ),
        pytest.param(
            CheckboxField(label="I agree"), "", "Select the box to confirm: I agree", id="must be ticked"
        ),
        pytest.param(
            CheckboxField(label="I agree"), "it=on", "Select the box to confirm: I agree", id="other value"
        ),
        pytest.param(
            HiddenField(),
            "",
            "Part of this page was not sent. Reload the page and try again",
            id="nothing carried",
        ),
        pytest.param(DateField(label="Completion date"), "", "Enter completion date", id="no date"),
        pytest.param(
            DateField(label="Completion date", called="the completion date"),
            date_sent("", "", ""),
            "Enter the completion date",
            id="empty date",
        ),
    ],
)
def test_what_is_refused_and_how(field: Question, sent: str, message: str) -> None:
    assert error(field, sent) == message


DAY, MONTH, YEAR = "day", "month", "year"


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "wrong"),
    [
        pytest.param("7", "", "2027", "must include a month", (MONTH,), id="no month"),
        pytest.param("", "6", "2027", "must include a day", (DAY,), id="no day"),
        pytest.param("7", "", "", "must include a month and year", (MONTH, YEAR), id="only a day"),
        pytest.param("32", "6", "2027", "must be a real date", (DAY,), id="day 32"),
        pytest.param("0", "6", "2027", "must be a real date", (DAY,), id="day 0"),
        pytest.param("7", "13", "2027", "must be a real date", (MONTH,), id="month 13"),
        pytest.param("7", "Smarch", "2027", "must be a real date", (MONTH,), id="no such month"),
        pytest.param("a", "b", "c", "must be a real date", (DAY, MONTH, YEAR), id="letters"),
        pytest.param("31", "2", "2027", "must be a real date", (DAY, MONTH, YEAR), id="31 February"),
        pytest.param(
            "29", "2", "2027", "must be a real date", (DAY, MONTH, YEAR), id="29 February, no leap year"
        ),
        pytest.param(
            "7", "6", "27", "must include all 4 digits of the year, like 2026", (YEAR,), id="short year"
        ),
        pytest.param(
            "7", "6", "1999", "must include a year between 2000 and 9999", (YEAR,), id="year too early"
        ),
        pytest.param("7", "6", "20270", "must be a real date", (YEAR,), id="year too long"),
        pytest.param(
            "7", "6", "0000", "must include all 4 digits of the year, like 2026", (YEAR,), id="year nought"
        ),
        pytest.param("-7", "6", "2027", "must be a real date", (DAY,), id="negative day"),
        pytest.param("%C2%B2", "6", "2027", "must be a real date", (DAY,), id="superscript digit"),
        pytest.param("7", "6", "9" * 5000, "must be a real date", (YEAR,), id="five thousand digits"),
        pytest.param("%00", "6", "2027", "must be a real date", (DAY,), id="null byte"),
    ],
)
@time_machine.travel("2026-11-29")
def test_dates_say_what_is_wrong_and_mark_only_that(
    day: str, month: str, year: str, message: str, wrong: tuple[str, ...]
) -> None:
    form = asked(DateField(label="Completion date"), date_sent(day, month, year))
    assert form.error_list() == [{"text": f"Completion date {message}", "href": f"#id_it_{wrong[0]}"}]
    marked = [box["id"] for box in form["it"].boxes if "error" in box["classes"]]
    assert marked == [f"id_it_{part}" for part in wrong]


@pytest.mark.parametrize(
    ("day", "message"),
    [
        pytest.param(3, "Completion date must be the same as or after 4 May 2027", id="too early"),
        pytest.param(7, "Completion date must be the same as or before 6 May 2027", id="too late"),
    ],
)
def test_dates_outside_their_limits(day: int, message: str) -> None:
    field = DateField(
        label="Completion date",
        earliest=lambda: datetime.date(2027, 5, 4),
        latest=datetime.date(2027, 5, 6),
    )
    assert error(field, date_sent(day, 5, 2027)) == message


FIRST, LAST = datetime.date(2021, 6, 1), datetime.date(2024, 5, 6)


@pytest.mark.parametrize(
    ("limits", "year", "message"),
    [
        pytest.param(
            {"expected": "today or in the future"},
            "27",
            "Date must be today or in the future, and include all 4 digits of the year, like 2026",
            id="short, with what is expected",
        ),
        pytest.param(
            {"latest": LAST},
            "27",
            "Date must include all 4 digits of the year, like 2024",
            id="short, the last year allowed",
        ),
        pytest.param(
            {"earliest": datetime.date(2031, 1, 1)},
            "27",
            "Date must include all 4 digits of the year, like 2031",
            id="short, the first year allowed",
        ),
        pytest.param(
            {"earliest": FIRST},
            "1999",
            "Date must be the same as or after 1 June 2021",
            id="before the first day",
        ),
        pytest.param(
            {"latest": LAST}, "2090", "Date must be the same as or before 6 May 2024", id="after the last day"
        ),
        pytest.param(
            {"expected": "today or in the future"},
            "1999",
            "Date must be today or in the future, and include a year between 2000 and 9999",
            id="no year of ours, with what is expected",
        ),
    ],
)
@time_machine.travel("2026-11-29")
def test_a_wrong_year_is_told_what_is_expected_of_that_date(
    limits: dict[str, Any], year: str, message: str
) -> None:
    assert error(DateField(label="Date", **limits), date_sent(7, 6, year)) == message


ENGLISH = "Jan. Feb Mar. april MAY June. Jul August Sept. October Nov. December"
WELSH = "Ionawr Chwef. Mawrth Ebr Mai Mehefin Gorff. Awst Medi Hyd. Tachwedd Rhag"


@pytest.mark.parametrize(
    ("month", "number"),
    [
        *((month, number) for number, month in enumerate(ENGLISH.split(), 1)),
        *((month, number) for number, month in enumerate(WELSH.split(), 1)),
        ("Sept", 9),
        ("sep", 9),
        ("\u200bSept\u00a0", 9),
    ],
)
def test_months_as_people_write_them(month: str, number: int) -> None:
    assert answer(DateField(label="Date"), date_sent(3, quote(month), 2027)) == datetime.date(2027, number, 3)


@pytest.mark.parametrize("month", ["Ma", "M", "J.", ".", "Junius", "Sept..", "Mayy", "1.", "septembre"])
def test_what_is_no_month(month: str) -> None:
    assert error(DateField(label="Date"), date_sent(3, month, 2027)) == "Date must be a real date"


def test_three_letters_tell_each_month_from_all_others() -> None:
    short = [name[:3] for names in DateField.MONTHS for name in names]
    assert len(set(short)) == len(short) == 24


ZERO_WIDTH, MARK, NARROW, DASH = "\u200b", "\ufeff", "\u202f", "\u2011"
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        pytest.param(PhoneField(label="It"), "07700\u00a0900982", "07700 900982", id="phone, no-break space"),
        pytest.param(
            PhoneField(label="It"), f"07700{DASH}900{DASH}982", "07700-900-982", id="phone, no-break hyphens"
        ),
        pytest.param(PhoneField(label="It"), "\u202a07700900982\u202c", "07700900982", id="phone, direction"),
        pytest.param(
            PhoneField(label="It"), "07700\u2013900\u2212982", "07700-900-982", id="phone, dash, minus"
        ),
        pytest.param(PhoneField(label="It"), "07700\t900982", "07700 900982", id="phone, tab"),
        pytest.param(
            EmailField(label="It"),
            f"nia.prosser@justice.gov.uk{ZERO_WIDTH}",
            "nia.prosser@justice.gov.uk",
            id="email, zero width",
        ),
        pytest.param(
            EmailField(label="It"), "o\u2019brien@b.example", "o'brien@b.example", id="email, apostrophe"
        ),
        pytest.param(
            EmailField(label="It"), f"{MARK}a@b.example\u00a0", "a@b.example", id="email, byte order mark"
        ),
        pytest.param(
            EmailField(label="It"), f"a\u00ad@b{DASH}c.example", "a@b-c.example", id="email, soft hyphen"
        ),
        pytest.param(TextField(label="It"), f"SW1A 1AA{ZERO_WIDTH}", "SW1A 1AA", id="text, zero width"),
        pytest.param(TextField(label="It"), "Sia\u0302n O\u2019Neill", "Siân O'Neill", id="text, composed"),
        pytest.param(
            TextField(label="It"), "a\u2028b\u2003c\x85d", "a b c d", id="text, other spaces and breaks"
        ),
        pytest.param(TextField(label="It"), "a\u2060\u2066\u200f\u061c\x01\ufe0fb", "ab", id="text, unseen"),
        pytest.param(
            TextField(label="It", max_length=2), f"ab{ZERO_WIDTH * 9}", "ab", id="unseen is not counted"
        ),
        pytest.param(TextField(label="It", required=False), ZERO_WIDTH, "", id="nothing to see is no answer"),
        pytest.param(TextField(label="It"), "\u06dd12", "\u06dd12", id="a format character that is drawn"),
        pytest.param(IntegerField(label="It"), "1\u00a0", 1, id="number, no-break space"),
        pytest.param(
            IntegerField(label="It"), f"{MARK}1{NARROW}200{ZERO_WIDTH}", 1200, id="number, narrow space"
        ),
        pytest.param(
            AutocompleteField(label="It", choices=OFFICES),
            f"St. Anne's Court{ZERO_WIDTH}",
            "2",
            id="one of a list",
        ),
        pytest.param(
            TextAreaField(label="It"),
            f"{FAMILY} \u2018a\u2019 \u2013 \u00adb{ZERO_WIDTH}\u00a0c",
            f"{FAMILY} \u2018a\u2019 \u2013 \u00adb{ZERO_WIDTH}\u00a0c",
            id="a text area keeps what was typed",
        ),
        pytest.param(TextAreaField(label="It"), "Sia\u0302n", "Siân", id="a text area, composed"),
        pytest.param(
            PasswordField(label="It"), "a\u2019\u00a0b", "a\u2019\u00a0b", id="a password is as typed"
        ),
    ],
)
def test_what_nobody_sees(field: Question, typed: str, expected: Any) -> None:
    name = "it_typed" if isinstance(field, AutocompleteField) else "it"
    assert answer(field, f"{name}={quote(typed)}") == expected


def test_a_day_with_an_unseen_character() -> None:
    sent = date_sent(*map(quote, (f"3{ZERO_WIDTH}", f"{MARK}6", "\u20662027\u2069")))
    assert answer(DateField(label="Date"), sent) == datetime.date(2027, 6, 3)


@pytest.mark.parametrize(
    ("field", "stored", "shown"),
    [
        pytest.param(YesNoField(label="Well?"), True, {"YES"}, id="yes"),
        pytest.param(YesNoField(label="Well?"), False, {"NO"}, id="no"),
        pytest.param(YesNoField(label="Well?"), None, {""}, id="not yet"),
        pytest.param(RadiosField(label="Place", choices=[(7, "Seven")]), 7, {"7"}, id="a number as value"),
        pytest.param(CheckboxesField(label="Needs", choices=NEEDS), ["WORK"], {"WORK"}, id="boxes"),
        pytest.param(CheckboxesField(label="Needs", choices=NEEDS), None, set(), id="no boxes"),
        pytest.param(CheckboxField(label="I agree"), True, {"YES"}, id="ticked"),
        pytest.param(CheckboxField(label="I agree"), False, {""}, id="not ticked"),
    ],
)
def test_stored_answers_are_shown_as_chosen(field: Question, stored: Any, shown: set[str]) -> None:
    form_class: Any = type("OneQuestion", (Form,), {"it": field})
    assert form_class(initial={"it": stored}).chosen("it") == shown


def test_choices_given_by_a_function_are_asked_once_for_each_form() -> None:
    calls: list[int] = []

    def places() -> list[tuple[str, str]]:
        calls.append(1)
        return [("HOME", "Home")]

    field = RadiosField(label="Place", choices=places)
    form = asked(field, "it=HOME")
    assert form.is_valid()
    assert "Home" in form["it"].as_field_group()
    assert len(calls) == 1
    assert asked(field, "it=HOME").is_valid()
    assert len(calls) == 2


def test_a_brace_in_a_name_stays_a_brace() -> None:
    form = asked(TextField(label="Where does {person} live?"), "it=", person="{called} {person}")
    assert form.error_list()[0]["text"] == "Enter an answer to “Where does {called} {person} live?”"


def test_the_list_of_an_autocomplete_is_given_to_each_form() -> None:
    class Place(Form):
        office = AutocompleteField(label="Office")

    first, second = Place({"office": "1"}), Place({"office": "1"})
    first.fields["office"].choices = OFFICES

    assert first.is_valid()
    assert "Alder House" in first["office"].as_field_group()
    assert not second.is_valid()


@pytest.mark.parametrize(
    ("sent", "chosen", "typed"),
    [
        pytest.param("it=2", {"2"}, "", id="without a script"),
        pytest.param("it=1&it_typed=St.+Anne%E2%80%99s+Court", {"2"}, "", id="typed over another"),
        pytest.param("it=1&it_typed=Alder", {""}, "Alder", id="no answer: only the text is kept"),
        pytest.param("it=1&it_typed=a%00b", {""}, "a\ufffdb", id="what cannot be saved is a mark"),
        pytest.param("it=9", {""}, "", id="not offered"),
    ],
)
def test_what_an_autocomplete_shows_again(sent: str, chosen: set[str], typed: str) -> None:
    form = asked(AutocompleteField(label="Office", choices=OFFICES), sent)
    assert form.chosen("it") == chosen
    assert form["it"].typed == typed  # type: ignore[attr-defined]


@pytest.mark.parametrize("how", ["sent", "offered back"])
def test_text_that_is_no_answer_is_shown_again(how: str) -> None:
    """Sent with an error, or kept when the web session had ended, and offered back."""
    field = AutocompleteField(label="Office", choices=OFFICES)
    form_class: Any = type("OneQuestion", (Form,), {"it": field})
    sent = QueryDict("it=&it_typed=Ald%22+%3Cb%3E")
    kept = {"it": field.widget.value_from_datadict(sent, {}, "it")}
    form = form_class(sent) if how == "sent" else form_class(initial=kept)

    select = BeautifulSoup(form["it"].as_field_group(), "html5lib").select_one("select")

    assert select is not None
    assert select["data-typed"] == 'Ald" <b>'
    assert [option["value"] for option in select.select("option[selected]")] in ([], [""])


@pytest.mark.parametrize(
    ("choices", "is_enhanced"),
    [
        pytest.param(OFFICES, True, id="labels differ"),
        pytest.param([("1", "Alder House"), ("2", "alder  house")], False, id="two cannot be told apart"),
        pytest.param([], True, id="nothing to choose from"),
    ],
)
def test_a_list_whose_labels_cannot_be_told_apart_stays_a_select(choices: Any, is_enhanced: bool) -> None:
    form = asked(AutocompleteField(label="Office", choices=choices), "")
    select = BeautifulSoup(form["it"].as_field_group(), "html5lib").select_one("select")
    assert select is not None
    assert select.has_attr("data-autocomplete") == is_enhanced
    assert not select.has_attr("data-typed")
