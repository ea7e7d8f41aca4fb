"""How dates, text and numbers are written."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from govuk.template_filters import FILTERS

UTC = datetime.UTC
LONDON = ZoneInfo("Europe/London")


def at(hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2021, 1, 21, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        pytest.param("date", datetime.date(2021, 6, 1), "1 June 2021", id="date"),
        pytest.param("date", datetime.datetime(2021, 6, 21, 23, 30, tzinfo=UTC), "22 June 2021", id="UK day"),
        pytest.param("date", None, "", id="no date"),
        pytest.param("short_date", datetime.date(2021, 9, 1), "1\xa0Sep\xa02021", id="short date, unbroken"),
        pytest.param(
            "short_date",
            datetime.datetime(2021, 6, 21, 23, 30, tzinfo=UTC),
            "22\xa0Jun\xa02021",
            id="short UK day",
        ),
        pytest.param("short_date", None, "", id="no short date"),
        pytest.param("time", at(16, 5), "4:05pm", id="afternoon"),
        pytest.param("time", at(9), "9am", id="full hour"),
        pytest.param("time", at(0, 5), "12:05am", id="after midnight"),
        pytest.param("time", at(0), "midnight", id="midnight"),
        pytest.param("time", at(12), "midday", id="midday"),
        pytest.param("time", at(12, 30), "12:30pm", id="after midday"),
        pytest.param("time", datetime.time(23, 59), "11:59pm", id="a time of day"),
        pytest.param("time", None, "", id="no time"),
        pytest.param(
            "date_time",
            datetime.datetime(2021, 6, 21, 15, 5, tzinfo=UTC),
            "21 June 2021 at 4:05pm",
            id="summer",
        ),
        pytest.param(
            "date_time",
            datetime.datetime(2021, 1, 21, 16, 5, tzinfo=UTC),
            "21 January 2021 at 4:05pm",
            id="winter",
        ),
        pytest.param("date_time", None, "", id="no moment"),
    ],
)
def test_dates_and_times(name: str, value: object, written: str) -> None:
    assert FILTERS[name](value) == written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(None, [], id="nothing"),
        pytest.param("", [], id="empty"),
        pytest.param("\n \n\t\n", [], id="blank"),
        pytest.param("one", ["one"], id="one line"),
        pytest.param("one\ntwo", ["one<br>two"], id="line break"),
        pytest.param("one\r\ntwo\rthree", ["one<br>two<br>three"], id="line breaks of other systems"),
        pytest.param("one\n\n \n\n  two", ["one", "  two"], id="paragraphs; the indent stays"),
        pytest.param("\n\none\n", ["one"], id="line breaks around"),
        pytest.param("<b>&</b>\n{{ x }}", ["&lt;b&gt;&amp;&lt;/b&gt;<br>{{ x }}"], id="text is text"),
    ],
)
def test_paragraphs(text: str | None, shown: list[str]) -> None:
    expected = "".join(f'<p class="govuk-body rm-text" data-user-text>{part}</p>' for part in shown)
    assert FILTERS["paragraphs"](text) == expected


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        pytest.param((0, "case"), "0 cases", id="none"),
        pytest.param((1, "case"), "1 case", id="one"),
        pytest.param((1200, "case"), "1,200 cases", id="many"),
        pytest.param((2, "person", "people"), "2 people", id="own plural"),
    ],
)
def test_plural(arguments: tuple[object, ...], written: str) -> None:
    assert FILTERS["plural"](*arguments) == written
