"""Our own components: what they draw for ordinary, empty and hostile values."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.paginator import Paginator

from govuk.addresses import url
from tests.govuk.drawing import drawn, fragment
from tests.pages import inspect

HOSTILE = "<b>None</b> {{ 7 * 7 }} {% if %} undefined & “quoted” 🙂\n   second line"


def rows_of(drawn_list: BeautifulSoup) -> list[tuple[str, str]]:
    return [
        (row.dt.get_text(strip=True), row.dd.get_text(" ", strip=True))
        for row in drawn_list.find_all(class_="govuk-summary-list__row")
    ]


def test_answers_read_as_labels_and_values() -> None:
    rows = [
        SimpleNamespace(label="Name", value="Ada", href="/name"),
        {"label": "Needs", "value": ["Work", "Housing"], "href": "/needs", "change_text": "the chosen needs"},
        {"label": "Days", "value": 0},
        {"label": "Remarks", "value": ""},
        {"label": "Phone", "value": None},
        {"label": "Outcomes", "value": []},
    ]
    answers = fragment("answers", "{{ answers(rows) }}", rows=rows)
    assert rows_of(answers) == [
        ("Name", "Ada"),
        ("Needs", "Work Housing"),
        ("Days", "0"),
        ("Remarks", "Not answered"),
        ("Phone", "Not answered"),
        ("Outcomes", "Not answered"),
    ]
    links = {link["href"]: link.get_text() for link in answers.find_all("a")}
    assert links == {"/name": "Change Name", "/needs": "Change the chosen needs"}


def test_answers_in_a_card_say_what_their_links_are_about() -> None:
    call = '{{ answers([], title="Location", links=[{"text": "Change", "href": "/x"}], level=3) }}'
    card = fragment("answers", call)
    assert card.h3.get_text() == "Location"
    assert card.a.get_text() == "Change (Location)"


def test_a_table_has_a_caption_and_headings_for_columns_and_rows() -> None:
    columns = [
        "Reference",
        {"text": "Sent", "numeric": True, "href": "?sort=sent", "sort": "descending"},
        "Status",
    ]
    rows: list[list[Any]] = [
        [{"text": "AB1234CD", "href": "/1", "hidden": "of Ada"}, "3 May", {"text": "New", "tone": "new"}],
        ["EF5678GH", "", {"text": None, "hint": "since Monday"}],
        ["GH9012JK", {"text": ""}, {"links": []}],
    ]
    table = fragment("table", '{{ table("Open cases", columns, rows) }}', columns=columns, rows=rows)
    assert table.caption.get_text() == "Open cases"
    assert [cell.get_text() for cell in table.find_all("th", scope="row")] == [
        "AB1234CD of Ada",
        "EF5678GH",
        "GH9012JK",
    ]
    assert table.find("th", attrs={"aria-sort": "descending"}).a["href"] == "?sort=sent"
    assert [cell.get_text(" ", strip=True) for cell in table.find_all("td")] == [
        "3 May",
        "New",
        "–",
        "– since Monday",
        "–",
        "–",
    ]
    assert table.find("strong", class_="govuk-tag--purple")


HEADINGS = ["Name", {"text": "Status", "href": "/sorted", "sort": "ascending"}, "Next step", "Due"]
CELLS = {
    "plain": [
        ("Ada Moss", "X980001", ""),
        ("New", "", "new"),
        ("Assign", "Your turn", ""),
        ("1 June 2026", "", ""),
    ],
    "nothing": [("Ada Moss", "", ""), ("", "", ""), ("", "hint", ""), ("", "", "")],
    "as the heading": [
        ("Name", "", ""),
        ("Status", "", "urgent"),
        ("Next step", "", ""),
        ("Due", "Due", "done"),
    ],
    "hostile": [(HOSTILE, HOSTILE, ""), (HOSTILE, "", "waiting"), (HOSTILE, HOSTILE, ""), (HOSTILE, "", "")],
}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize(
    "columns", [HEADINGS, [*HEADINGS, "Sent", "Ended", "Reference"]], ids=["few", "many"]
)
def test_cases_are_drawn_as_any_table_is(columns: list[Any], cells: list[tuple[str, str, str]]) -> None:
    cells = [*cells, *[("–", "", "")] * (len(columns) - len(cells))]
    as_dictionaries = [
        {"text": text, "hint": hint, "tone": tone, "href": "" if place else url("interventions:detail", 7)}
        for place, (text, hint, tone) in enumerate(cells)
    ]
    source = '{% from "components/table.html" import case_table, table %}'

    quick = drawn(
        source + '{{ case_table("Cases", columns, rows, "interventions:detail") }}',
        columns=columns,
        rows=[(7, cells)],
    )
    usual = drawn(
        source + '{{ table("Cases", columns, rows, show_caption=false) }}',
        columns=columns,
        rows=[as_dictionaries],
    )

    assert as_browsers_read(quick) == as_browsers_read(usual)


def as_browsers_read(drawn_table: str) -> list[str]:
    return re.sub(r"\s*(<[^>]+>)\s*", r"\n\1\n", drawn_table).split()


def test_a_table_without_rows_is_a_sentence() -> None:
    nothing = fragment("table", '{{ table("Open cases", ["Reference"], [], "You have no open cases.") }}')
    assert not nothing.table
    assert nothing.get_text(strip=True) == "You have no open cases."


@pytest.mark.parametrize(
    ("count", "number", "links", "sentence"),
    [
        pytest.param(0, 1, [], "", id="nothing"),
        pytest.param(20, 1, [], "Showing 1 to 20 of 20 cases", id="one page"),
        pytest.param(21, 2, ["Previous page", "1", "2"], "Showing 21 to 21 of 21 cases", id="last of two"),
        pytest.param(
            2000,
            50,
            ["Previous page", "1", "49", "50", "51", "100", "Next page"],
            "Showing 981 to 1,000 of 2,000 cases",
            id="in the middle",
        ),
    ],
)
def test_pages_of_a_list(count: int, number: int, links: list[str], sentence: str) -> None:
    page = Paginator(range(count), 20).get_page(number)
    shown = fragment("pagination", '{{ pagination(page, "/all?tab=open", "cases") }}', page=page)
    assert [link.get_text(strip=False).strip() for link in shown.find_all("a")] == links
    assert sentence in shown.get_text()
    for link in shown.find_all("a"):
        assert link["href"].startswith("/all?tab=open&page=")


def test_a_comparison_says_in_words_what_colour_shows() -> None:
    original = [("same", "He is "), ("removed", "violent to Jane"), ("same", ".")]
    shared = [("same", "He is "), ("added", "violent"), ("same", ".")]
    both = fragment("text_comparison", "{{ text_comparison(a, b) }}", a=original, b=shared)
    left, right = both.find_all(class_="rm-comparison__side")
    assert left.p.get_text() == "He is [removed: violent to Jane]."
    assert left.find("del")
    assert right.p.get_text() == "He is [added: violent]."
    assert right.find("ins")


def test_a_comparison_with_nothing_on_one_side_says_so() -> None:
    both = fragment("text_comparison", "{{ text_comparison([], []) }}")
    assert [side.p.get_text() for side in both.find_all(class_="rm-comparison__side")] == [
        "There is no original text.",
        "Nothing.",
    ]


def test_levels_of_risk_with_and_without_an_assessment() -> None:
    rows = [("Children", "Very high", "Low")]
    known = fragment(
        "rosh_panel", '{{ rosh_panel("Very high", "21 June 2021", rows, custody=true) }}', rows=rows
    )
    assert known.h2.get_text() == "Not shared with provider"  # decision R1: the title
    assert "VERY HIGH RoSH" in known.get_text()
    assert [cell.get_text() for cell in known.find_all("td")] == ["Very high", "Low"]
    unknown = fragment(
        "rosh_panel", '{{ rosh_panel("", "not known", [], explanation="There is no assessment.") }}'
    )
    assert "UNKNOWN LEVEL RoSH" in unknown.get_text()
    assert "There is no assessment." in unknown.get_text()
    assert "Not shared with provider" in unknown.get_text()
    assert not unknown.table


EVERYTHING = """
{% extends "layouts/page.html" %}
{% from "components/answers.html" import answers %}
{% from "components/confirmation_panel.html" import confirmation_panel %}
{% from "components/notification.html" import notification %}
{% from "components/pagination.html" import pagination %}
{% from "components/rosh_panel.html" import rosh_panel %}
{% from "components/section_card.html" import section_card %}
{% from "components/status_tag.html" import status_tag %}
{% from "components/table.html" import table %}
{% from "components/text_comparison.html" import text_comparison %}
{% from "components/warning.html" import warning %}
{% set heading = "Referral sent" %}
{% block heading %}{{ confirmation_panel(heading, "AB1234CD") }}{% endblock %}
{% block content %}
{{ answers([{"label": "Reason", "value": hostile}, {"label": "All", "value": [hostile, hostile]}], title="Reason") }}
{{ answers([{"label": "Reason", "value": hostile, "href": "/x"}]) }}
{{ table("Cases", ["Name", "Text"], [[{"text": hostile, "href": "/x"}, hostile], [hostile, {"text": hostile}]]) }}
{{ text_comparison([("same", hostile), ("removed", hostile)], [("added", hostile)], level=2) }}
{% call section_card("Who is at risk", links=[{"text": "Change", "href": "/c"}], id="who") %}
{{ hostile | paragraphs }}
{% endcall %}
{{ rosh_panel("High", "today", [("Staff", "Low", "")]) }}
{{ notification("Done", id="other") }}
{{ warning("Take care") }}
{{ status_tag("Sent", "done") }}
{{ pagination(page, "/all") }}
{% endblock %}
"""


@pytest.mark.urls("tests.govuk.addresses")
def test_all_components_with_hostile_text_make_a_good_page() -> None:
    html = drawn(EVERYTHING, hostile=HOSTILE, page=Paginator(range(100), 20).get_page(2))
    assert inspect(html) == []
    assert "<b>None" not in html
    shown = BeautifulSoup(html, "html5lib")
    assert "<b>None</b> {{ 7 * 7 }} {% if %} undefined & “quoted” 🙂" in shown.get_text()
