"""A supplier at work on one case, for stories: each method is one thing they do, through the web client.

Every page fetched on the way is inspected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.models import Appointment, ReceivedReferral
from tests.pages import assert_page
from tests.stories.referring import filled_in


@dataclass
class Caseworker:
    """Somebody signed in at the supplier, working on one case."""

    client: Client
    received_id: UUID

    # --- Pages

    @property
    def case(self) -> ReceivedReferral:
        """The case as it stands."""
        return ReceivedReferral.objects.unscoped().get(pk=self.received_id)

    def address(self, name: str, *args: Any) -> str:
        """The address of a page of the case."""
        return reverse(f"monitoring:{name}", args=[self.received_id, *args])

    def open(self, name: str, *args: Any, status: int = 200) -> BeautifulSoup:
        """Fetch a page of the case, inspected."""
        return assert_page(self.client.get(self.address(name, *args)), status)

    def post(self, name: str, *args: Any, status: int = 302, **answers: Any) -> HttpResponse:
        """Post to a page of the case; a page that comes back is inspected.

        Where something is pointed out in the words, they are sent once more as they are.
        """
        response = self.client.post(self.address(name, *args), answers)
        if status == 302 and response.status_code == 200 and (page := _read(response)).select_one("#noticed"):
            return self.post(name, *args, **filled_in(page))
        if response.status_code == 302:
            assert status == 302, f"{name} redirected to {response['Location']}"
            return response
        assert_page(response, status)
        return response

    def answer(self, name: str, *args: Any, status: int = 302, **answers: Any) -> HttpResponse:
        """Open a page with a form, change what is given, and send it."""
        fields = filled_in(self.open(name, *args))
        return self.post(name, *args, status=status, **(fields | answers))

    # --- Steps

    def writes_plan(self, *, sessions: int, texts: tuple[str, ...] = ("View flats together.",)) -> int:
        """Write a draft: an activity a text for the first outcome, and the number of sessions. Answers its number."""
        self.open("action_plan")
        self.post("start_action_plan")
        number = self.case.action_plans.get(submitted_at=None).number
        for text in texts:
            outcome = self.open("add_activity", number).select_one("input[name=outcome]")
            assert outcome is not None
            self.answer("add_activity", number, outcome=outcome["value"], text=text)
        self.answer("action_plan_sessions", number, sessions=str(sessions))
        return number

    def submits_plan(self, number: int, status: int = 302) -> None:
        """Check the draft and submit it."""
        self.open("edit_action_plan", number)
        self.answer("check_action_plan", number, status=status)
        self.open("action_plan_submitted", number)

    def reports(self, level: str = "ACHIEVED", progress: str = "Found a room and kept it.") -> None:
        """Write the end of service report page by page, check it, submit it."""
        self.open("end_of_service_report")
        at = self.post("start_end_of_service_report")["Location"]
        while "/outcomes/" in at:
            place = int(at.rsplit("/", 1)[1])
            at = self.answer("report_outcome", place, level=level, progress=progress)["Location"]
        self.answer("report_further_information", text="Moved in with help of the council.")
        self.answer("check_end_of_service_report")
        self.open("end_of_service_report_submitted")

    def arranges(self, starts_at: datetime, *, session: int | None = None, **details: Any) -> Appointment:
        """Arrange an assessment, or a session by phone, for a moment in the future; answers the current appointment.

        A reschedule needs ``asked_by`` and ``reason`` among the ``details``.
        """
        name, args = ("arrange_session", (session,)) if session else ("arrange_assessment", ())
        fields = (
            filled_in(self.open(name, *args)) | _boxes_of(starts_at) | {"method": "PHONE_CALL", "hours": "1"}
        )
        if session:
            fields["kind"] = "ONE_TO_ONE"
        check = self.post(name, *args, status=200, **fields | details, step="details")
        self.post(name, *args, **filled_in(_read(check)), step="confirm")
        return self.case.appointments.get(starts_at=starts_at, closed_as="")

    def records(self, appointment: Appointment, **answers: Any) -> None:
        """Give feedback page by page and send it. ``attended=False``: they did not come; else it was held."""
        came = answers.pop("attended", True)
        attendance = {"happened": "YES"} if came else {"happened": "NO", "attended": "NO"}
        usual = HELD if came else MISSED
        self.answer("attendance", appointment.pk, **attendance)
        self.answer("feedback", appointment.pk, **usual | answers)
        self.answer("check_feedback", appointment.pk)


HELD = {
    "was_late": "NO",
    "what_was_done": "Looked at flats.",
    "how_they_responded": "Took part well.",
    "notify": ["NOTHING"],
}
MISSED = {"no_attendance_information": "Phoned three times, no answer.", "notify": "NO"}


def _boxes_of(moment: datetime) -> dict[str, str]:
    """The boxes of a date and a time of the 12-hour clock, in UK time."""
    local = timezone.localtime(moment)
    return {
        "date_day": str(local.day),
        "date_month": str(local.month),
        "date_year": str(local.year),
        "hour": str(local.hour % 12 or 12),
        "minute": f"{local.minute:02}",
        "half": "am" if local.hour < 12 else "pm",
    }


def _read(response: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode(), "html5lib")
