"""Arranging an appointment: the form, a page to check it, and for one in the past its feedback before it is saved.

One address for each meeting; the answers so far are carried from page to page, signed, and stored only at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept_text.deletes_text import KEEP, asks_before_deleting
from accounts.kept_text.keeping import kept_for
from accounts.kept_text.offering import render_form
from accounts.kept_text.posted import kept_fields
from accounts.models import User
from events.models import AuditAction
from events.refusals import Gone, Refused
from govuk.addresses import reverse
from interventions.models import ProbationOffice
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions.arrange_appointment import (
    HAPPENED_ALREADY,
    CannotBeArranged,
    arrange_appointment,
    check,
    current_appointment,
    made_before,
    move_of,
)
from monitoring.forms.appointment import ArrangeForm
from monitoring.forms.feedback import FORMS, AttendanceForm, BranchForm
from monitoring.models import Appointment, DeliverySession, ReceivedReferral
from monitoring.presenters import appointment as presenter
from monitoring.presenters.enforceable_days import warning_with
from monitoring.rules.feedback import ATTENDANCE, FeedbackAnswers, branch_of, settled
from monitoring.rules.moves import why_not
from monitoring.views.case_frame import case_frame
from monitoring.views.signed_answers import carried, carry

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@METHODS
def arrange_assessment(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Arrange the supplier assessment, or change its appointment."""
    return _arrange(request, open_case(request, received_id), None)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@METHODS
def arrange_session(request: HttpRequest, received_id: UUID, number: int) -> HttpResponse:
    """Arrange a delivery session, or change its appointment."""
    received = open_case(request, received_id)
    return _arrange(request, received, get_object_or_404(received.sessions, number=number))


@dataclass
class Arranging:
    """One request on the way to an appointment: what it is about, and what was answered so far."""

    request: HttpRequest
    received: ReceivedReferral
    session: DeliverySession | None
    current: Appointment | None
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def user(self) -> User:
        """Who is asking."""
        return asking(self.request)

    @property
    def about(self) -> str:
        """What carried answers are for, and whose."""
        number = self.session.number if self.session else 0
        return f"{self.user.pk}:{self.received.pk}:{number}"

    # --- Forms

    def details_form(self, data: Any = None) -> ArrangeForm:
        """When, how and where; empty, or with ``data``."""
        return ArrangeForm(
            data,
            **self.looked_at,
            person=self.received.person_name,
            sent_at=self.received.sent_at,
            offices=ProbationOffice.objects.bookable_for(self.received.contract),
            is_session=self.session is not None,
            replaces=self.current,
        )

    def attendance_form(self, data: Any = None) -> AttendanceForm:
        """Whether it happened."""
        return AttendanceForm(data, **self.called)

    def branch_form(self, attendance: FeedbackAnswers, data: Any = None) -> BranchForm:
        """What is asked after that answer."""
        branch = branch_of(attendance)
        assert branch is not None
        return FORMS[branch](data, **self.looked_at, **self.called)

    @property
    def called(self) -> dict[str, str]:
        """What the wordings of a form call the person and the meeting."""
        return {"person": self.received.person_name, "meeting": self.meeting}

    @property
    def looked_at(self) -> dict[str, Any]:
        """Of which case a form is, and who writes: what its words are looked at for."""
        return {"received": self.received, "by": self.user}

    @property
    def meeting(self) -> str:
        """What it is called in a sentence."""
        return presenter.meeting_of(self.session)

    def details(self) -> ArrangeForm:
        """The details carried so far; raises AnswersWrong when they have become wrong since."""
        form = self.details_form(self.answers.get("details", {}))
        self.check_details(form)
        if form.errors:
            raise AnswersWrong(lambda: show_details(self, form))
        return form

    def check_details(self, form: ArrangeForm) -> None:
        """Add what only the other appointments show to the form's own errors."""
        if form.errors:
            return
        try:
            check(
                self.received,
                self.session,
                form.arrangement,
                instead_of=self.current,
                now=timezone.now(),
            )
        except CannotBeArranged as refusal:
            form.add_error("date", refusal.reason)

    def attendance(self) -> FeedbackAnswers:
        """The attendance carried so far."""
        form = self.attendance_form(self.answers.get("attendance", {}))
        if not form.is_valid():
            raise AnswersWrong(lambda: show_attendance(self, form))
        return form.answers(FeedbackAnswers())

    def feedback(self) -> FeedbackAnswers:
        """Everything carried about what happened."""
        attendance = self.attendance()
        form = self.branch_form(attendance, self.answers.get("feedback", {}))
        if not form.is_valid():
            raise AnswersWrong(lambda: show_feedback(self, form))
        return form.answers(attendance)

    # --- Pages

    def show(self, template: str, form: Any = None, **context: Any) -> HttpResponse:
        """A page of this way, with the answers so far."""
        shown = {
            **case_frame(self.received),
            "form": form,
            "title": presenter.title_of(self.session),
            "meeting": self.meeting,
            "is_change": self.current is not None,
            "carried": carry(self.answers, about=self.about) if self.answers else "",
            "address": self.request.path,
            "progress_href": reverse("monitoring:progress", args=[self.received.pk]),
            **context,
        }
        path = f"monitoring/appointments/{template}.html"
        return render(self.request, path, shown) if form is None else render_form(self.request, path, shown)

    def asks_before_deleting(
        self, texts: list[tuple[str, str]], *, keep: tuple[str, str] = KEEP
    ) -> HttpResponse | None:
        """The page that asks whether these may go; None when nothing does, or they may."""
        frame = {**case_frame(self.received), "caption": presenter.title_of(self.session)}
        return asks_before_deleting(self.request, texts, frame, keep=keep)


class AnswersWrong(Exception):
    """Carried answers do not hold (any more). ``show`` makes the page that says so."""

    def __init__(self, show: Callable[[], HttpResponse]) -> None:
        super().__init__("answers wrong")
        self.show = show


def _arrange(
    request: HttpRequest, received: ReceivedReferral, session: DeliverySession | None
) -> HttpResponse:
    current = current_appointment(received, session)
    way = Arranging(request, received, session, current)
    if request.method != "POST":
        _require(way)
        return _opened(way)
    if request.POST.get("carried"):
        way.answers = carried(request.POST["carried"], about=way.about)
    step = request.POST.get("step", "")
    try:
        made = _made_before(way, step)
        if made is not None:
            return redirect("monitoring:appointment", received_id=received.pk, appointment_id=made.pk)
        _require(way)
        if step in AFTER_THE_DETAILS:
            way.details()  # every later page shows them
        return STEPS.get(step, details)(way)
    except AnswersWrong as wrong:
        return wrong.show()


def _opened(way: Arranging) -> HttpResponse:
    """The form; or the later page on which something was typed and not saved, with the answers given before it."""
    kept = kept_for(way.request, way.user)
    page = kept.fields.get("page", [""])[-1] if kept is not None else ""
    if kept is None or page not in ("attendance", "feedback") or not kept.fields.get("carried"):
        return show_details(way, way.details_form())
    try:
        way.answers = carried(kept.fields["carried"][-1], about=way.about)
        way.details()
        if page == "attendance":
            return show_attendance(way, way.attendance_form())
        return show_feedback(way, way.branch_form(way.attendance()))
    except (
        AnswersWrong,
        Gone,
    ):  # too old, or something changed since: from the beginning, with what was typed
        way.answers = {}
        return show_details(way, way.details_form())


def _made_before(way: Arranging, step: str) -> Appointment | None:
    """What this very form made already: sent twice, it finds its appointment, and is refused for other words."""
    posted = way.request.POST if step == "details" else way.answers.get("details", {})
    key = _as_key(posted.get("form_key", ""))
    made = way.received.appointments.filter(form_key=key).first() if key else None
    if made is None:
        return None
    way.current = made.replaces  # as it was when the form was shown
    form = way.details_form(posted)
    if not form.is_valid():
        raise AnswersWrong(lambda: show_details(way, form))
    return made_before(
        way.received,
        way.session,
        made.form_key,
        arrangement=form.arrangement,
        change=form.change,
        feedback=_said_of_it(way, step),
    )


def _said_of_it(way: Arranging, step: str) -> dict[str, Any]:
    """What a page says of what happened, so far."""
    if step == "attendance":
        attended = way.attendance_form(way.request.POST)
        if not attended.is_valid():
            raise AnswersWrong(lambda: show_attendance(way, attended))
        answers = settled(attended.answers(FeedbackAnswers()))
        return {name: getattr(answers, name) for name in ATTENDANCE}
    if step == "feedback":
        form = way.branch_form(way.attendance(), way.request.POST)
        if not form.is_valid():
            raise AnswersWrong(lambda: show_feedback(way, form))
        return asdict(settled(form.answers(way.attendance())))
    return asdict(settled(way.feedback())) if step == "submit" else {}


def _as_key(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _require(way: Arranging) -> None:
    """Refuse the page when there is nothing to arrange. Whether something in the past may be recorded shows later."""
    if way.current is not None and way.current.is_recorded:
        raise Refused(HAPPENED_ALREADY, code="happened")
    reasons = [why_not(move_of(way.session, is_past=past), way.received) for past in (False, True)]
    if all(reasons):
        raise Refused(reasons[0], code="stage")


# --- Steps: what a button of each page does ------------------------------------------------------------


def details(way: Arranging) -> HttpResponse:
    """The form was sent."""
    form = way.details_form(way.request.POST)
    way.check_details(form)
    if not form.is_valid():
        return show_details(way, form)
    stands = set(form.initial.values())  # in the appointment that is replaced, which keeps it
    if asks_first := way.asks_before_deleting([one for one in form.dropped() if one[1] not in stands]):
        return asks_first
    way.answers = {**way.answers, "details": form.answers()}
    return show_check(way, form)


def change_details(way: Arranging) -> HttpResponse:
    """Back to the form."""
    return show_details(way, way.details_form(way.answers.get("details", {})))


def confirm(way: Arranging) -> HttpResponse:
    """The details are right: save them, or ask what happened."""
    form = way.details()
    if form.arrangement.starts_at <= timezone.now():
        kept = way.answers.get("attendance")
        return show_attendance(way, way.attendance_form(kept))
    return _save(way, form, None)


def attendance(way: Arranging) -> HttpResponse:
    """Whether it happened was answered."""
    form = way.attendance_form(way.request.POST)
    if not form.is_valid():
        return show_attendance(way, form)
    if asks_first := way.asks_before_deleting(
        _written_otherwise(way, form), keep=("step", "change_feedback")
    ):
        return asks_first
    way.answers = {**way.answers, "attendance": form.boxes()}
    return change_feedback(way)


def _written_otherwise(way: Arranging, form: AttendanceForm) -> list[tuple[str, str]]:
    """What was typed on this way about another attendance, and has no place under this one."""
    kept, branch = kept_for(way.request, way.user), branch_of(form.answers(FeedbackAnswers()))
    if kept is None or branch is None:
        return []
    others = [
        kind(kept_fields(kept), **way.looked_at, **way.called)
        for other, kind in FORMS.items()
        if other is not branch
    ]
    return [
        (str(other[name].label), text)
        for other in others
        for name, text in other.texts().items()
        if name not in FORMS[branch].base_fields
    ]


def change_attendance(way: Arranging) -> HttpResponse:
    """Back to whether it happened, with what was typed about it so far."""
    if way.request.POST.get("page") == "feedback":
        typed = way.branch_form(way.attendance(), way.request.POST)
        way.answers = {**way.answers, "feedback": typed.boxes()}
    return show_attendance(way, way.attendance_form(way.answers.get("attendance")))


def feedback(way: Arranging) -> HttpResponse:
    """What happened was answered."""
    form = way.branch_form(way.attendance(), way.request.POST)
    if not form.is_valid():
        return show_feedback(way, form)
    if asks_first := way.asks_before_deleting(form.dropped()):
        return asks_first
    way.answers = {**way.answers, "feedback": form.boxes()}
    return show_check_feedback(way)


def change_feedback(way: Arranging) -> HttpResponse:
    """On, or back, to what happened. Answers that were given for another branch are not taken over."""
    form = way.branch_form(way.attendance(), way.answers.get("feedback"))
    if form.is_bound and form.errors:
        form = way.branch_form(way.attendance())
    return show_feedback(way, form)


def submit(way: Arranging) -> HttpResponse:
    """Save the appointment and what happened in one."""
    return _save(way, way.details(), way.feedback())


STEPS: dict[str, Callable[[Arranging], HttpResponse]] = {
    "details": details,
    "change_details": change_details,
    "confirm": confirm,
    "attendance": attendance,
    "change_attendance": change_attendance,
    "feedback": feedback,
    "change_feedback": change_feedback,
    "submit": submit,
}
AFTER_THE_DETAILS = frozenset(STEPS) - {"details", "change_details"}


def _save(way: Arranging, form: ArrangeForm, feedback: FeedbackAnswers | None) -> HttpResponse:
    try:
        appointment = arrange_appointment(
            received=way.received,
            session=way.session,
            arrangement=form.arrangement,
            change=form.change,
            feedback=feedback,
            in_place_of=form.cleaned_data["in_place_of"],
            form_key=form.cleaned_data["form_key"],
            by=way.user,
        )
    except CannotBeArranged as refusal:
        form.add_error("date", refusal.reason)
        return show_details(way, form)
    messages.success(way.request, _said(way, feedback))
    return redirect("monitoring:appointment", received_id=way.received.pk, appointment_id=appointment.pk)


def _said(way: Arranging, feedback: FeedbackAnswers | None) -> str:
    if feedback is not None:
        return presenter.said_after(feedback, meeting=way.meeting)
    done = "changed" if way.current is not None else "arranged"
    return f"{presenter.title_of(way.session)} {done}. Feedback is due on the same day that it takes place."


# --- Pages ---------------------------------------------------------------------------------------------


def show_details(way: Arranging, form: ArrangeForm) -> HttpResponse:
    """When, how and where."""
    hints = {
        "missed": presenter.missed_before(way.received, way.session) if way.current is None else "",
        "planned": presenter.planned_before(way.received) if way.session else "",
    }
    return way.show("details", form, **hints)


def show_check(way: Arranging, form: ArrangeForm) -> HttpResponse:
    """The details to check, and whether they are in the past."""
    arrangement = form.arrangement
    is_past = arrangement.starts_at <= timezone.now()
    problem = why_not(move_of(way.session, is_past=is_past), way.received)
    if problem:
        raise Refused(problem, code="stage")
    day = timezone.localdate(arrangement.starts_at)
    too_many = warning_with(way.received, [day], instead_of=way.current) if way.session else ""
    return way.show(
        "check", rows=_rows(way, form), is_past=is_past, is_twice=form.is_twice, too_many=too_many
    )


def show_attendance(way: Arranging, form: AttendanceForm) -> HttpResponse:
    """Whether it happened."""
    return way.show("attendance", form, rows=_rows(way, way.details()), back_step="change_details")


def show_feedback(way: Arranging, form: BranchForm) -> HttpResponse:
    """What happened."""
    planned = presenter.planned_before(way.received) if way.session else ""
    return way.show("feedback", form, planned=planned, back_step="change_attendance")


def show_check_feedback(way: Arranging) -> HttpResponse:
    """Everything once more, before it is sent for good."""
    rows = _rows(way, way.details())
    cards = presenter.feedback_cards(way.feedback(), meeting=way.meeting, person=way.received.person_name)
    return way.show("check_feedback", cards=[presenter.Card("Appointment details", rows), *cards])


def _rows(way: Arranging, form: ArrangeForm) -> tuple[presenter.Row, ...]:
    arrangement = form.arrangement
    offices = ProbationOffice.objects.bookable_for(way.received.contract)
    office = offices.filter(pk=arrangement.office_id).first() if arrangement.office_id else None
    return (
        *presenter.when_and_where(arrangement, office=office, is_session=way.session is not None),
        *presenter.change_rows(form.change, person=way.received.person_name),
    )
