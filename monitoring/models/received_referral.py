"""A referral as a supplier received it. What is not in these columns was not handed over.

Holds the current values of everything shared but the risk information, which is in the share versions. Must not point
at anything of the practitioner's side.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.folded import FoldedField, FoldedQuerySet, KeepsFolded
from accounts.models import User
from events.case_references import has_reference
from interventions.models import Contract, ProviderTerm
from interventions.models.contracts import ids_granted_to, ids_held_from_the_start
from interventions.models.grants import ids_of_providers
from monitoring.handover.contents import (
    Handover,
    SharedContact,
    SharedCustody,
    SharedMainContact,
    SharedNeeds,
    SharedPerson,
    SharedSentence,
)
from monitoring.models.scoping import ScopedManager
from prepared.queries import PreparedQuery

if TYPE_CHECKING:
    from monitoring.models.action_plans import ActionPlan
    from monitoring.models.share_versions import ShareVersion


#: Instead of a name, once the retention period of a case is over.
DETAILS_DELETED = "Details deleted"
LONGEST_NAME = 120  # characters of a name in the indexes of the lists


class ReceivedReferralQuerySet(FoldedQuerySet["ReceivedReferral"]):
    """Reads of received referrals, once it is known whose."""

    def standing_at(self, stages: Iterable[Stage]) -> ReceivedReferralQuerySet:
        """Those at one of these stages."""
        return self.filter(stage__in=[*stages])

    def not_ended(self) -> ReceivedReferralQuerySet:
        """Those that are still open. Said beside their stages, it lets a small index answer that holds no others."""
        return self.filter(concluded_at=None)

    def of(self, caseworker: User | int) -> ReceivedReferralQuerySet:
        """Those that one caseworker has."""
        return self.filter(caseworker=caseworker)

    def without_caseworker(self) -> ReceivedReferralQuerySet:
        """Those that nobody has yet."""
        return self.filter(caseworker=None)

    def with_details_updated_at(self) -> ReceivedReferralQuerySet:
        """Each with what ``personal_details_updated_at`` answers."""
        newest = _personal_details_updated_at(OuterRef("pk"))[:1]
        return self.annotate(details_updated_at=Subquery(newest))

    def overdue(self, today: datetime.date) -> ReceivedReferralQuerySet:
        """Those whose next step should have been done before today."""
        return self.filter(due_on__lt=today)

    def for_a_list(self, *also: str) -> ReceivedReferralQuerySet:
        """Only what a list of cases shows, with the caseworker's name, and ``paused_since`` for one that is paused.

        ``also``: columns that one list shows beside these.
        """
        # At most one pause is open, so a case stays one row.
        open_pause = models.FilteredRelation("pauses", condition=models.Q(pauses__ends_on__isnull=True))
        cases = self.annotate(open_pause=open_pause).annotate(paused_since=models.F("open_pause__starts_on"))
        return cases.select_related("caseworker").only(
            "reference",
            "crn",
            "person_first_name",
            "person_last_name",
            "intervention_title",
            "location",
            "establishment",
            "release_date",
            "release_date_unknown_reason",
            "practitioner_office",
            "practitioner_pdu",
            "received_at",
            "stage",
            "due_on",
            "whose_turn",
            "booking_refused_on",
            "concluded_at",
            "caseworker__username",
            "caseworker__first_name",
            "caseworker__last_name",
            "caseworker__is_active",
            *also,
        )

    def counts_by_stage(self) -> dict[str, int]:
        """How many stand at each stage; none: no entry."""
        return dict(self.order_by().values_list("stage").annotate(count=models.Count("pk")))


def in_month(starts: Sequence[datetime.datetime]) -> Case:
    """The place of the month in which a case was received among those that begin then, the newest first; or nothing."""
    # Compared with each beginning, which takes PostgreSQL less than to work out the month of each.
    steps = [When(received_at__gte=start, then=Value(place)) for place, start in enumerate(starts)]
    return Case(*steps, output_field=models.SmallIntegerField())


def held_by(contracts: Iterable[Contract]) -> dict[str, Any]:
    """As values, for ``held``: the ids of contracts; and of those to which a provider came later, since when.

    The ids go to the database as one value: whoever has other contracts asks in the same words.
    """
    contracts = [*contracts]
    joined = [(one.pk, at) for one in contracts if (at := getattr(one, "joined_at", None))]
    return {
        "contracts": frozenset(one.pk for one in contracts),
        "later": [pk for pk, _ in joined],
        "since": [at for _, at in joined],
    }


def _still_theirs(
    cases: ReceivedReferralQuerySet, later: list[int], since: list[datetime.datetime]
) -> ReceivedReferralQuerySet:
    """Without those that had ended before their provider came to the contract."""
    for contract, joined_at in zip(later, since, strict=True):
        cases = cases.exclude(contract=contract, concluded_at__lt=joined_at)
    return cases


class ReceivedReferralManager(ScopedManager["ReceivedReferral"]):
    """Where reads of received referrals begin."""

    def open_to(self, user: User | int, *, now: datetime.datetime | None = None) -> ReceivedReferralQuerySet:
        """Those that ``user`` (or who has this id) may see: the contract is granted to them and their provider is on it
        (decision A1).

        Not those that had ended before their provider (of several the first) came to it: another one delivered them.
        """
        came_by_then = ProviderTerm.objects.filter(
            contract=OuterRef("contract"),
            provider__in=ids_of_providers(user),
            ended_at=None,
            began_at__lte=OuterRef("concluded_at"),
        )
        return self.unscoped().filter(
            Q(concluded_at=None) | Q(contract__in=ids_held_from_the_start(user)) | Exists(came_by_then),
            contract__in=ids_granted_to(user, now=now),
        )

    def on_contracts(self, contracts: Iterable[Contract]) -> ReceivedReferralQuerySet:
        """Those of contracts that ``Contract.objects.granted_to(user)`` has answered: ``open_to``, already looked up.

        A database plans a list better for contracts that it is told than for those it still has to find, and a search
        better when it is told how many there are: as one value does not say.
        """
        held = held_by(contracts)
        return _still_theirs(
            self.unscoped().filter(contract__in=held["contracts"]), held["later"], held["since"]
        )

    def held(
        self, *, contracts: frozenset[int], later: list[int], since: list[datetime.datetime]
    ) -> ReceivedReferralQuerySet:
        """The same, of what ``held_by`` answered, for a prepared query."""
        return _still_theirs(self.unscoped().filter(contract__among=contracts), later, since)

    def unscoped(self) -> ReceivedReferralQuerySet:
        """All of everybody; see :meth:`ScopedManager.unscoped`."""
        return ReceivedReferralQuerySet(self.model, using=self._db)


class Stage(models.TextChoices):
    """Where a case stands. Derived by ``monitoring.rules.stages``; stored so that lists can ask for it."""

    ASSIGN = "ASSIGN", "New"
    ARRANGE_ASSESSMENT = "ARRANGE_ASSESSMENT", "Assigned"
    HOLD_ASSESSMENT = "HOLD_ASSESSMENT", "Supplier assessment arranged"
    PLAN = "PLAN", "Supplier assessment completed"
    CHANGE_PLAN = "CHANGE_PLAN", "Action plan change requested"
    ARRANGE_SESSION = "ARRANGE_SESSION", "Delivering"
    HOLD_SESSION = "HOLD_SESSION", "Delivery session arranged"
    REPORT = "REPORT", "End of service report due"
    COMPLETED = "COMPLETED", "Completed"
    ENDED_EARLY = "ENDED_EARLY", "Ended early"
    CANCELLED = "CANCELLED", "Cancelled"


class Turn(models.TextChoices):
    """Whose turn it is."""

    SUPPLIER = "SUPPLIER", "Service provider"
    PRACTITIONER = "PRACTITIONER", "Probation practitioner"
    NOBODY = "NOBODY", "Nobody"


class Conclusion(models.TextChoices):
    """How a case ended."""

    COMPLETED = "COMPLETED", "Completed"
    ENDED_EARLY = "ENDED_EARLY", "Ended early"
    CANCELLED = "CANCELLED", "Cancelled"


@has_reference
class ReceivedReferral(KeepsFolded):
    """A person referred to a contract, with what the practitioner shared about them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.UUIDField(
        unique=True, editable=False, help_text="Receiving the same key again changes nothing."
    )
    reference = models.CharField(max_length=8, unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    contract_type = models.TextField(help_text="As it was called on the day.")
    intervention_title = models.TextField(help_text="As it was called on the day.")
    crn = models.CharField("CRN", max_length=7, db_index=True)
    sent_by = models.TextField(help_text="Name of the practitioner who sent it.")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(db_index=True)
    location = models.CharField(max_length=20)

    person_first_name = models.TextField()
    person_last_name = models.TextField()
    person_sortable_name = FoldedField(of=["person_last_name", "person_first_name"], max_length=LONGEST_NAME)
    person_date_of_birth = models.DateField()
    person_sex = models.TextField(blank=True)
    person_ethnicity = models.TextField(blank=True)
    person_preferred_language = models.TextField(blank=True)
    person_religion_or_belief = models.TextField(blank=True)
    person_disabilities = models.JSONField(default=list, blank=True, help_text="A list of texts.")
    person_address_lines = models.JSONField(default=list, blank=True, help_text="A list of texts.")
    person_no_fixed_abode = models.BooleanField(default=False)
    person_telephone = models.TextField(blank=True)
    person_mobile = models.TextField(blank=True)
    person_email = models.TextField(blank=True)
    person_pulled_at = models.DateTimeField(help_text="When nDelius gave these details.")
    person_withheld = models.JSONField(
        default=list, blank=True, help_text="Names of fields that were kept back."
    )

    prison_number = models.TextField(blank=True)
    establishment = models.TextField(blank=True)
    release_date = models.DateField(null=True, blank=True)
    release_date_unknown_reason = models.TextField(blank=True)
    expected_office = models.TextField(blank=True)
    expected_office_unknown_reason = models.TextField(blank=True)

    practitioner_name = models.TextField(blank=True)
    practitioner_email = models.TextField(blank=True)
    practitioner_phone = models.TextField(blank=True)
    practitioner_team_phone = models.TextField(blank=True)
    practitioner_pdu = models.TextField("practitioner's PDU", blank=True)
    practitioner_office = models.TextField(blank=True)
    back_up_name = models.TextField(blank=True)
    back_up_email = models.TextField(blank=True)
    back_up_phone = models.TextField(blank=True)
    back_up_team_phone = models.TextField(blank=True)
    back_up_pdu = models.TextField("back-up contact's PDU", blank=True)
    back_up_office = models.TextField(blank=True)
    contact_name = models.TextField(blank=True)
    contact_role = models.TextField(blank=True)
    contact_email = models.TextField(blank=True)
    contact_phone = models.TextField(blank=True)
    contact_place = models.TextField(blank=True)
    reason_before_allocation = models.TextField(blank=True)

    offence_category = models.TextField(blank=True)
    offence_subcategory = models.TextField(blank=True)
    sentence_ends_on = models.DateField(null=True, blank=True)

    additional_needs = models.TextField(blank=True)
    accessibility_needs = models.TextField(blank=True)
    needs_interpreter = models.BooleanField()
    interpreter_language = models.TextField(blank=True)
    has_responsibilities = models.BooleanField()
    when_unavailable = models.TextField(blank=True)
    diversity = models.TextField(blank=True)

    enforceable_days = models.PositiveSmallIntegerField()
    completion_date = models.DateField()
    reason_for_referral = models.TextField(blank=True)
    further_information = models.TextField(blank=True)

    # Where the case stands. Written by ``monitoring.actions.standing`` and by the actions that end a case, nobody else.
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.ASSIGN)
    whose_turn = models.CharField(max_length=20, choices=Turn, default=Turn.SUPPLIER)
    due_on = models.DateField(null=True, blank=True)
    booking_refused_on = models.DateField(
        null=True,
        blank=True,
        help_text="Since when an appointment waits to be arranged again (decision M4a).",
    )
    caseworker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_requested_at = models.DateTimeField(null=True, blank=True)
    end_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=3, blank=True, help_text="A withdrawal reason's code.")
    end_comments = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.CharField(max_length=20, choices=Conclusion, blank=True)
    blanked_at = models.DateTimeField(
        null=True, blank=True, help_text="When what was held was blanked: its retention period had ended."
    )

    objects = ReceivedReferralManager()

    class Meta:
        ordering = ["-received_at", "reference"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(concluded_at__isnull=True, conclusion="")
                | (models.Q(concluded_at__isnull=False) & ~models.Q(conclusion="")),
                name="monitoring_concluded_as_something",
            )
        ]
        indexes = [
            models.Index(
                fields=["contract", "-received_at", "concluded_at", "id"], name="monitoring_contract_received"
            ),
            # What one caseworker has to do; without it, PostgreSQL looks through all that they ever had.
            models.Index(
                fields=[
                    "caseworker",
                    "contract",
                    "stage",
                    "due_on",
                    "whose_turn",
                    "reference",
                    "id",
                    "received_at",
                    "person_sortable_name",
                    "concluded_at",
                ],
                condition=models.Q(concluded_at__isnull=True),
                name="monitoring_caseworker_open",
            ),
            # All that a caseworker ever had, also in order of caseworkers' names.
            models.Index(
                fields=["caseworker", "contract", "stage", "concluded_at", "reference", "id"],
                name="monitoring_of_caseworker",
            ),
            # Each of these holds everything that a list filters and sorts by: one page of a long list is found in the
            # index alone, and only its rows are read from the table. Also what tells whose a case is
            # (monitoring.access.row_security): its contract, and when it ended. Of open cases, a fifth of all and soon
            # less, one index holds everything.
            models.Index(
                fields=[
                    "contract",
                    "stage",
                    "due_on",
                    "caseworker",
                    "whose_turn",
                    "reference",
                    "id",
                    "received_at",
                    "person_sortable_name",
                    "concluded_at",
                ],
                condition=models.Q(concluded_at__isnull=True),
                name="monitoring_listed_open",
            ),
            models.Index(
                fields=[
                    "contract",
                    "stage",
                    "received_at",
                    "caseworker",
                    "due_on",
                    "reference",
                    "id",
                    "concluded_at",
                ],
                name="monitoring_listed_by_received",
            ),
            models.Index(
                fields=[
                    "contract",
                    "stage",
                    "person_sortable_name",
                    "caseworker",
                    "due_on",
                    "reference",
                    "id",
                    "concluded_at",
                    "received_at",  # a search is sorted by it, too
                ],
                name="monitoring_list_by_name",
            ),
            models.Index(
                fields=["contract", "stage", "concluded_at", "caseworker", "reference", "id"],
                name="monitoring_list_by_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def person_name(self) -> str:
        """First and last name."""
        return f"{self.person_first_name} {self.person_last_name}".strip() or DETAILS_DELETED

    @classmethod
    def from_handover(cls, handover: Handover, *, received_at: datetime.datetime) -> ReceivedReferral:
        """An unsaved row with every value of ``handover`` but its services, criminogenic needs and risk."""
        person, needs, sentence = handover.person, handover.needs, handover.sentence
        practitioner, back_up = handover.practitioner, handover.back_up_contact
        custody, contact = handover.custody, handover.main_contact
        assert handover.enforceable_days is not None  # acceptance refuses what only a preview may lack
        assert handover.completion_date is not None
        assert needs.needs_interpreter is not None
        assert needs.has_responsibilities is not None
        return cls(
            key=handover.key,
            reference=handover.reference,
            contract_id=handover.contract_id,
            contract_type=handover.contract_type,
            intervention_title=handover.intervention_title,
            crn=handover.crn,
            sent_by=handover.sent_by,
            sent_at=handover.sent_at,
            received_at=received_at,
            location=handover.location,
            person_first_name=person.first_name,
            person_last_name=person.last_name,
            person_date_of_birth=person.date_of_birth,
            person_sex=person.sex,
            person_ethnicity=person.ethnicity,
            person_preferred_language=person.preferred_language,
            person_religion_or_belief=person.religion_or_belief,
            person_disabilities=list(person.disabilities),
            person_address_lines=list(person.address_lines),
            person_no_fixed_abode=person.no_fixed_abode,
            person_telephone=person.telephone,
            person_mobile=person.mobile,
            person_email=person.email,
            person_pulled_at=person.pulled_at,
            person_withheld=list(person.withheld),
            prison_number=custody.prison_number,
            establishment=custody.establishment,
            release_date=custody.release_date,
            release_date_unknown_reason=custody.release_date_unknown_reason,
            expected_office=custody.expected_office,
            expected_office_unknown_reason=custody.expected_office_unknown_reason,
            practitioner_name=practitioner.name,
            practitioner_email=practitioner.email,
            practitioner_phone=practitioner.phone,
            practitioner_team_phone=practitioner.team_phone,
            practitioner_pdu=practitioner.pdu,
            practitioner_office=practitioner.office,
            back_up_name=back_up.name,
            back_up_email=back_up.email,
            back_up_phone=back_up.phone,
            back_up_team_phone=back_up.team_phone,
            back_up_pdu=back_up.pdu,
            back_up_office=back_up.office,
            contact_name=contact.name,
            contact_role=contact.role,
            contact_email=contact.email,
            contact_phone=contact.phone,
            contact_place=contact.place,
            reason_before_allocation=contact.reason_before_allocation,
            offence_category=sentence.offence_category,
            offence_subcategory=sentence.offence_subcategory,
            sentence_ends_on=sentence.ends_on,
            additional_needs=needs.additional_needs,
            accessibility_needs=needs.accessibility_needs,
            needs_interpreter=needs.needs_interpreter,
            interpreter_language=needs.interpreter_language,
            has_responsibilities=needs.has_responsibilities,
            when_unavailable=needs.when_unavailable,
            diversity=needs.diversity,
            enforceable_days=handover.enforceable_days,
            completion_date=handover.completion_date,
            reason_for_referral=handover.reason_for_referral,
            further_information=handover.further_information,
        )

    def current_share(self) -> ShareVersion:
        """The risk information as it stands now. There is always exactly one; a recalled one shows nothing."""
        (share,) = _CURRENT_SHARE.rows(received=self.pk)
        share.received = self
        return share

    def personal_details_updated_at(self) -> datetime.datetime | None:
        """When they last followed nDelius after sending, if they did. One read, but of a case that was read with it."""
        if "details_updated_at" in vars(self):
            return vars(self)["details_updated_at"]
        return _PERSONAL_DETAILS_UPDATED_AT.first(received=self.pk)

    def plan_in_force(self) -> ActionPlan | None:
        """The submitted version of the action plan that no later one has replaced."""
        return self.action_plans.in_force().first()

    def as_handover(self, share: ShareVersion | None = None) -> Handover:
        """The row and its rows as the value they came in, with ``share`` (the current one unless told).

        Four reads: services, outcomes, criminogenic needs (none of these for a row of ``whole()``), and the share.
        """
        share = share or self.current_share()
        return Handover(
            key=self.key,
            reference=self.reference,
            contract_id=self.contract_id,
            contract_type=self.contract_type,
            intervention_title=self.intervention_title,
            crn=self.crn,
            sent_by=self.sent_by,
            sent_at=self.sent_at,
            location=self.location,
            person=self.shared_person(),
            custody=self.shared_custody(),
            practitioner=SharedContact(
                name=self.practitioner_name,
                email=self.practitioner_email,
                phone=self.practitioner_phone,
                team_phone=self.practitioner_team_phone,
                pdu=self.practitioner_pdu,
                office=self.practitioner_office,
            ),
            back_up_contact=SharedContact(
                name=self.back_up_name,
                email=self.back_up_email,
                phone=self.back_up_phone,
                team_phone=self.back_up_team_phone,
                pdu=self.back_up_pdu,
                office=self.back_up_office,
            ),
            main_contact=SharedMainContact(
                name=self.contact_name,
                role=self.contact_role,
                email=self.contact_email,
                phone=self.contact_phone,
                place=self.contact_place,
                reason_before_allocation=self.reason_before_allocation,
            ),
            sentence=SharedSentence(
                offence_category=self.offence_category,
                offence_subcategory=self.offence_subcategory,
                ends_on=self.sentence_ends_on,
            ),
            services=tuple(service.as_shared() for service in self.services.all()),
            needs=self._needs(),
            enforceable_days=self.enforceable_days,
            completion_date=self.completion_date,
            reason_for_referral=self.reason_for_referral,
            further_information=self.further_information,
            risk=share.shared_risk(),
            declaration=share.declaration(),
        )

    def shared_person(self) -> SharedPerson:
        """The person as the practitioner shared them; reads nothing."""
        return SharedPerson(
            first_name=self.person_first_name,
            last_name=self.person_last_name,
            date_of_birth=self.person_date_of_birth,
            sex=self.person_sex,
            ethnicity=self.person_ethnicity,
            preferred_language=self.person_preferred_language,
            religion_or_belief=self.person_religion_or_belief,
            disabilities=tuple(self.person_disabilities),
            address_lines=tuple(self.person_address_lines),
            no_fixed_abode=self.person_no_fixed_abode,
            telephone=self.person_telephone,
            mobile=self.person_mobile,
            email=self.person_email,
            pulled_at=self.person_pulled_at,
            withheld=tuple(self.person_withheld),
        )

    def shared_custody(self) -> SharedCustody:
        """Where the person is in custody and what is known of their release; reads nothing."""
        return SharedCustody(
            prison_number=self.prison_number,
            establishment=self.establishment,
            release_date=self.release_date,
            release_date_unknown_reason=self.release_date_unknown_reason,
            expected_office=self.expected_office,
            expected_office_unknown_reason=self.expected_office_unknown_reason,
        )

    def _needs(self) -> SharedNeeds:
        return SharedNeeds(
            criminogenic=tuple(need.as_shared() for need in self.criminogenic_needs.all()),
            additional_needs=self.additional_needs,
            accessibility_needs=self.accessibility_needs,
            needs_interpreter=self.needs_interpreter,
            interpreter_language=self.interpreter_language,
            has_responsibilities=self.has_responsibilities,
            when_unavailable=self.when_unavailable,
            diversity=self.diversity,
        )


def _current_share(received: uuid.UUID) -> QuerySet[ShareVersion]:
    return apps.get_model("monitoring", "ShareVersion").objects.unscoped().filter(
        received=received, superseded_at=None
    )


def _personal_details_updated_at(received: uuid.UUID | OuterRef) -> QuerySet[Any, datetime.datetime]:
    changes = apps.get_model("monitoring", "ReferralChange").objects.unscoped()
    of_details = changes.filter(received=received, topic="PERSONAL_DETAILS").order_by("-at")
    return of_details.values_list("at", flat=True)


_CURRENT_SHARE = PreparedQuery(_current_share)
_PERSONAL_DETAILS_UPDATED_AT = PreparedQuery(_personal_details_updated_at)
