"""The pages on the case notes of a case, which both sides have: a value says whose they are, and leads to their own.

Must not decide who may see a case: each side's door does, before it calls these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.kept_text.offering import render_form
from accounts.models import User
from govuk.addresses import reverse
from monitoring.actions.write_case_note import write_case_note
from monitoring.forms.case_note import CaseNoteForm
from monitoring.models import ReceivedReferral
from monitoring.presenters import case_notes as presenter

NOTES_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case as one side sees it.

    ``key`` is what their addresses call the case by, ``cases`` the address of their list, ``frame`` what stands around
    every page, ``other_side`` what the other side is called, with its article.
    """

    received: ReceivedReferral
    by: User
    namespace: str
    key: UUID
    cases: str
    frame: Callable[[str], dict[str, Any]]
    other_side: str

    def address(self, name: str, *args: object) -> str:
        """The address of their page of that name."""
        return reverse(f"{self.namespace}:{name}", args=[self.key, *args])


def list_of_notes(request: HttpRequest, case: CaseSeen) -> HttpResponse:
    """The notes of both sides, newest first."""
    notes = case.received.case_notes.order_by("-written_at", "pk")
    page = Paginator(notes, NOTES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **case.frame("case_notes"),
        "page": page,
        "notes": [(note, case.address("case_note", note.id)) for note in presenter.listed(page)],
        "list_href": case.address("case_notes"),
        "add_href": case.address("add_case_note"),
        "back_link": case.cases,
    }
    return render(request, "monitoring/case_notes.html", context)


def one_note(request: HttpRequest, case: CaseSeen, note_id: UUID) -> HttpResponse:
    """One note. A note of another case is not found."""
    note = get_object_or_404(case.received.case_notes, pk=note_id)
    context = {
        **case.frame(""),
        "note": presenter.whole(note),
        "back_link": case.address("case_notes"),
    }
    return render(request, "monitoring/case_note.html", context)


def add_note(request: HttpRequest, case: CaseSeen) -> HttpResponse:
    """Write a note, check it, add it. The pages carry the text, so nothing is kept before it is added."""
    form = CaseNoteForm(
        request.POST if request.method == "POST" else None,
        received=case.received,
        by=case.by,
        other_side=case.other_side,
    )
    template = "monitoring/add_case_note.html"
    if form.is_valid() and request.POST.get("do") != "change":
        if request.POST.get("do") == "save":
            write_case_note(received=case.received, by=case.by, **form.cleaned_data)
            messages.success(request, "The case note was added.")
            return redirect(case.address("case_notes"))
        template = "monitoring/check_case_note.html"
    context = {
        **case.frame(""),
        "form": form,
        "other_side": case.other_side,
        "back_link": case.address("case_notes"),
    }
    return render_form(request, template, context)
