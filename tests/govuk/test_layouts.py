"""The frame, the layouts and the error pages: drawn in each of their states and inspected."""

from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template.loader import get_template
from django.test import RequestFactory

from accounts.service_notices import Shown
from govuk.fields import HiddenField, RadiosField, TextField
from govuk.forms import Form
from tests.govuk.drawing import EveryField, drawn, frame
from tests.pages import inspect

pytestmark = pytest.mark.urls("tests.govuk.addresses")
PERSON = SimpleNamespace(
    name="Joye Hatto", crn="D007516", date_of_birth="30 August 1946", phone="Not found", email="Not found"
)
PLAIN = '{% extends "layouts/page.html" %}{% set heading = "Your cases" %}'


class OneQuestion(Form):
    """A question that is the page's heading."""

    place = RadiosField(
        label="Where is {person}?", label_is_heading=True, choices=[("A", "Prison"), ("B", "Home")]
    )


def page(source: str, **context: Any) -> BeautifulSoup:
    html = drawn(source, **context)
    assert inspect(html) == []
    return BeautifulSoup(html, "html5lib")


def extending(layout: str, heading: str = "Your cases") -> str:
    return f'{{% extends "layouts/{layout}.html" %}}{{% set heading = "{heading}" %}}'


def test_the_header_says_who_is_signed_in_and_for_whom() -> None:
    header = page(PLAIN).header
    assert "R. Practitioner (New Beginnings)" in header.get_text()
    sign_out = header.find("form", method="post", action="/accounts/sign_out/")
    assert sign_out.button.get_text(strip=True) == "Sign out"
    assert header.find("a", href="/").get_text(" ", strip=True) == "HMPPS Refer and monitor an intervention"


def test_nobody_signed_in_sees_no_account_and_no_places() -> None:
    nobody = frame(is_signed_in=False, name="", organisation="", navigation=())
    header = page(PLAIN, frame=nobody).header
    assert "Sign out" not in header.get_text()
    assert not header.nav


def test_the_places_of_the_audience_stand_under_the_header() -> None:
    places = page(PLAIN).header.nav
    assert [link.get_text(strip=True) for link in places.find_all("a")] == ["All cases", "Reporting"]
    assert places.find("a", attrs={"aria-current": "page"})["href"] == "/all"


@pytest.mark.parametrize("layout", ["page", "case", "form", "task_list", "error"])
def test_feedback_and_the_pages_about_the_service_are_on_every_page(layout: str) -> None:
    drawn_page = page(extending(layout), sections=[], form=None, message="Something is wrong.")
    feedback = drawn_page.find("a", string="Give us your feedback")
    assert feedback["href"] == "/accounts/feedback/?page=/some/page"
    assert [link.get_text() for link in drawn_page.footer.find_all("a")] == [
        "Help and reporting a problem",
        "Accessibility statement",
        "Cookies",
        "Privacy",
    ]


@pytest.mark.parametrize(("is_demo", "count"), [(True, 1), (False, 0)])
def test_the_demonstration_says_so(is_demo: bool, count: int) -> None:
    text = page(PLAIN, frame=frame(is_demo=is_demo)).header.get_text()
    assert text.count("Demonstration: invented people only") == count


def test_everything_optional_at_once() -> None:
    drawn_page = page(
        PLAIN + '{% set caption = "Make a referral" %}{% set back_link = "/back" %}{% set wide = true %}',
        banner=PERSON,
        messages=[
            Message(constants.SUCCESS, "The referral was sent"),
            Message(constants.WARNING, "nDelius does not answer"),
            Message(constants.SUCCESS, "The section was changed", extra_tags="suicide"),
        ],
        frame=frame(
            notices=(
                Shown(
                    1, "Planned downtime", "Planned downtime", "The service will be closed on Sunday", True
                ),
            )
        ),
    )
    assert drawn_page.find("a", class_="govuk-back-link")["href"] == "/back"
    assert drawn_page.find(class_="govuk-caption-l").get_text() == "Make a referral"
    done, other = drawn_page.main.find_all(role="alert")
    assert "The referral was sent" in done.get_text()
    assert "section was changed" not in drawn_page.get_text(), "it is for another place of the page"
    assert ["govuk-notification-banner--success" in one["class"] for one in (done, other)] == [True, False]
    assert [one["tabindex"] for one in (done, other)] == ["-1", "-1"]
    notice = drawn_page.find(class_="rm-notices").section
    assert "closed on Sunday" in notice.get_text()
    assert notice["aria-labelledby"] == notice.h2["id"]


def test_the_person_banner_shows_the_five_facts() -> None:
    banner = page(extending("case"), banner=PERSON).find(
        "section", attrs={"aria-label": "Person on probation"}
    )
    assert banner.get_text(" ", strip=True) == (
        "Joye Hatto CRN: D007516 Date of birth: 30 August 1946 Contact number: Not found Email address: Not found"
    )


def test_the_pages_of_a_referral_stand_under_its_heading() -> None:
    pages = [
        SimpleNamespace(text="Progress", href="/progress", is_current=True),
        SimpleNamespace(text="Referral details", href="/details", is_current=False),
    ]
    places = page(extending("case"), banner=PERSON, case_pages=pages).main.nav
    assert places.find("a", href="/details").get_text() == "Referral details"
    assert places.find("a", attrs={"aria-current": "page"}).get_text() == "Progress"


@pytest.mark.parametrize(
    ("form", "title"),
    [
        pytest.param(EveryField(), "Everything", id="not sent yet"),
        pytest.param(EveryField({}), "Error: Everything", id="sent empty"),
        pytest.param(
            EveryField(QueryDict("interpreter=YES&done_by_day=31&days=99&needs=A&email=x")),
            "Error: Everything",
            id="partly wrong",
        ),
    ],
)
def test_a_form_with_every_kind_of_question(form: EveryField, title: str) -> None:
    drawn_page = page(extending("form", "Everything"), form=form)
    assert drawn_page.title.get_text().startswith(title)
    lines = [link["href"] for link in drawn_page.select(".govuk-error-summary a")]
    assert len(lines) == len([name for name in form.errors if name != "revision"])
    for href in lines:
        assert drawn_page.find(id=href[1:])


def test_each_error_stands_at_its_question() -> None:
    form = EveryField({}, person="Ada")
    drawn_page = page(extending("form", "Everything"), form=form)
    for name in form.errors:
        message = drawn_page.find(id=f"id_{name}-error").get_text(" ", strip=True)
        assert message == f"Error: {form[name].error}"


def test_a_question_as_the_heading_is_the_only_h1() -> None:
    source = '{% extends "layouts/form.html" %}{% set caption = "Make a referral" %}'
    drawn_page = page(source, form=OneQuestion({}, person="Ada"))
    assert drawn_page.title.get_text() == "Error: Where is Ada? – Refer and monitor an intervention"
    assert drawn_page.h1.find_parent("legend")


def test_errors_of_the_whole_form_lead_to_the_first_question_and_hidden_ones_nowhere() -> None:
    class Whole(Form):
        revision = HiddenField()
        name = TextField(label="Name")

    form = Whole({"name": "Ada"})
    form.add_error(None, "Someone else has changed this")
    assert form.error_list() == [
        {"text": "Someone else has changed this", "href": "#id_name"},
        {"text": "Part of this page was not sent. Reload the page and try again", "href": ""},
    ]
    page(extending("form"), form=form)


def test_the_button_and_the_address_can_be_the_page_s_own() -> None:
    source = extending("form") + '{% set button = "Send" %}{% set form_action = "/send" %}'
    form = page(source, form=OneQuestion()).main.form
    assert form["action"] == "/send"
    assert form.button.get_text(strip=True) == "Send"
    assert form.button["data-prevent-double-click"] == "true"


def test_tasks_stand_in_numbered_sections() -> None:
    sections = [
        {
            "heading": "Check",
            "tasks": [{"name": "Details", "status": "Completed", "href": "/a", "hint": "From nDelius"}],
        },
        {"heading": "Send", "tasks": [{"name": "Send it", "status": "Cannot start yet"}]},
    ]
    drawn_page = page(
        extending("task_list"), sections=sections, progress="You have completed 1 of 2 sections."
    )
    assert [heading.get_text() for heading in drawn_page.main.find_all("h2")] == ["1. Check", "2. Send"]
    assert drawn_page.find("a", href="/a")["aria-describedby"] == "task-1-1-hint task-1-1-status"
    assert not drawn_page.find(string="Send it").find_parent("a")


ERRORS = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)


@pytest.mark.parametrize("status", ERRORS)
def test_error_pages_are_whole_pages(status: int) -> None:
    assert inspect(drawn(f'{{% extends "errors/{status}.html" %}}')) == []


@pytest.mark.parametrize("status", [status for status in ERRORS if status != 500])
def test_error_pages_say_the_reason_when_they_are_given_one(status: int) -> None:
    html = drawn(
        f'{{% extends "errors/{status}.html" %}}', message="This referral was withdrawn <yesterday>."
    )
    assert "This referral was withdrawn &lt;yesterday&gt;." in html


@pytest.mark.parametrize("status", ERRORS)
def test_error_pages_need_neither_request_nor_frame(status: int) -> None:
    """Without a request there is no nonce, so the browser leaves out the one inline script."""
    faults = inspect(get_template(f"errors/{status}.html").render({}))
    assert [fault for fault in faults if "without a nonce" not in fault] == []


def test_a_request_refused_before_it_had_a_nonce_still_gets_its_page() -> None:
    request = RequestFactory().get("/")
    html = get_template("errors/400.html").render({}, request)
    assert "<h1" in html


def test_the_page_for_a_failure_asks_nobody_anything(settings: Any) -> None:
    """Not even for the hashed names of the style sheets: their list may be what is missing."""
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "nowhere.Storage"}}
    html = get_template("errors/500.html").render({})
    assert "/assets/govuk/govuk-frontend.min.css" in html
