"""Offering typed text back to its author, on the page where they typed it; and what such a page carries.

A view renders its form with ``render_form``, or offers the text in its own way with ``kept_for`` and ``offered``. A
page that is refused (``render_refusal``), or that only leads on (``leads_on``), shows the text where there is no form.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import Field
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.kept_text.keeping import all_typed_elsewhere, kept_beside, kept_for
from accounts.kept_text.models import TypedText
from accounts.kept_text.posted import (
    SHOWN_FIELD,
    TAB_FIELD,
    TOKEN_FIELD,
    Author,
    Tab,
    fields_of,
    is_blank,
    kept_fields,
    texts_in,
)
from accounts.kept_text.rooms import place_at, place_of
from accounts.models import User
from govuk.addresses import reverse
from govuk.fields import CheckboxesField, RadiosField
from govuk.forms import Form
from govuk.template_filters import date_time, time
from govuk.text import with_plain_newlines


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """When something was typed besides what the page shows, and what."""

    at: str
    texts: list[str]


@dataclass(frozen=True, slots=True)
class PageState:
    """What a page that takes text carries and says.

    ``address``: where its script posts what is typed. ``offered``: the sentence above text that is offered back.
    ``elsewhere``: what was typed on the page besides, in another tab or before, and not saved. ``posted``: what was
    typed, when this answers a post, and ``left``: what was typed there before, for pages that have no form to show it
    in. ``unchosen``: label and text of what is offered under an answer that is not chosen, where the form does not show
    it.
    """

    address: str
    page: str
    offered: str = ""
    elsewhere: list[Elsewhere] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unchosen: list[tuple[str, str]] = field(default_factory=list)


def offered(kept: TypedText) -> str:
    """What the page says above the text that it offers back."""
    return (
        f"What you typed here earlier was not saved. It is below, as typed on {date_time(kept.kept_at)}. "
        "Save to keep it."
    )


def shows(
    request: HttpRequest, kept: TypedText | None, sentence: str = "", unchosen: Iterable[tuple[str, str]] = ()
) -> None:
    """Note that the page shows this kept text (None: no kept text), and what it says about it."""
    request.shown_kept_text = (kept, sentence, [*unchosen])  # type: ignore[attr-defined]


def offer(request: HttpRequest, form: Form) -> None:
    """Put kept text into a form that was opened, to be saved or not. Nothing when it is what is stored."""
    if form.is_bound or not isinstance(request.user, User):
        return
    kept = kept_for(request, request.user)
    if kept is None or is_blank(kept.fields):
        return
    fields = kept_fields(kept)
    typed = {
        name: value
        for name, one in form.fields.items()
        if (value := one.widget.value_from_datadict(fields, {}, name)) is not None and _fits(one, value)
    }
    is_other = any(
        form.fields[name].has_changed(form.get_initial_for_field(form.fields[name], name), value)
        for name, value in typed.items()
        if not form.fields[name].widget.is_hidden
    )
    if is_other:
        form.initial.update(typed)
    shows(request, kept, offered(kept) if is_other else "", form.dropped() if is_other else ())


def _fits(field: Field, value: object) -> bool:
    """Not a choice of another form at the same address, whose question has the same name."""
    values = value if isinstance(value, list) else [value]
    return not isinstance(field, RadiosField | CheckboxesField) or all(
        map(field.choice, filter(None, values))
    )


def render_form(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int | None = None
) -> HttpResponse:
    """A page with ``context["form"]``: with kept text when it is opened, and 422 when it has errors."""
    form = context["form"]
    offer(request, form)
    return render(request, template, context, status=status or (422 if form.errors else 200))


# --- Pages without a form to offer it in


def render_refusal(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int
) -> HttpResponse:
    """A page that says no; with what its author typed at this address and did not save, which is shown nowhere else."""
    _leave(request)
    return render(request, template, context, status=status)


def leads_on(request: HttpRequest, address: str) -> HttpResponse | None:
    """In the place of a redirect from an opened page: the text left there, and a link; None when there is no text."""
    if _leave(request) is None:
        return None
    response = render(request, "accounts/left_text.html", {"continue_href": address})
    add_never_cache_headers(response)
    return response


def _leave(request: HttpRequest) -> TypedText | None:
    place, user = place_of(request), getattr(request, "user", None)
    if request.method != "GET" or place is None or not isinstance(user, User):
        return None
    kept = kept_for(request, user)
    if kept is None or not texts_in(kept.fields) or not place.room.may_read(kept):
        return None
    shows(request, kept)
    request.left_text = texts_in(kept.fields)  # type: ignore[attr-defined]
    return kept


def unsaved_on(user: User, pages: Mapping[str, str]) -> list[tuple[str, str]]:
    """Of pages that something is about to close (what each is called, by its address): name and address of those on
    which this user typed and did not save. One statement."""
    place = next((place for place in map(place_at, pages) if place is not None), None)
    rows = place.room.rows().filter(user=user, path__in=pages) if place is not None else ()
    left = {kept.path for kept in rows if texts_in(kept.fields)}
    return [(name, address) for address, name in pages.items() if address in left]


# --- What a page carries


def frame(request: HttpRequest) -> dict[str, Any]:
    """A context processor: what every form of a page that takes text carries, and what the page says of kept text."""
    user, place = getattr(request, "user", None), place_of(request)
    if place is None or not isinstance(user, User):
        return {}
    kept, sentence, unchosen = getattr(request, "shown_kept_text", (None, "", []))
    tab = Tab.of(request.POST)
    if request.method == "POST":
        beside, shown = all_typed_elsewhere(request, user), [kept] if kept is not None else []
    else:
        beside = kept_beside(kept) if kept is not None else []
        shown = [kept, *beside] if kept is not None else []
    carried = {
        "csrfmiddlewaretoken": get_token(request),
        TOKEN_FIELD: Author(user.pk, place.room.name, place.case).token(),
        TAB_FIELD: tab.name or secrets.token_hex(8),
        SHOWN_FIELD: " ".join(sorted(tab.shown.union(one.seen_as for one in shown))),
    }
    state = PageState(
        address=reverse("accounts:keep_typed_text"),
        page=request.path,
        offered=sentence,
        elsewhere=_elsewhere(beside, kept.fields if kept is not None else fields_of(request.POST)),
        posted=_posted(request, user),
        left=getattr(request, "left_text", []),
        unchosen=unchosen,
    )
    return {"csrf_input": _hidden(carried), "typed": state}


def _elsewhere(beside: Iterable[TypedText], here: Mapping[str, list[str]]) -> list[Elsewhere]:
    """Without what stands in the form, too."""
    shown = {with_plain_newlines(text) for text in texts_in(here)}
    found = [
        Elsewhere(
            time(kept.kept_at),
            [text for text in texts_in(kept.fields) if with_plain_newlines(text) not in shown],
        )
        for kept in beside
    ]
    return [one for one in found if one.texts]


def _hidden(carried: Mapping[str, str]) -> SafeString:
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', carried.items())


def _posted(request: HttpRequest, user: User) -> list[str]:
    """Only of a page that they opened themselves: no other site may have its words shown here."""
    author = Author.of(request.POST, max_age=None) if request.method == "POST" else None
    return texts_in(fields_of(request.POST)) if author is not None and author.user == user.pk else []


# --- Pages that offer text in their own way


def as_opened(kept: TypedText | None, name: str, now: str) -> str:
    """Which stored text the typed text was typed over; saving is refused when that is not the one stored ``now``."""
    return kept.fields.get(name, [now])[0] if kept is not None else now


def differing(kept: TypedText | None, texts: Mapping[str, str]) -> dict[str, str]:
    """The kept text of each field in which it is another than the given one."""
    fields = {name: with_plain_newlines(values[0]) for name, values in kept.fields.items()} if kept else {}
    return {name: fields[name] for name, text in texts.items() if fields.get(name, text) != text}
