"""Fields that are written flat, because pages have many of them, draw what GOV.UK's macros draw."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.template import engines

from accounts.frame import Place
from govuk.choices import Choice, Divider
from govuk.conditions import If
from govuk.fields import CheckboxesField, CheckboxField, RadiosField, TextAreaField, YesNoField
from govuk.forms import Form
from tests.govuk.test_components import HOSTILE

LEGEND = """{"legend": {
  "text": field.label,
  "classes": "govuk-fieldset__legend--" ~ field.label_size if field.label_size else "",
  "isPageHeading": field.field.label_is_heading,
}}"""
HINT_AND_ERROR = """
  "hint": {"text": field.hint} if field.hint else none,
  "errorMessage": {"text": field.error} if field.error else none,
"""
BY_MACRO = {
    "textarea": """{% from "govuk_frontend_jinja/components/character-count/macro.html" import govukCharacterCount %}
{{ govukCharacterCount({
  "id": field.auto_id, "name": field.html_name, "value": field.textarea_text, "rows": field.field.rows,
  "classes": field.width_class, "maxlength": field.field.max_length,
  "textareaDescriptionText": "You can enter up to " ~ "{:,}".format(field.field.max_length) ~ " characters",
  "label": {
    "text": field.label,
    "classes": "govuk-label--" ~ field.label_size if field.label_size else "",
    "isPageHeading": field.field.label_is_heading,
  },"""
    + HINT_AND_ERROR
    + "}) }}",
    "checkbox": """{% from "govuk_frontend_jinja/components/checkboxes/macro.html" import govukCheckboxes %}
{{ govukCheckboxes({
  "idPrefix": field.auto_id, "name": field.html_name, "items": field.choice_items,"""
    + HINT_AND_ERROR
    + "}) }}",
    "checkboxes": """{% from "govuk_frontend_jinja/components/checkboxes/macro.html" import govukCheckboxes %}
{{ govukCheckboxes({
  "idPrefix": field.auto_id, "name": field.html_name, "items": field.choice_items,
  "classes": "govuk-checkboxes--small" if field.field.small else "",
  "fieldset": """
    + LEGEND
    + ","
    + HINT_AND_ERROR
    + "}) }}",
    "radios": """{% from "govuk_frontend_jinja/components/radios/macro.html" import govukRadios %}
{{ govukRadios({
  "idPrefix": field.auto_id, "name": field.html_name, "items": field.choice_items,
  "classes": "govuk-radios--inline" if field.is_inline else "",
  "fieldset": """
    + LEGEND
    + ","
    + HINT_AND_ERROR
    + "}) }}",
}
CHOICES = [
    Choice("A", "Work", hint="Any <b>work</b>"),
    Choice("B", HOSTILE, hint=HOSTILE),
    Divider(),
    Choice("C", "None of these", exclusive=True),
]


class Plain(Form):
    """Each kind, as most pages have it."""

    remarks = TextAreaField(label="Remarks about {person}", max_length=4000)
    needs = CheckboxesField(label="Needs", choices=CHOICES)
    areas = CheckboxesField(
        label="Areas", choices=[("A", "North"), ("B", "South")], small=True, required=False
    )
    place = RadiosField(label="Place", choices=CHOICES)
    interpreter = YesNoField(label="Is an interpreter needed?", yes_if="one is needed")
    understood = CheckboxField(label="I understand")


class Dressed(Form):
    """Each kind with everything that it can have, and questions under an answer."""

    remarks = TextAreaField(
        label=HOSTILE,
        hint=HOSTILE,
        label_is_heading=True,
        label_size="l",
        width="two-thirds",
        rows=12,
        max_length=10,
    )
    needs = CheckboxesField(
        label=HOSTILE, hint=HOSTILE, label_is_heading=True, label_size="", choices=CHOICES
    )
    more = TextAreaField(label="More", hint="About it")
    place = RadiosField(label=HOSTILE, hint="Where", label_is_heading=True, label_size="xl", choices=CHOICES)
    language = TextAreaField(label="Language")
    understood = CheckboxField(label=HOSTILE, hint=HOSTILE)
    conditions = (If("needs", "A", then=("more",)), If("place", "A", then=("language",)))


SENT = {
    "opened": None,
    "nothing": "",
    "everything": "remarks=One%0D%0Atwo+%3C/textarea%3E&needs=A&needs=B&areas=B&place=A&interpreter=NO&more="
    "&understood=YES",
    "too much": "remarks=" + "x" * 5000 + "&needs=A&needs=C&place=Z",
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
@pytest.mark.parametrize("form", [Plain, Dressed])
def test_a_field_is_drawn_as_by_gov_uks_macro(form: type[Form], sent: str | None) -> None:
    asked = form(None if sent is None else QueryDict(sent), person=HOSTILE)
    asked.is_valid()
    for name in asked.fields:
        field: Any = asked[name]
        kind = field.field.template.removeprefix("govuk/fields/").removesuffix(".html")
        by_macro = engines["jinja2"].from_string(BY_MACRO[kind]).render({"field": field})
        assert _as_browsers_read(field.as_field_group()) == _as_browsers_read(by_macro), name


def _as_browsers_read(html: str) -> list[str]:
    """Tags and texts, whatever white space stands around and in them."""
    return [" ".join(part.split()).replace(" >", ">") for part in re.split(r"(<[^>]+>)", html) if part.strip()]


BUTTONS = {
    "plain": {"text": "Continue"},
    "once": {"text": "Continue", "preventDoubleClick": True},
    "one of several": {"text": "Discard", "name": "do", "value": "discard", "classes": "govuk-button--secondary"},
    "hostile": {"text": HOSTILE, "name": HOSTILE, "value": HOSTILE, "classes": HOSTILE},
}


@pytest.mark.parametrize("asked", BUTTONS.values(), ids=BUTTONS)
def test_a_button_is_drawn_as_by_gov_uks_macro(asked: dict[str, Any]) -> None:
    by_hand = engines["jinja2"].from_string(
        """{% from "govuk/button.html" import button %}
{{ button(asked.text, name=asked.name or "", value=asked.value or "", classes=asked.classes or "",
  once=asked.preventDoubleClick or false) }}"""
    )
    by_macro = engines["jinja2"].from_string(
        """{% from "govuk_frontend_jinja/components/button/macro.html" import govukButton %}
{{ govukButton(asked) }}"""
    )
    drawn, expected = (_as_browsers_read(one.render({"asked": asked})) for one in (by_hand, by_macro))
    assert drawn == expected


MACRO_OF_NAVIGATION = """
{% from "govuk_frontend_jinja/components/service-navigation/macro.html" import govukServiceNavigation %}
{% set items = [] %}
{% for place in places %}
  {% set _ = items.append({"text": place.text, "href": place.href, "current": place.is_current}) %}
{% endfor %}
{{ govukServiceNavigation({"navigation": items, "navigationLabel": label}) }}"""
PLACES = {
    "none is current": [("Find a service", "/find", False), ("Draft referrals", "/drafts", False)],
    "one is current": [("All cases", "/all", False), ("Agenda", "/agenda", True), ("Reporting", "/report", False)],
    "one alone": [("Administration", "/admin/", True)],
    "hostile": [(HOSTILE, HOSTILE, True), (HOSTILE, HOSTILE, False)],
}


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_the_navigation_is_drawn_as_by_gov_uks_macro(places: list[tuple[str, str, bool]]) -> None:
    shown = {"label": "Service", "places": [Place(*place) for place in places]}

    by_hand = engines["jinja2"].get_template("govuk/service_navigation.html").render(shown)

    by_macro = engines["jinja2"].from_string(MACRO_OF_NAVIGATION).render(shown)
    assert _as_browsers_read(by_hand) == _as_browsers_read(by_macro)
