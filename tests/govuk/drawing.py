"""Draws templates of the layout outside of any view, with a frame of invented values."""

from types import SimpleNamespace
from typing import Any

from bs4 import BeautifulSoup
from django.template import engines
from django.test import RequestFactory
from markupsafe import Markup

from govuk.choices import Choice, Divider
from govuk.conditions import If
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

CSRF = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="token">')


class EveryField(Form):
    """One question of each kind, with a hint where a field can have one."""

    name = TextField(label="Name of {person}", hint="As in nDelius.", max_length=10)
    interpreter = YesNoField(label="Is an interpreter needed?", yes_if="one is needed")
    remarks = TextAreaField(label="Remarks", max_length=100)
    done_by = DateField(label="Completion date", hint="For example, 27 3 2027.")
    days = IntegerField(label="Enforceable days", suffix="days", max_value=40)
    place = RadiosField(
        label="Place",
        choices=[Choice("A", "Prison", hint="Any"), Divider(), Choice("B", "Home")],
        inline=True,
    )
    needs = CheckboxesField(label="Needs", choices=[("A", "Work"), ("B", "Housing", "Any")])
    region = SelectField(label="Region", choices=[("A", "North"), ("B", "South")], width="one-half")
    office = AutocompleteField(
        label="Office", choices=[("A", "Alder House"), ("B", "Birch House")], hint="Any."
    )
    email = EmailField(label="Email address")
    phone = PhoneField(label="Telephone number")
    password = PasswordField(label="Password")
    agreed = CheckboxField(label="I understand", hint="All of it.")
    revision = HiddenField(required=False)

    class Meta:
        """The remarks stand inside an answer."""

        conditions = (If("interpreter", "YES", then=("remarks",)),)


def frame(**changes: Any) -> SimpleNamespace:
    """What stands around the page, for somebody signed in."""
    usual = {
        "service_name": "Refer and monitor an intervention",
        "is_signed_in": True,
        "name": "R. Practitioner",
        "organisation": "New Beginnings",
        "is_demo": True,
        "navigation": [
            SimpleNamespace(text="All cases", href="/all", is_current=True),
            SimpleNamespace(text="Reporting", href="/reporting", is_current=False),
        ],
    }
    return SimpleNamespace(**{**usual, **changes})


def drawn(source: str, **context: Any) -> str:
    """The page that a template's source gives, as answered to a request."""
    request = RequestFactory().get("/some/page")
    request.csp_nonce = "nonce"  # type: ignore[attr-defined]
    template = engines["jinja2"].env.from_string(source)  # type: ignore[attr-defined]
    return template.render({"request": request, "csrf_input": CSRF, "frame": frame(), **context})


def fragment(imports: str, call: str, **context: Any) -> BeautifulSoup:
    """What one macro of ``templates/components/`` draws."""
    source = f'{{% from "components/{imports}.html" import {imports} %}}{call}'
    return BeautifulSoup(engines["jinja2"].env.from_string(source).render(context), "html5lib")  # type: ignore[attr-defined]
