"""Case notes: the supplier's pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.offering import render_form
from events.models import AuditAction
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions.write_case_note import write_case_note
from monitoring.forms.case_note import CaseNoteForm
from monitoring.presenters import case_notes as presenter
from monitoring.views.case_frame import case_frame

NOTES_A_PAGE = 20
OTHER_SIDE = "the probation practitioner"


@for_suppliers(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_notes(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """The notes of both sides, newest first."""
    received = open_case(request, received_id)
    notes = received.case_notes.order_by("-written_at", "pk")
    page = Paginator(notes, NOTES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **case_frame(received, "case_notes"),
        "page": page,
        "notes": [
            (note, reverse("monitoring:case_note", args=[received.pk, note.id]))
            for note in presenter.listed(page)
        ],
        "list_href": reverse("monitoring:case_notes", args=[received.pk]),
        "add_href": reverse("monitoring:add_case_note", args=[received.pk]),
        "back_link": reverse("monitoring:all_cases"),
    }
    return render(request, "monitoring/case_notes.html", context)


@for_suppliers(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_note(request: HttpRequest, received_id: UUID, note_id: UUID) -> HttpResponse:
    """One note. A note of another case is not found."""
    received = open_case(request, received_id)
    note = get_object_or_404(received.case_notes, pk=note_id)
    context = {
        **case_frame(received),
        "note": presenter.whole(note),
        "back_link": reverse("monitoring:case_notes", args=[received.pk]),
    }
    return render(request, "monitoring/case_note.html", context)


@for_suppliers(records=AuditAction.CASE_NOTES_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def add_case_note(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Write a note, check it, add it. The pages carry the text, so nothing is kept before it is added."""
    received = open_case(request, received_id)
    form = CaseNoteForm(request.POST if request.method == "POST" else None, other_side=OTHER_SIDE)
    template = "monitoring/add_case_note.html"
    if form.is_valid() and request.POST.get("do") != "change":
        if request.POST.get("do") == "save":
            write_case_note(received=received, by=asking(request), **form.cleaned_data)
            messages.success(request, "The case note was added.")
            return redirect("monitoring:case_notes", received.pk)
        template = "monitoring/check_case_note.html"
    context = {
        **case_frame(received),
        "form": form,
        "other_side": OTHER_SIDE,
        "back_link": reverse("monitoring:case_notes", args=[received.pk]),
    }
    return render_form(request, template, context)
