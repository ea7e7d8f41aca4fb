"""A referral on the practitioner's side: a draft until it is sent, frozen as sent from then on.

Current values of a sent referral live in ``monitoring`` only, but for the CRN: it says where other systems have the
person, so it is kept current on both sides (decision 37). An answer that was not given is null; an answer
that was left empty on purpose is "".
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from encryption.fields import EncryptedJSONField
from events.case_references import has_reference
from interventions.models import ContractType

#: Without a change, and between the warning and the end (decision F3).
DRAFT_LIFE = timedelta(days=90)
DRAFT_WARNING = timedelta(days=14)


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Reads, in the field's words. Pages begin with who is asking."""

    def drafts_of(self, user: User | int) -> ReferralQuerySet:
        """Drafts belong to their author (decision F3)."""
        return self.filter(created_by=user, sent_at__isnull=True)

    def for_the_list(self) -> ReferralQuerySet:
        """With what tells how far a draft is: the same number of statements for any number of drafts."""
        from referrals.models.chosen_service import ChosenService  # which points here

        services = ChosenService.objects.select_related("category")
        return self.select_related("contract__prime", "contract__contract_type", "risk").prefetch_related(
            models.Prefetch("services", services),
            "services__outcomes",
            "contract__contract_type__categories",
            "risk__sections",
            "risk__declarations",
        )

    def with_services_offered(self) -> ReferralQuerySet:
        """``services_offered``: how many services the contract offers, which decides what the form asks."""
        offered = ContractType.categories.through.objects.filter(contracttype=OuterRef("contract__contract_type"))
        number: Any = offered.order_by().values("contracttype").annotate(number=models.Count("pk"))
        return self.annotate(services_offered=Subquery(number.values("number")))

    def to_warn_about(self, now: datetime) -> ReferralQuerySet:
        """Drafts that will be deleted in 14 days or less and whose author was not told since the last change."""
        untold = models.Q(expiry_warned_at__isnull=True) | models.Q(
            expiry_warned_at__lt=models.F("changed_at")
        )
        return self.filter(untold, sent_at__isnull=True, changed_at__lte=now - (DRAFT_LIFE - DRAFT_WARNING))

    def expired(self, now: datetime) -> ReferralQuerySet:
        """Drafts without a change for 90 days whose author was told at least 14 days ago (decision F3)."""
        return self.filter(
            sent_at__isnull=True,
            changed_at__lte=now - DRAFT_LIFE,
            expiry_warned_at__gte=models.F("changed_at"),
            expiry_warned_at__lte=now - DRAFT_WARNING,
        )

    def sent(self) -> ReferralQuerySet:
        """Referrals that were sent."""
        return self.filter(sent_at__isnull=False)


class Location(models.TextChoices):
    """Where the person is."""

    COMMUNITY = "COMMUNITY", "Community"
    CUSTODY = "CUSTODY", "Custody"


class ContactPlace(models.TextChoices):
    """Where the main point of contact works."""

    ESTABLISHMENT = "ESTABLISHMENT", "In an establishment"
    OFFICE = "OFFICE", "In a probation office"


@has_reference
class Referral(models.Model):
    """One referral of one person on probation to one service."""

    # OASys's criminogenic needs are shown to the practitioner and deleted on sending, like its risk text.
    SOURCE_TEXT: ClassVar[dict[str, object]] = {"oasys_needs": None}
    SOURCE_OF: ClassVar[str] = "id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one draft made.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    # By which nDelius knows the person now, after sending too: corrected by ``referrals.actions.correct_crn`` alone.
    crn = models.CharField("CRN", max_length=7, db_index=True)
    first_crn = models.CharField(
        "CRN at the start",
        max_length=7,
        blank=True,
        default="",
        db_default="",
        help_text="Empty unless another took its place.",
    )
    contract = models.ForeignKey("interventions.Contract", on_delete=models.PROTECT, related_name="+")
    risk = models.OneToOneField("risk.RiskInformation", on_delete=models.PROTECT, related_name="+")

    # Which form it is: who is responsible, and where the person is (live service: the branch matrix).
    has_practitioner = models.BooleanField(null=True, help_text="In the community. Null until answered.")
    location = models.CharField(
        max_length=20, choices=Location, blank=True, help_text="Asked when they have one."
    )
    is_releasing = models.BooleanField(
        null=True, help_text="During the intervention. Asked when they have none."
    )

    # The person, as nDelius had them when last pulled.
    first_name = models.CharField(max_length=200)
    last_name = models.CharField(max_length=200)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=60, blank=True)
    ethnicity = models.CharField(max_length=200, blank=True)
    preferred_language = models.CharField(max_length=200, blank=True)
    religion_or_belief = models.CharField(max_length=200, blank=True)
    disabilities = models.JSONField(default=list, blank=True)
    address_lines = models.JSONField(default=list, blank=True)
    no_fixed_abode = models.BooleanField(default=False)
    telephone = models.CharField(max_length=60, blank=True)
    mobile = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=254, blank=True)
    person_pulled_at = models.DateTimeField()
    unread_in_ndelius = models.JSONField(
        default=list, blank=True, help_text="Details above that nDelius sent in a way that cannot be read."
    )
    changed_outside = models.JSONField(
        default=list, blank=True, help_text="What other systems say otherwise by now, in words. Never shared."
    )
    was_limited = models.BooleanField(
        null=True, help_text="Whether nDelius limited who may see the person when first asked."
    )
    withheld_personal_fields = models.JSONField(null=True, blank=True, help_text="Null until decided.")

    # Who is responsible, and who can be reached when they cannot.
    practitioner_name = models.CharField(max_length=200, blank=True)
    practitioner_email = models.CharField(max_length=254, blank=True)
    practitioner_phone = models.CharField(max_length=60, blank=True)
    practitioner_team_phone = models.CharField(max_length=60, blank=True)
    practitioner_pdu = models.CharField("PDU", max_length=200, blank=True)
    practitioner_office = models.CharField(max_length=200, blank=True)
    practitioner_office_number = models.PositiveIntegerField(
        null=True, blank=True, help_text="Its register id."
    )
    practitioner_in_ndelius = models.JSONField(
        null=True, blank=True, help_text="What nDelius said. Never shared."
    )
    practitioner_confirmed_at = models.DateTimeField(null=True, blank=True)
    back_up_name = models.CharField(max_length=200, blank=True)
    back_up_email = models.CharField(max_length=254, blank=True)
    back_up_phone = models.CharField(max_length=60, blank=True)

    # Until a practitioner is allocated.
    contact_name = models.CharField(max_length=200, blank=True)
    contact_role = models.CharField(max_length=200, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    contact_phone = models.CharField(max_length=60, blank=True)
    contact_place = models.CharField(max_length=20, choices=ContactPlace, blank=True)
    contact_establishment = models.CharField(max_length=200, blank=True)
    contact_establishment_code = models.CharField(max_length=12, blank=True)
    contact_office = models.CharField(max_length=200, blank=True)
    contact_office_number = models.PositiveIntegerField(null=True, blank=True, help_text="Its register id.")
    reason_before_allocation = models.TextField(null=True, blank=True)  # noqa: DJ001 (null: not answered)

    # In custody.
    prison_number = models.CharField(max_length=10, blank=True)
    custody_facts = models.JSONField(
        null=True, blank=True, help_text="What the prison records said. Never shared."
    )
    establishment = models.CharField(max_length=200, blank=True)
    establishment_code = models.CharField(max_length=12, blank=True)
    release_date = models.DateField(null=True, blank=True)
    release_date_unknown_reason = models.TextField(blank=True)
    expected_office = models.CharField(max_length=200, blank=True)
    expected_office_number = models.PositiveIntegerField(null=True, blank=True, help_text="Its register id.")
    expected_office_unknown_reason = models.TextField(blank=True)

    # Needs.
    oasys_needs = EncryptedJSONField(null=True, blank=True, help_text="What OASys said. Never shared.")
    criminogenic_needs = models.JSONField(null=True, blank=True, help_text="Chosen, with comments.")
    additional_needs = models.TextField(null=True, blank=True)  # noqa: DJ001 (null: not answered)
    accessibility_needs = models.TextField(null=True, blank=True)  # noqa: DJ001
    needs_interpreter = models.BooleanField(null=True)
    interpreter_language = models.CharField(max_length=200, blank=True)
    has_responsibilities = models.BooleanField(null=True)
    when_unavailable = models.TextField(blank=True)
    diversity = models.TextField(null=True, blank=True)  # noqa: DJ001

    # The service.
    sentence_id = models.BigIntegerField(null=True, blank=True, help_text="nDelius event id.")
    sentence_offence_category = models.CharField(max_length=200, blank=True)
    sentence_offence_subcategory = models.CharField(max_length=200, blank=True)
    sentence_ends_on = models.DateField(null=True, blank=True)
    enforceable_days = models.PositiveIntegerField(null=True, blank=True)
    completion_date = models.DateField(null=True, blank=True)
    reason_for_referral = models.TextField(blank=True)
    further_information = models.TextField(blank=True)

    # Its life as a draft (decision F3).
    expiry_warned_at = models.DateTimeField(null=True, blank=True)

    # Sending.
    sent_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=8, blank=True)
    received = models.OneToOneField(
        "monitoring.ReceivedReferral", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answers_as_sent = models.JSONField(null=True, blank=True, help_text="Questions and answers as they read.")
    blanked_at = models.DateTimeField(
        null=True, blank=True, help_text="When what was held was blanked: its retention period had ended."
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True, received__isnull=True)
                | models.Q(sent_at__isnull=False, received__isnull=False),
                name="referrals_sent_means_received",
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=~models.Q(reference=""), name="referrals_one_reference"
            ),
            models.CheckConstraint(
                condition=models.Q(enforceable_days__isnull=True)
                | models.Q(enforceable_days__gte=1, enforceable_days__lte=40),
                name="referrals_enforceable_days_1_to_40",
            ),
        ]
        indexes = [
            models.Index(fields=["created_by", "sent_at", "-changed_at"], name="referrals_by_author"),
        ]

    def __str__(self) -> str:
        return self.reference or f"Draft of {self.created_at:%d %B %Y}"

    @property
    def person_name(self) -> str:
        """First and last name; the CRN for a draft whose name nDelius sent in a way that cannot be read."""
        unnamed = self.crn if self.unread_in_ndelius else "Details deleted"
        return f"{self.first_name} {self.last_name}".strip() or unnamed

    @property
    def current_location(self) -> str:
        """Where the person is; nobody without a practitioner is referred from the community (live service)."""
        return Location.CUSTODY.value if self.has_practitioner is False else self.location

    def expires_at(self, now: datetime) -> datetime:
        """When a draft is deleted: 90 days after its last change, and never sooner than 14 days after the warning."""
        told = self.expiry_warned_at
        if told is None or told < self.changed_at:
            told = max(now, self.changed_at + DRAFT_LIFE - DRAFT_WARNING)
        return max(self.changed_at + DRAFT_LIFE, told + DRAFT_WARNING)

    @property
    def is_sent(self) -> bool:
        """True from the moment it was sent; nothing on this row changes afterwards but by which CRN it is found."""
        return self.sent_at is not None
