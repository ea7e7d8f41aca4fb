"""Appointments: for the supplier assessment and for delivery sessions alike, with attendance and feedback.

Times are stored aware and shown in UK time. Nothing is overwritten: a changed appointment is a new row.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, Protocol, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from interventions.models import ProbationOffice
from monitoring.models.action_plans import DeliverySession
from monitoring.models.received_referral import ReceivedReferral
from monitoring.models.scoping import ScopedManager
from monitoring.models.submitted_once import SubmittedOnce, SubmittedOnceQuerySet
from prepared.queries import PreparedQuery


class Purpose(models.TextChoices):
    """What an appointment is for."""

    ASSESSMENT = "ASSESSMENT", "Supplier assessment"
    SESSION = "SESSION", "Delivery session"


class Method(models.TextChoices):
    """How people meet (live service's four)."""

    PHONE = "PHONE_CALL", "Phone call"
    VIDEO = "VIDEO_CALL", "Video call"
    OFFICE = "IN_PERSON_MEETING_PROBATION_OFFICE", "In person at a probation office"
    ELSEWHERE = "IN_PERSON_MEETING_OTHER", "In person somewhere else"


class Closed(models.TextChoices):
    """Why an appointment is no longer the one that counts."""

    REPLACED = "REPLACED", "Rescheduled"
    MISSED = "MISSED", "Did not attend"
    NOT_HELD = "NOT_HELD", "Did not happen"
    ENDED = "ENDED", "Cancelled because the referral ended"
    UNRECORDED = "UNRECORDED", "Not recorded before the referral ended"


class AskedBy(models.TextChoices):
    """Who wanted an appointment moved."""

    SERVICE_PROVIDER = "SERVICE_PROVIDER", "Service provider"
    PERSON_ON_PROBATION = "PERSON_ON_PROBATION", "Person on probation"


class NdeliusState(models.TextChoices):
    """How far nDelius is with the booking (decision M4a)."""

    WAITING = "WAITING", "Waiting to update nDelius"
    ACCEPTED = "ACCEPTED", "Recorded in nDelius"
    REFUSED = "REFUSED", "Not accepted by nDelius"
    DISMISSED = "DISMISSED", "Not sent to nDelius"  # an administrator decided so


class MayBeRefused(Protocol):
    """A received referral, or a line of a list."""

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def booking_refused_on(self) -> datetime.date | None:
        """Since when an appointment waits to be arranged again."""


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Reads of appointments."""

    def current(self) -> Self:
        """Those that count: arranged or held, not missed, moved or cancelled."""
        return self.filter(closed_as="")

    def waiting(self) -> Self:
        """Those that count and are not recorded: feedback was not submitted yet."""
        return self.current().filter(feedback__submitted_at=None)

    def with_version(self) -> Self:
        """Each current one with ``version``: how many were arranged for the same meeting before it, 0 for the first."""
        same = self.model._base_manager.filter(
            Q(session=OuterRef("session")) | Q(session=None),
            received=OuterRef("received"),
            purpose=OuterRef("purpose"),
        )
        before = same.exclude(closed_as="").order_by().values("purpose").annotate(count=Count("pk"))
        return self.annotate(version=Coalesce(Subquery(before.values("count")), 0))

    def happened(self) -> Self:
        """Those that took place, as their feedback says."""
        return self.filter(feedback__submitted_at__isnull=False, feedback__happened=True)


class AppointmentManager(ScopedManager.from_queryset(AppointmentQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> AppointmentQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return AppointmentQuerySet(self.model, using=self._db)

    def why_refused(self, cases: Iterable[MayBeRefused]) -> dict[UUID, str]:
        """Why nDelius did not accept an appointment that waits, by case. One read, or none when no case has any."""
        having = [case.pk for case in cases if case.booking_refused_on is not None]
        if not having:
            return {}
        return dict(_REFUSED.rows(cases=having))


_REFUSED = PreparedQuery(
    lambda cases: (
        Appointment.objects.unscoped()
        .waiting()
        .filter(received__in=cases, ndelius_state=NdeliusState.REFUSED)
        .order_by("-ndelius_refused_at")
        .values_list("received", "ndelius_reason")
    )
)


class Appointment(models.Model):
    """One appointment. Current while ``closed_as`` is empty; at most one current a session, or an assessment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one appointment made.")
    received = models.ForeignKey(ReceivedReferral, on_delete=models.PROTECT, related_name="appointments")
    purpose = models.CharField(max_length=10, choices=Purpose)
    session = models.ForeignKey(
        DeliverySession, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    is_group = models.BooleanField(default=False, help_text="A group session; assessments are one to one.")
    method = models.CharField(max_length=40, choices=Method)
    office = models.ForeignKey(
        ProbationOffice, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    address_line_1 = models.CharField(max_length=200, blank=True)
    address_line_2 = models.CharField(max_length=200, blank=True)
    address_town = models.CharField(max_length=200, blank=True)
    address_county = models.CharField(max_length=200, blank=True)
    address_postcode = models.CharField(max_length=8, blank=True)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scheduled_at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    reschedule_asked_by = models.CharField(max_length=20, choices=AskedBy, blank=True)
    reschedule_reason = models.TextField(blank=True)
    closed_as = models.CharField(max_length=10, choices=Closed, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ndelius_state = models.CharField(max_length=10, choices=NdeliusState, default=NdeliusState.WAITING)
    ndelius_reason = models.CharField(max_length=200, blank=True)
    ndelius_refused_at = models.DateTimeField(
        null=True, blank=True, help_text="When nDelius refused it first."
    )
    ndelius_id = models.BigIntegerField(null=True, blank=True)

    objects = AppointmentManager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["received"],
                condition=Q(purpose=Purpose.ASSESSMENT, closed_as=""),
                name="monitoring_one_current_assessment",
            ),
            models.UniqueConstraint(
                fields=["session"], condition=Q(closed_as=""), name="monitoring_one_current_appointment"
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.ASSESSMENT, session__isnull=True, is_group=False)
                | Q(purpose=Purpose.SESSION, session__isnull=False),
                name="monitoring_appointment_has_its_purpose",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="monitoring_appointment_lasts"),
            models.CheckConstraint(
                condition=Q(closed_as="", closed_at__isnull=True)
                | (~Q(closed_as="") & Q(closed_at__isnull=False)),
                name="monitoring_closed_when",
            ),
            models.CheckConstraint(
                condition=Q(ndelius_state=NdeliusState.REFUSED, ndelius_refused_at__isnull=False)
                | (~Q(ndelius_state=NdeliusState.REFUSED) & Q(ndelius_refused_at__isnull=True)),
                name="monitoring_refused_when",
            ),
        ]
        indexes = [
            models.Index(fields=["received", "purpose", "closed_as"], name="monitoring_appointments_of"),
            models.Index(fields=["starts_at"], name="monitoring_appointments_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} on {self.starts_at:%d %B %Y}"

    @property
    def is_current(self) -> bool:
        """Whether it counts: arranged or held, not missed, moved or cancelled."""
        return not self.closed_as

    @property
    def recorded(self) -> Feedback | None:
        """Its feedback, once that was submitted; a draft says nothing yet. Reads it: load it with the appointment."""
        feedback: Feedback | None = getattr(self, "feedback", None)
        return feedback if feedback is not None and feedback.is_submitted else None

    @property
    def is_recorded(self) -> bool:
        """Whether feedback was submitted."""
        return self.recorded is not None

    @property
    def is_waiting(self) -> bool:
        """Whether it counts and is not recorded."""
        return self.is_current and not self.is_recorded


class FeedbackQuerySet(SubmittedOnceQuerySet["Feedback"]):
    """Reads of feedback."""


class FeedbackManager(ScopedManager.from_queryset(FeedbackQuerySet)):  # type: ignore[misc]
    """Where reads of them begin."""

    def unscoped(self) -> FeedbackQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return FeedbackQuerySet(self.model, using=self._db)


class Feedback(SubmittedOnce):
    """Attendance and feedback of one appointment (live form of 2024). A draft until it is submitted, once."""

    class NoSession(models.TextChoices):
        """Why nothing was delivered although the person came."""

        POP_UNACCEPTABLE = (
            "POP_UNACCEPTABLE",
            "They did not comply, for example they were disruptive or did not engage",
        )
        POP_ACCEPTABLE = "POP_ACCEPTABLE", "They could not take part, for example they were ill or in crisis"
        LOGISTICS = (
            "LOGISTICS",
            "A problem with the service provider or logistics, for example a room or a fire alarm",
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="feedback")
    happened = models.BooleanField(null=True)
    attended = models.BooleanField(null=True)
    was_late = models.BooleanField(null=True)
    late_reason = models.TextField(blank=True)
    what_was_done = models.TextField(blank=True)
    how_they_responded = models.TextField(blank=True)
    no_session_reason = models.CharField(max_length=20, choices=NoSession, blank=True)
    no_session_details = models.TextField(blank=True)
    no_attendance_information = models.TextField(blank=True)
    notify_of_behaviour = models.BooleanField(null=True)
    behaviour = models.TextField(blank=True)
    notify_of_concerns = models.BooleanField(null=True)
    concerns = models.TextField(blank=True)
    next_plans = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    objects = FeedbackManager()

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(happened__isnull=False, attended__isnull=False),
                name="monitoring_submitted_feedback_says_attendance",
            ),
            models.CheckConstraint(
                condition=~Q(happened=True, attended=False), name="monitoring_nothing_happens_without_them"
            ),
        ]
        # What a practitioner is to look at (referrals/desk/needs.py): one in ten.
        indexes = [
            models.Index(
                fields=["appointment"],
                condition=Q(
                    Q(notify_of_concerns=True) | Q(notify_of_behaviour=True) | Q(attended=False),
                    submitted_at__isnull=False,
                ),
                name="monitoring_feedback_to_see",
            )
        ]

    def __str__(self) -> str:
        return f"Feedback of {self.appointment_id}"
