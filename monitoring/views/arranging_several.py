"""Arranging several delivery sessions at once: the form, a page with every date to check, and then all of them or none.

One address; the answers to the form are carried to the second page, signed, and stored only at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.kept_text.deletes_text import asks_before_deleting
from accounts.kept_text.offering import render_form
from accounts.models import User
from events.models import AuditAction
from events.refusals import Refused
from govuk.addresses import reverse
from govuk.choices import Choice
from interventions.models import ProbationOffice
from monitoring.access.audience import for_suppliers
from monitoring.access.scope import asking, open_case
from monitoring.actions import transition
from monitoring.actions.arrange_sessions import (
    NOTHING_TO_ARRANGE,
    SomeCannotBeArranged,
    free_sessions,
    wrong_with_each,
)
from monitoring.actions.arrange_sessions import arrange_sessions as arrange
from monitoring.forms.appointment import ArrangeSeveralForm, ChooseDatesForm, initial_of
from monitoring.models import Appointment, Closed, DeliverySession, Purpose, ReceivedReferral
from monitoring.presenters import appointment as appointments
from monitoring.presenters import several_sessions as presenter
from monitoring.presenters.enforceable_days import warning_with
from monitoring.rules import several_sessions as rules
from monitoring.rules.appointments import Arrangement
from monitoring.rules.moves import Move
from monitoring.views.arranging import METHODS
from monitoring.views.case_frame import case_frame
from monitoring.views.signed_answers import carried, carry

TITLE = "Arrange several sessions"


@for_suppliers(records=AuditAction.PROGRESS_VIEWED)
@METHODS
def arrange_sessions(request: HttpRequest, received_id: UUID) -> HttpResponse:
    """Arrange the sessions that have no appointment, every week or every two weeks."""
    way = ArrangingSeveral(request, open_case(request, received_id))
    if request.method != "POST":
        way.require()
        return show_details(way, way.details_form())
    if request.POST.get("carried"):
        way.answers = carried(request.POST["carried"], about=way.about)
    if request.POST.get("step") == "confirm":
        return confirm(way)
    way.require()
    if request.POST.get("step") == "change_details":
        return show_details(way, way.details_form(way.answers or None))
    return details(way)


@dataclass
class ArrangingSeveral:
    """One request on the way to several appointments: what it is about, and what was answered so far."""

    request: HttpRequest
    received: ReceivedReferral
    answers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.free: list[DeliverySession] = [*free_sessions(self.received)]

    @property
    def user(self) -> User:
        """Who is asking."""
        return asking(self.request)

    @property
    def about(self) -> str:
        """What carried answers are for, and whose."""
        return f"{self.user.pk}:{self.received.pk}:several"

    def require(self) -> None:
        """Refuse the page when there is nothing to arrange."""
        transition.require(self.received, Move.ARRANGE_SESSION)
        if not self.free:
            raise Refused(NOTHING_TO_ARRANGE, code="nothing")

    def last(self) -> Appointment | None:
        """The session whose details are copied: the latest one."""
        theirs = self.received.appointments.filter(purpose=Purpose.SESSION).exclude(closed_as=Closed.REPLACED)
        return theirs.select_related("session").order_by("-starts_at").first()

    def details_form(self, data: Any = None) -> ArrangeSeveralForm:
        """When the first is, how often, how and where; as the last session was, or with ``data``."""
        return ArrangeSeveralForm(
            data,
            received=self.received,
            by=self.user,
            person=self.received.person_name,
            sent_at=self.received.sent_at,
            offices=ProbationOffice.objects.bookable_for(self.received.contract),
            initial=self.copied(),
        )

    def copied(self) -> dict[str, Any]:
        """The boxes as the last session fills them, on its next weekday."""
        last = self.last()
        how_many = {"how_many": min(len(self.free), rules.MOST_AT_ONCE)}
        if last is None:
            return how_many
        day = rules.next_day_like(timezone.localdate(last.starts_at), today=timezone.localdate())
        return {**initial_of(last), **how_many, "in_place_of": "", "date": day}

    def arrangements(self, form: ArrangeSeveralForm) -> dict[int, Arrangement]:
        """Each date that has this time, by its place in the series."""
        on_each = enumerate(rules.on_day(form.arrangement, day) for day in form.dates)
        return {place: arrangement for place, arrangement in on_each if arrangement is not None}

    def problems(self, form: ArrangeSeveralForm, arrangements: dict[int, Arrangement]) -> dict[int, str]:
        """What is wrong, by the place of each date on which nothing can be arranged."""
        places = [*arrangements]
        wrong = wrong_with_each(self.received, [*arrangements.values()], now=timezone.now())
        skipped = dict.fromkeys(set(range(len(form.dates))) - arrangements.keys(), rules.SKIPPED)
        return skipped | {places[number]: problem for number, problem in wrong.items()}

    def frame(self) -> dict[str, Any]:
        """What stands on both pages."""
        return {
            **case_frame(self.received),
            "address": self.request.path,
            "progress_href": reverse("monitoring:progress", args=[self.received.pk]),
        }


def details(way: ArrangingSeveral) -> HttpResponse:
    """The form was sent."""
    form = way.details_form(way.request.POST)
    if "how_many" not in form.errors and form.cleaned_data["how_many"] > len(way.free):
        form.add_error("how_many", presenter.too_many(len(way.free)))
    if not form.is_valid():
        return show_details(way, form)
    stands = set(form.initial.values())  # in the session that was copied, which keeps it
    lost = [one for one in form.dropped() if one[1] not in stands]
    if asks_first := asks_before_deleting(way.request, lost, {**case_frame(way.received), "caption": TITLE}):
        return asks_first
    way.answers = form.answers()
    return show_check(way, form)


def confirm(way: ArrangingSeveral) -> HttpResponse:
    """The dates were chosen: arrange them all, or say which could not be."""
    form = way.details_form(way.answers)
    if not form.is_valid():
        return show_details(way, form)
    arrangements = way.arrangements(form)
    choosing = ChooseDatesForm(way.request.POST, dates=[Choice(str(place), "") for place in arrangements])
    if not choosing.is_valid():
        return show_check(way, form, way.request.POST)
    places = [int(place) for place in choosing.cleaned_data["dates"]]
    try:
        made = arrange(
            received=way.received,
            arrangements=[arrangements[place] for place in places],
            numbers=way.answers["numbers"],
            form_key=form.cleaned_data["form_key"],
            by=way.user,
        )
    except SomeCannotBeArranged as refusal:
        refused = {places[number]: problem for number, problem in refusal.problems.items()}
        said = presenter.none_arranged(
            form.dates, refused, [*zip(places, way.answers["numbers"], strict=False)]
        )
        return show_check(way, form, way.request.POST, error=said)
    messages.success(way.request, presenter.arranged(made))
    return redirect("monitoring:progress", received_id=way.received.pk)


# --- Pages ---------------------------------------------------------------------------------------------


def show_details(way: ArrangingSeveral, form: ArrangeSeveralForm) -> HttpResponse:
    """When the first is, how often, how many, how and where."""
    context = way.frame() | {
        "form": form,
        "free": presenter.without_appointment(way.free),
        "copied_from": presenter.copied_from(way.last()),
        "planned": appointments.planned_before(way.received),
    }
    return render_form(way.request, "monitoring/appointments/several_details.html", context)


def show_check(
    way: ArrangingSeveral, form: ArrangeSeveralForm, data: QueryDict | None = None, *, error: str = ""
) -> HttpResponse:
    """Every date, with what is wrong with it or pointed out about it."""
    arrangements = way.arrangements(form)
    problems = way.problems(form, arrangements)
    choices = presenter.offered(
        form.dates, arrangements, problems, completion_date=way.received.completion_date
    )
    choosing = ChooseDatesForm(_offered_only(data, choices), dates=choices)
    if error:
        choosing.add_error("dates", error)
    way.answers |= {"numbers": [session.number for session in way.free]}
    offices = ProbationOffice.objects.bookable_for(way.received.contract)
    first = form.arrangement
    context = way.frame() | {
        "form": choosing,
        "has_dates": bool(choices),
        "rows": appointments.how_and_where(
            first, office=offices.filter(pk=first.office_id).first() if first.office_id else None
        ),
        "too_many": warning_with(
            way.received,
            [timezone.localdate(arrangements[int(choice.value)].starts_at) for choice in choices],
        ),
        "impossible": presenter.impossible(form.dates, problems),
        "given_to": presenter.given_to(way.free[: len(choices)]) if choices else "",
        "carried": carry(way.answers, about=way.about),
    }
    status = 422 if choosing.errors else 200
    return render(way.request, "monitoring/appointments/several_check.html", context, status=status)


def _offered_only(data: QueryDict | None, choices: list[Choice]) -> QueryDict | None:
    """Without dates that cannot be chosen any more."""
    if data is None:
        return None
    left = data.copy()
    there = {choice.value for choice in choices}
    left.setlist("dates", [place for place in data.getlist("dates") if place in there])
    return left
