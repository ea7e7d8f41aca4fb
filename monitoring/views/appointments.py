"""One appointment: its page, its calendar file, and the pages on which feedback is given about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.deletes_text import asks_before_deleting
from accounts.kept_text.offering import render_form, unsaved_on
from accounts.kept_text.posted import DISCARD
from events.models import AuditAction
from events.refusals import Gone, Refused
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.access.staff_names import People
from monitoring.actions import give_feedback
from monitoring.actions.arrange_appointment import move_of
from monitoring.actions.give_feedback import (
    ChangedMeanwhile,
    answers_of,
    draft_of,
    save_draft,
    submit_feedback,
    version_of,
)
from monitoring.forms.crossing import CrossingForm
from monitoring.forms.feedback import FORMS, AttendanceForm, BranchForm, MeetingForm
from monitoring.models import Appointment
from monitoring.presenters import appointment as presenter
from monitoring.presenters.calendar_file import calendar_file
from monitoring.rules.feedback import TEXTS, FeedbackAnswers, branch_of, lost_texts, missing
from monitoring.rules.moves import Move, is_allowed
from monitoring.views.case_frame import case_frame

METHODS = require_http_methods(["GET", "HEAD", "POST"])
SAVED_MEANWHILE = (
    "Someone has saved different answers since you opened this page. Their answers are below the form. Save again "
    "to replace them with yours."
)

SUBMITTED_MEANWHILE = "Feedback on this appointment has already been submitted. You cannot change it."


def open_appointment(request: HttpRequest, received_id: UUID, appointment_id: UUID) -> Appointment:
    """An appointment of a case on a contract of theirs. Somebody else's, or of another case, is not found."""
    received = open_case(request, received_id)
    theirs = received.appointments.with_version()
    theirs = theirs.select_related("office", "session", "feedback", "replaces")
    appointment = get_object_or_404(theirs, pk=appointment_id)
    appointment.received = received
    return appointment


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def appointment(request: HttpRequest, received_id: UUID, appointment_id: UUID) -> HttpResponse:
    """When, how and where; what was recorded; and other appointments for the same meeting."""
    found = open_appointment(request, received_id, appointment_id)
    context = {
        **case_frame(found.received),
        "page": presenter.present(found),
        "caption": found.received.intervention_title,
        "planned": "" if found.is_recorded else _planned(found),
        "others_address": "monitoring:appointment",
        "case_id": found.received.pk,
        "actions": actions_on(found),
        "back_link": reverse("monitoring:progress", args=[found.received.pk]),
    }
    return render(request, "monitoring/appointments/appointment.html", context)


@for_suppliers(records=AuditAction.APPOINTMENT_DOWNLOADED)
@require_safe
def appointment_calendar(request: HttpRequest, received_id: UUID, appointment_id: UUID) -> HttpResponse:
    """The appointment as a file for a calendar. One that was moved, missed or not held has none."""
    found = open_appointment(request, received_id, appointment_id)
    if not found.is_current:
        raise Refused("This appointment is no longer arranged, so you cannot add it to your calendar.")
    address = reverse("monitoring:appointment", args=[found.received.pk, found.pk])
    return HttpResponse(
        calendar_file(found, address=request.build_absolute_uri(address)),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@METHODS
def attendance(request: HttpRequest, received_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Feedback, page 1: whether it happened. Saved as a draft."""
    found = open_appointment(request, received_id, appointment_id)
    return _question(request, found, page_two=False)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@METHODS
def feedback(request: HttpRequest, received_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Feedback, page 2: what is asked after the answer to page 1. Saved as a draft."""
    found = open_appointment(request, received_id, appointment_id)
    return _question(request, found, page_two=True)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@METHODS
def check_feedback(request: HttpRequest, received_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Feedback, page 3: everything once more, then for good. Sent twice, it is submitted once."""
    found = open_appointment(request, received_id, appointment_id)
    draft = draft_of(found)
    if draft is not None and draft.is_submitted:
        return redirect(_address("appointment", found))
    give_feedback.require(found.received, found, now=timezone.now())
    answers = answers_of(draft)
    if missing(answers):
        return redirect(_address("feedback" if branch_of(answers) else "attendance", found))
    if request.method == "POST":
        submit_feedback(appointment=found, as_shown=request.POST.get("as_shown", ""), by=asking(request))
        messages.success(request, presenter.said_after(answers, meeting=presenter.meeting_of(found.session)))
        return redirect(_address("appointment", found))
    people = People(
        [found.received.caseworker_id, found.scheduled_by_id], contract=found.received.contract_id
    )
    details = presenter.Card("Appointment details", presenter.details(found, people))
    context = _context(found) | {
        "cards": [details, *_cards(found, answers)],
        "as_shown": version_of(draft),
        "unsaved": unsaved_on(asking(request), {_address("feedback", found): "Feedback"}),
        "change_addresses": {
            "Attendance": _address("attendance", found),
            "Feedback": _address("feedback", found),
        },
        "back_link": _address("feedback", found),
    }
    return render(request, "monitoring/appointments/check_feedback.html", context)


def _question(request: HttpRequest, found: Appointment, *, page_two: bool) -> HttpResponse:
    """Ask, save, and go on."""
    draft = draft_of(found)
    if draft is not None and draft.is_submitted:
        if request.method == "POST":
            raise Gone(SUBMITTED_MEANWHILE)
        return redirect(_address("appointment", found))
    give_feedback.require(found.received, found, now=timezone.now())
    before = answers_of(draft)
    if page_two and branch_of(before) is None:
        return redirect(_address("attendance", found))
    form = _form(request, found, before, page_two=page_two, as_opened=version_of(draft))
    meanwhile: FeedbackAnswers | None = None
    if form.is_valid():
        if asks_first := _asks_before_deleting(request, found, form, before):
            return asks_first
        try:
            save_draft(
                appointment=found,
                answers=form.answers(before),
                as_opened=form.cleaned_data["as_opened"],
                by=asking(request),
            )
            return redirect(_address("check_feedback" if page_two else "feedback", found))
        except ChangedMeanwhile as changed:
            meanwhile = answers_of(changed.saved)
            form = _again(request, found, form, before, as_opened=version_of(changed.saved))
    return _ask(request, found, form, page_two=page_two, meanwhile=meanwhile)


def _asks_before_deleting(
    request: HttpRequest, found: Appointment, form: AttendanceForm | BranchForm, before: FeedbackAnswers
) -> HttpResponse | None:
    """Another answer about attendance drops what was written after the one before; page 2, what is under a choice."""
    frame = _context(found) | {"caption": presenter.title_of(found.session)}
    if isinstance(form, BranchForm):
        return asks_before_deleting(request, form.dropped(), frame)
    names = lost_texts(before, form.answers(before))
    texts = presenter.written(before, names, person=found.received.person_name)
    return asks_before_deleting(request, texts, frame, keep=("do", DISCARD))


def _form(
    request: HttpRequest, found: Appointment, before: FeedbackAnswers, *, page_two: bool, as_opened: str
) -> AttendanceForm | BranchForm:
    branch = branch_of(before)
    kind: type[AttendanceForm] | type[BranchForm] = AttendanceForm
    if page_two:
        assert branch is not None
        kind = FORMS[branch]
    return kind(
        request.POST if request.method == "POST" else None,
        initial={**kind.initial_of(before), "as_opened": as_opened},
        **_about(request, found, kind, before),
    )


def _about(
    request: HttpRequest, found: Appointment, kind: type[MeetingForm], before: FeedbackAnswers
) -> dict[str, Any]:
    """What a form is told besides what was sent: how to name things, and for words, what they are looked at for."""
    called = {"person": found.received.person_name, "meeting": presenter.meeting_of(found.session)}
    if not issubclass(kind, CrossingForm):
        return called
    stored = [getattr(before, name) for name in TEXTS]
    return {**called, "received": found.received, "by": asking(request), "stored": stored}


def _again(
    request: HttpRequest, found: Appointment, form: Any, before: FeedbackAnswers, *, as_opened: str
) -> Any:
    """The same answers, to be saved over what is there now."""
    data = form.data.copy()
    data["as_opened"] = as_opened
    again = type(form)(data, **_about(request, found, type(form), before))
    again.add_error(None, SAVED_MEANWHILE)
    return again


def _ask(
    request: HttpRequest,
    found: Appointment,
    form: Any,
    *,
    page_two: bool,
    meanwhile: FeedbackAnswers | None,
) -> HttpResponse:
    people = People(
        [found.received.caseworker_id, found.scheduled_by_id], contract=found.received.contract_id
    )
    context = _context(found) | {
        "form": form,
        "rows": presenter.details(found, people),
        "planned": _planned(found),
        "meanwhile": _cards(found, meanwhile) if meanwhile else [],
        "back_link": _address("attendance" if page_two else "appointment", found),
    }
    template = "feedback" if page_two else "attendance"
    return render_form(request, f"monitoring/appointments/{template}.html", context)


def actions_on(found: Appointment) -> list[dict[str, str]]:
    """What may be done with this appointment now, as links."""
    received = found.received
    if not found.is_waiting:
        return []
    links = []
    has_begun = found.starts_at <= timezone.now()
    move = Move.GIVE_ASSESSMENT_FEEDBACK if found.session is None else Move.GIVE_SESSION_FEEDBACK
    if has_begun and is_allowed(move, received):
        links.append({"text": "Give feedback", "href": _address("attendance", found)})
    if is_allowed(move_of(found.session), received):
        links.append({"text": "Change appointment details", "href": arranging_address(found)})
    links.append({"text": "Add to your calendar", "href": _address("appointment_calendar", found)})
    return links


def arranging_address(found: Appointment) -> str:
    """Where another appointment for the same meeting is arranged."""
    if found.session is None:
        return reverse("monitoring:arrange_assessment", args=[found.received.pk])
    return reverse("monitoring:arrange_session", args=[found.received.pk, found.session.number])


def _context(found: Appointment) -> dict[str, Any]:
    about_meeting = {
        "title": presenter.title_of(found.session),
        "meeting": presenter.meeting_of(found.session),
    }
    return {**case_frame(found.received), **about_meeting}


def _cards(found: Appointment, answers: FeedbackAnswers) -> list[presenter.Card]:
    return presenter.feedback_cards(
        answers, meeting=presenter.meeting_of(found.session), person=found.received.person_name
    )


def _planned(found: Appointment) -> str:
    return presenter.planned_before(found.received, found) if found.session else ""


def _address(name: str, found: Appointment) -> str:
    return reverse(f"monitoring:{name}", args=[found.received_id, found.pk])
