"""Case notes: the practitioner's pages on the notes of both sides."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.offering import render_form
from events.audiences import for_practitioners
from events.models import AuditAction
from monitoring.actions.write_case_note import write_case_note
from monitoring.forms.case_note import CaseNoteForm
from monitoring.presenters import case_notes as presenter
from referrals.access.scope import followed_case, user_of
from referrals.cases.case_pages import case_frame, received_of

NOTES_A_PAGE = 20
OTHER_SIDE = "the caseworker"


@for_practitioners(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_notes(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The notes of both sides, newest first."""
    referral = followed_case(request, referral_id)
    notes = received_of(referral).case_notes.order_by("-written_at", "pk")
    page = Paginator(notes, NOTES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **case_frame(referral, "case_notes"),
        "page": page,
        "notes": [
            (note, reverse("referrals:case_note", args=[referral.pk, note.id]))
            for note in presenter.listed(page)
        ],
        "list_href": reverse("referrals:case_notes", args=[referral.pk]),
        "add_href": reverse("referrals:add_case_note", args=[referral.pk]),
        "back_link": reverse("referrals:cases"),
    }
    return render(request, "monitoring/case_notes.html", context)


@for_practitioners(records=AuditAction.CASE_NOTES_VIEWED)
@require_safe
def case_note(request: HttpRequest, referral_id: UUID, note_id: UUID) -> HttpResponse:
    """One note. A note of another case is not found."""
    referral = followed_case(request, referral_id)
    note = get_object_or_404(received_of(referral).case_notes, pk=note_id)
    context = {
        **case_frame(referral),
        "note": presenter.whole(note),
        "back_link": reverse("referrals:case_notes", args=[referral.pk]),
    }
    return render(request, "monitoring/case_note.html", context)


@for_practitioners(records=AuditAction.CASE_NOTES_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def add_case_note(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Write a note, check it, add it. The pages carry the text, so nothing is kept before it is added."""
    referral = followed_case(request, referral_id)
    form = CaseNoteForm(request.POST if request.method == "POST" else None, other_side=OTHER_SIDE)
    template = "monitoring/add_case_note.html"
    if form.is_valid() and request.POST.get("do") != "change":
        if request.POST.get("do") == "save":
            write_case_note(received=received_of(referral), by=user_of(request), **form.cleaned_data)
            messages.success(request, "The case note was added.")
            return redirect("referrals:case_notes", referral.pk)
        template = "monitoring/check_case_note.html"
    context = {
        **case_frame(referral),
        "form": form,
        "other_side": OTHER_SIDE,
        "back_link": reverse("referrals:case_notes", args=[referral.pk]),
    }
    return render_form(request, template, context)
