"""Giving a case to a caseworker: choose among colleagues, confirm, done."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_text.offering import render_form
from events.models import AuditAction
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions.assign_caseworker import NOT_A_COLLEAGUE, CannotBeAssigned, assign
from monitoring.actions.transition import require
from monitoring.forms.assignment import ChooseCaseworkerForm, ConfirmCaseworkerForm
from monitoring.lists.colleagues import colleagues_on, load_of
from monitoring.models import ReceivedReferral
from monitoring.presenters import assignment as presenter
from monitoring.rules.moves import Move
from monitoring.views.case_frame import case_frame


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_caseworker(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Which colleague. Refused, with the reason, when the case has ended."""
    received = _open_case(request, received_id)
    form = _choice(request, received)
    if form.is_valid():
        chosen = int(form.cleaned_data["caseworker"])
        return redirect("monitoring:confirm_caseworker", received_id=received.pk, caseworker_id=chosen)
    return _ask(request, received, form)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_caseworker(request: HttpRequest, received_id: UUID, caseworker_id: int) -> HttpResponse:
    """Whether it shall be this colleague. Somebody who cannot be given the case (any more) is not found."""
    user, received = asking(request), _open_case(request, received_id)
    person = colleagues_on(received.contract, user).filter(pk=caseworker_id).first()
    if request.method != "POST":
        if person is None:
            raise Http404
        form = ConfirmCaseworkerForm(initial={"in_place_of": str(received.caseworker_id or "")})
    else:
        form = ConfirmCaseworkerForm(request.POST)
        if form.is_valid():
            try:
                if person is None:
                    raise CannotBeAssigned(NOT_A_COLLEAGUE)
                assign(received=received, caseworker=person, by=user, **form.cleaned_data)
            except CannotBeAssigned as refusal:
                return _ask(request, received, _choice(request, received, problem=refusal.reason))
            return redirect("monitoring:caseworker_assigned", received_id=received.pk)
    rows = presenter.history(received.assignments.all(), contract=received.contract_id)
    shown = {"form": form, "person": person, "load": load_of([person], seen_by=user) if person else {},
             "current": presenter.current(rows), **case_frame(received)}  # fmt: skip
    return render(request, "monitoring/confirm_caseworker.html", shown, status=422 if form.errors else 200)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def caseworker_assigned(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Who has the case now. Can be reloaded."""
    received = open_case(request, received_id)
    rows = presenter.history(received.assignments.in_force(), contract=received.contract_id)
    if not rows:
        raise Http404
    shown = {"caseworker": rows[0], **case_frame(received)}
    return render(request, "monitoring/caseworker_assigned.html", shown)


def _open_case(request: HttpRequest, received_id: UUID) -> ReceivedReferral:
    received = open_case(request, received_id)
    require(received, Move.ASSIGN)
    return received


def _choice(request: HttpRequest, received: ReceivedReferral, problem: str = "") -> ChooseCaseworkerForm:
    """The question, with every colleague but the one who has the case already; ``problem`` is said at it."""
    user = asking(request)
    colleagues = [*colleagues_on(received.contract, user).exclude(pk=received.caseworker_id or 0)]
    answers = request.POST if request.method == "POST" else None
    return ChooseCaseworkerForm(
        answers, colleagues=colleagues, load=load_of(colleagues, seen_by=user), problem=problem
    )


def _ask(request: HttpRequest, received: ReceivedReferral, form: ChooseCaseworkerForm) -> HttpResponse:
    rows = presenter.history(received.assignments.all(), contract=received.contract_id)
    shown = {"form": form, "history": rows, "current": presenter.current(rows), **case_frame(received)}
    return render_form(request, "monitoring/choose_caseworker.html", shown)
