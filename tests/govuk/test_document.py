"""The document around every page, which is written flat, is that of GOV.UK's template."""

from bs4 import BeautifulSoup, Tag
from django.template import engines

from tests.govuk.drawing import drawn

GOVUKS = """{% extends "govuk_frontend_jinja/template.html" %}
{% set themeColor = "#0b0c0c" %}
{% set bodyClasses = "rm-page" %}
{% set cspNonce = "of the request" %}
{% block govukHeader %}Something in the header{% endblock %}
{% block govukFooter %}Something in the footer{% endblock %}
"""
#: What is ours: GOV.UK's template has places for it.
OURS = ("main", "title", "link", "script[type=module]", "dialog", "meta[name=robots]")


def test_the_document_is_that_of_govuks_template() -> None:
    by_macro = engines["jinja2"].from_string(GOVUKS).render({})

    ours, theirs = _emptied(drawn('{% extends "layouts/base.html" %}')), _emptied(by_macro)

    assert ours == theirs
    assert '  <header class="govuk-template__header">' in theirs


def test_a_page_has_its_header_and_footer_drawn_once() -> None:
    """GOV.UK's template draws both twice, to find out whether there is anything in them."""
    asked: list[str] = []

    class Frame:
        """Notes what the page asks of it."""

        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return ""

    engines["jinja2"].get_template("layouts/base.html").render({"frame": Frame()})

    assert [asked.count(name) for name in ("is_demo", "is_signed_in", "demo_emails")] == [1, 1, 1]


def _emptied(html: str) -> list[str]:
    """The tags of the document in order, with what stands in them that is GOV.UK's."""
    page = BeautifulSoup(html, "html.parser")
    for found in page.select(", ".join(OURS)):
        found.decompose()
    for name in ("header", "footer"):
        assert isinstance(part := page.find(name), Tag)
        part.clear()
    for script in page.find_all("script"):
        script["nonce"] = "of the request"
    return [line for line in page.prettify().splitlines() if line.strip()]
