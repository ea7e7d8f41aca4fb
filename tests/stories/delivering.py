"""A supplier at work on one case, for stories: each method is one thing they do, through the web client.

Every page fetched on the way is inspected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from monitoring.models import ReceivedReferral
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
        """Post to a page of the case; a page that comes back is inspected."""
        response = self.client.post(self.address(name, *args), answers)
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
