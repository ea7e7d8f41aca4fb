"""A caseworker at a browser, working on one case: each method is one thing they do, through the pages.

Looks only at what no other browser test looks at: single pages and their states have tests of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from monitoring.models import Appointment, ReceivedReferral, Stage
from tests.browser.visitor import Visitor

AN_HOUR = timedelta(hours=1)


@dataclass
class Working:
    """Somebody signed in at the supplier, and the case they work on. They begin and end on its progress page."""

    me: Visitor
    received_id: UUID
    meetings: int = 0

    @property
    def case(self) -> ReceivedReferral:
        """The case as it stands."""
        return ReceivedReferral.objects.unscoped().get(pk=self.received_id)

    def stands_at(self, stage: Stage) -> None:
        """Open the progress page, which says so, as does the case."""
        self.me.opens(reverse("monitoring:progress", args=[self.received_id]))
        assert self.case.stage == stage
        assert stage.label in self.me.main

    def arranges(self, what: str, link: str) -> Appointment:
        """Arrange a meeting by phone, on a morning of its own. ``link``: as the progress page calls it."""
        self.meetings += 1
        self.me.follows(link)
        fill_in(self.me, on_a_morning(self.meetings), kind="" if what == "assessment" else "One to one")
        self.me.chooses("Phone call").presses("Save and continue").presses("Confirm")
        assert "Scheduled" in self.me.main
        self.me.follows("Progress")
        return self.case.appointments.get(closed_as="", feedback=None)

    def is_held(self, appointment: Appointment) -> None:
        """The time of the meeting comes, and they record that it was held."""
        self._begins_recording(appointment, happened=True)
        self.me.page.locator("input[name=was_late][value=NO]").check()
        self.me.page.locator("input[name=notify][value=NOTHING]").check()
        for name in ("what_was_done", "how_they_responded"):
            self.me.page.locator(f"textarea[name={name}]").fill("Looked at flats.")
        self._sends("Completed")

    def is_missed(self, appointment: Appointment) -> None:
        """The time of the meeting comes, and they record that the person did not."""
        self._begins_recording(appointment, happened=False)
        self.me.page.locator("textarea[name=no_attendance_information]").fill("Phoned twice.")
        self.me.page.locator("input[name=notify][value=NO]").check()
        self._sends("Did not attend")

    def plans(self, sessions: int) -> None:
        """Write an action plan with an activity, check it, submit it."""
        me = self.me.follows("Create an action plan").presses("Create an action plan")
        me.follows("Add an activity").page.locator("input[name=outcome]").first.check()
        me.fills("What will be done?", "View flats together.").presses("Save and continue")
        me.follows("Add (Delivery sessions)")
        me.fills("How many delivery sessions will there be?", str(sessions)).presses("Save and continue")
        me.presses("Continue").presses("Submit the action plan")
        assert me.heading == "Action plan submitted"

    def reports(self) -> None:
        """Write the end of service report outcome by outcome, check it, submit it."""
        me = self.me.follows("Create the end of service report").presses("Create the report")
        while "/outcomes/" in me.page.url:
            me.chooses("Achieved").fills("Describe their progress on this outcome", "Found a room.")
            me.presses("Save and continue")
        me.presses("Save and continue").presses("Submit the report")
        assert me.heading == "End of service report submitted"

    def _begins_recording(self, appointment: Appointment, *, happened: bool) -> None:
        # Hours of their own in the past: what is held takes up time, too.
        begun = timezone.now() - (20 - 2 * self.meetings) * AN_HOUR
        Appointment.objects.unscoped().filter(pk=appointment.pk).update(starts_at=begun)
        self.me.opens(reverse("monitoring:appointment", args=[self.received_id, appointment.pk]))
        self.me.follows("Give feedback")
        for name, answer in {"happened": happened, **({} if happened else {"attended": False})}.items():
            self.me.page.locator(f"input[name={name}][value={'YES' if answer else 'NO'}]").check()
        self.me.presses("Save and continue")

    def _sends(self, status: str) -> None:
        self.me.presses("Save and continue").presses("Confirm and send")
        assert status in self.me.main
        self.me.follows("Progress")


def on_a_morning(days: int) -> datetime:
    """In so many days, at half past ten UTC: no clock changes then."""
    return (timezone.now() + timedelta(days=days)).replace(hour=10, minute=30, second=0, microsecond=0)


def fill_in(me: Visitor, moment: datetime, *, kind: str = "One to one") -> Visitor:
    """When, for how long, and of what kind (nothing for an assessment)."""
    local = timezone.localtime(moment)
    me.fills("Day", str(local.day)).fills("Month", str(local.month)).fills("Year", str(local.year))
    me.fills("Hour", str(local.hour % 12 or 12)).fills("Minute", f"{local.minute:02}")
    me.page.get_by_label("am or pm").select_option("am" if local.hour < 12 else "pm")
    me.fills("Hours", "1")
    return me.chooses(kind) if kind else me
