"""A page with two questions that are answered by typing, beside the service's own pages: for the browser alone.

``?offices=325`` says how many answers the first has; ``?chosen=…`` which one is stored.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from govuk.conditions import If
from govuk.fields import AutocompleteField, RadiosField, TextField
from govuk.forms import Form
from refer_monitor.urls import handler400, handler403, handler404, handler500
from refer_monitor.urls import urlpatterns as pages_of_the_service

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
NAMED = [
    "Alder House",
    "Alder Yard",
    "Hull and East Riding",
    "Knowsley and St. Helens",
    "Tŷ Afon",
    "<b>Bold</b> & “quoted” House",
    "North Yorkshire",
    "York",
    "Łódź House",
]
LAYOUT = '{% extends "layouts/form.html" %}{% set heading = "Where to meet" %}'
SAVED = '{% extends "layouts/page.html" %}{% set heading = "Saved" %}{% block content %}<p>{{ kept }}</p>{% endblock %}'


class OneOffice(Form):
    """An office, another when there is one, and a reason."""

    office = AutocompleteField(
        label="Probation office",
        called="a probation office",
        hint="Type a part of its name.",
        width="two-thirds",
    )
    is_other = RadiosField(label="Is there another?", choices=[("YES", "Yes"), ("NO", "No")], required=False)
    other = AutocompleteField(label="Another office", called="another office")
    why = TextField(label="Reason", required=False)

    class Meta:
        """The other office stands inside an answer."""

        conditions = (If("is_other", "YES", then=("other",)),)


@login_not_required
def one_office(request: HttpRequest) -> HttpResponse:
    """Show the form, or what was chosen."""
    count = int(request.GET.get("offices", len(NAMED)))
    names = [*NAMED, *(f"Probation office {number}" for number in range(len(NAMED), count))]
    initial = {"office": request.GET.get("chosen", "")}
    form = OneOffice(request.POST if request.method == "POST" else None, initial=initial)
    for name in ("office", "other"):
        form.fields[name].choices = list(enumerate(names, 1))
    if form.is_bound and form.is_valid():
        saved = f"{form.cleaned_data['office']} and {form.cleaned_data['other'] or 'none'}"
        return _page(request, SAVED, kept=saved)
    return _page(request, LAYOUT, form=form, status=422 if form.is_bound else 200)


def _page(request: HttpRequest, source: str, *, status: int = 200, **context: object) -> HttpResponse:
    template = engines["jinja2"].from_string(source)
    return HttpResponse(template.render(context, request), status=status)


urlpatterns = [path("one-office", one_office), *pages_of_the_service]
