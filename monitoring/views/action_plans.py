"""Action plans: the supplier's pages. A version is named by its number within its case, so no id can be guessed at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_text.offering import render_form, unsaved_on
from events.models import AuditAction
from events.refusals import Gone
from govuk.addresses import reverse
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions import transition as moving
from monitoring.actions import write_action_plan as action_plans
from monitoring.actions.write_end_of_service_report import outcomes_of
from monitoring.forms.action_plan import ActivityForm, SessionsForm
from monitoring.models import ActionPlan, PlanActivity, ReceivedReferral
from monitoring.presenters import action_plan as presenter
from monitoring.rules.moves import Move, why_not
from monitoring.rules.version_seen import fingerprint
from monitoring.views.case_frame import case_frame

CHANGED_MEANWHILE = (
    "Someone else changed this activity while you were writing. Their version is above the form. Save again to "
    "replace it with yours"
)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def action_plan(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """All versions, what was asked for, and what can be done now."""
    received = open_case(request, received_id)
    plans = [*received.action_plans.order_by("-number")]
    context = _frame(received) | {
        "versions": presenter.versions(received, with_draft=True),
        "requests": presenter.requests(received),
        "why_not": why_not(Move.WRITE_PLAN, received),
        "has_draft": any(not plan.is_submitted for plan in plans),
        "is_first": not plans,
        "back_link": reverse("monitoring:progress", args=[received.pk]),
    }
    return render(request, "monitoring/action_plan/versions.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_POST
def start_action_plan(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Begin a draft, or go on with the one that is there."""
    received = open_case(request, received_id)
    draft = action_plans.start_plan(received=received, by=asking(request))
    return redirect("monitoring:edit_action_plan", received.pk, draft.number)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def action_plan_version(request: HttpRequest, received_id: UUID, number: int) -> HttpResponse:
    """A version that was submitted; a draft is shown where it is written."""
    received = open_case(request, received_id)
    plan: ActionPlan = get_object_or_404(received.action_plans, number=number)
    if not plan.is_submitted:
        return redirect("monitoring:edit_action_plan", received.pk, number)
    context = _frame(received) | {
        "plan": presenter.present(plan),
        "back_link": reverse("monitoring:action_plan", args=[received.pk]),
    }
    return render(request, "monitoring/action_plan/version.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def edit_action_plan(request: HttpRequest, received_id: UUID, number: int) -> HttpResponse:
    """What the draft says so far, with links to change it."""
    received, draft = _draft(request, received_id, number)
    context = _frame(received) | {
        "plan": presenter.present(draft),
        "missing": action_plans.what_is_missing(received, draft),
        "why_not_submit": why_not(Move.SUBMIT_PLAN, received),
        "back_link": reverse("monitoring:action_plan", args=[received.pk]),
    }
    return render(request, "monitoring/action_plan/edit.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def add_activity(request: HttpRequest, received_id: UUID, number: int) -> HttpResponse:
    """One more activity."""
    received, draft = _draft(request, received_id, number)
    form = ActivityForm(
        request.POST if request.method == "POST" else None,
        received=received,
        by=asking(request),
        outcomes=[*outcomes_of(received)],
    )
    if form.is_valid():
        action_plans.add_activity(
            received=received,
            number=draft.number,
            outcome=UUID(form.cleaned_data["outcome"]),
            text=form.cleaned_data["text"],
            by=asking(request),
            form_key=form.cleaned_data["form_key"],
        )
        messages.success(request, "The activity was added.")
        return redirect("monitoring:edit_action_plan", received.pk, number)
    context = _form_frame(received, draft, form) | {"heading": "Add an activity"}
    return _asked(request, "monitoring/action_plan/activity.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def change_activity(request: HttpRequest, received_id: UUID, number: int, activity_id: UUID) -> HttpResponse:
    """Other words, or another outcome. Two who write at once are told of each other."""
    received, draft = _draft(request, received_id, number)
    activity = get_object_or_404(draft.activities, pk=activity_id)
    form, theirs = _activity_form(request, received, activity)
    if request.method == "POST" and form.is_valid():
        action_plans.change_activity(
            received=received,
            number=draft.number,
            activity=activity.pk,
            outcome=UUID(form.cleaned_data["outcome"]),
            text=form.cleaned_data["text"],
            by=asking(request),
        )
        messages.success(request, "The activity was changed.")
        return redirect("monitoring:edit_action_plan", received.pk, number)
    context = _form_frame(received, draft, form) | {"heading": "Change an activity", "theirs": theirs}
    return _asked(request, "monitoring/action_plan/activity.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_activity(request: HttpRequest, received_id: UUID, number: int, activity_id: UUID) -> HttpResponse:
    """Ask, then take it out. Pressing twice is no error; what is of another plan or case is not found."""
    received, draft = _draft(request, received_id, number)
    if PlanActivity.objects.unscoped().filter(pk=activity_id).exclude(plan=draft).exists():
        raise Http404
    if request.method == "POST":
        action_plans.remove_activity(
            received=received, number=draft.number, activity=activity_id, by=asking(request)
        )
        messages.success(request, "The activity was removed.")
        return redirect("monitoring:edit_action_plan", received.pk, number)
    activity = get_object_or_404(draft.activities, pk=activity_id)
    context = _frame(received) | {
        "text": activity.text,
        "unsaved": unsaved_on(asking(request), _pages_of(draft, [activity], whole=False)),
        "back_link": reverse("monitoring:edit_action_plan", args=[received.pk, number]),
    }
    return render(request, "monitoring/action_plan/remove_activity.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def action_plan_sessions(request: HttpRequest, received_id: UUID, number: int) -> HttpResponse:
    """How many delivery sessions."""
    received, draft = _draft(request, received_id, number)
    form = SessionsForm(
        request.POST if request.method == "POST" else None,
        initial={"sessions": draft.sessions},
        fewest=action_plans.fewest_sessions(received),
        most=action_plans.MOST_SESSIONS,
    )
    if form.is_valid():
        action_plans.set_sessions(
            received=received, number=number, sessions=form.cleaned_data["sessions"], by=asking(request)
        )
        messages.success(request, "The number of sessions was saved.")
        return redirect("monitoring:edit_action_plan", received.pk, number)
    return _asked(request, "monitoring/action_plan/sessions.html", _form_frame(received, draft, form))


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def check_action_plan(request: HttpRequest, received_id: UUID, number: int) -> HttpResponse:
    """Check the draft and submit it, once."""
    received = open_case(request, received_id)
    get_object_or_404(received.action_plans, number=number)
    if request.method == "POST":
        action_plans.submit_plan(
            received=received, number=number, by=asking(request), seen=request.POST.get("seen", "")
        )
        return redirect("monitoring:action_plan_submitted", received.pk, number)
    received, draft = _draft(request, received_id, number)
    moving.require(received, Move.SUBMIT_PLAN)
    if action_plans.what_is_missing(received, draft):
        return redirect("monitoring:edit_action_plan", received.pk, number)
    context = _frame(received) | {
        "plan": presenter.present(draft),
        "seen": action_plans.content_of(draft),
        "unsaved": unsaved_on(asking(request), _pages_of(draft, draft.activities.all())),
        "back_link": reverse("monitoring:edit_action_plan", args=[received.pk, number]),
    }
    return render(request, "monitoring/action_plan/check.html", context)


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@require_safe
def action_plan_submitted(request: HttpRequest, received_id: UUID, number: int) -> HttpResponse:
    """That it was submitted, and what comes next."""
    received = open_case(request, received_id)
    get_object_or_404(received.action_plans.submitted(), number=number)
    return render(request, "monitoring/action_plan/submitted.html", _frame(received))


def _draft(request: HttpRequest, received_id: UUID, number: int) -> tuple[ReceivedReferral, ActionPlan]:
    """A draft of theirs that can be written now. One that was submitted meanwhile is 410."""
    received = open_case(request, received_id)
    plan: ActionPlan = get_object_or_404(received.action_plans, number=number)
    if plan.is_submitted:
        raise Gone(action_plans.SUBMITTED)
    moving.require(received, Move.WRITE_PLAN)
    return received, plan


def _pages_of(draft: ActionPlan, activities: Iterable[PlanActivity], *, whole: bool = True) -> dict[str, str]:
    """What the pages of a draft are called, by their addresses; without ``whole`` those of the activities alone."""
    about = [draft.received_id, draft.number]
    pages = {
        reverse("monitoring:change_activity", args=[*about, one.pk]): f"Activity {one.position}"
        for one in activities
    }
    if whole:
        pages[reverse("monitoring:add_activity", args=about)] = "Add an activity"
        pages[reverse("monitoring:action_plan_sessions", args=about)] = "Number of delivery sessions"
    return pages


def _activity_form(
    request: HttpRequest, received: ReceivedReferral, activity: PlanActivity
) -> tuple[ActivityForm, str]:
    """The form, and the words that somebody else saved since the page was shown."""
    there = fingerprint(activity.outcome_id, activity.text)
    outcomes = [*outcomes_of(received)]
    if request.method != "POST":
        initial = {"outcome": str(activity.outcome_id), "text": activity.text, "seen": there}
        return ActivityForm(initial=initial, received=received, by=asking(request), outcomes=outcomes), ""
    sent = request.POST.copy()
    was_changed = sent.get("seen", "") != there
    sent["seen"] = there
    form = ActivityForm(
        sent, received=received, by=asking(request), stored=[activity.text], outcomes=outcomes
    )
    if was_changed and not form.errors:
        form.add_error("text", CHANGED_MEANWHILE)
    return form, activity.text if was_changed else ""


def _frame(received: ReceivedReferral) -> dict[str, Any]:
    return case_frame(received, "progress")


def _form_frame(received: ReceivedReferral, draft: ActionPlan, form: Any) -> dict[str, Any]:
    back_link = reverse("monitoring:edit_action_plan", args=[received.pk, draft.number])
    return _frame(received) | {"form": form, "back_link": back_link}


def _asked(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render_form(request, template, context)
