"""A contract: what is offered, where, to whom, by which providers, and from when to when.

Practitioners read it in the catalogue; suppliers reach only the ones granted to them. Knows nothing of referrals.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Provider, User
from govuk.template_filters import date as in_words
from interventions.eligibility import Eligibility
from interventions.models.categories import ContractType, ServiceCategory
from interventions.models.complexity import ComplexityLevel
from interventions.models.grants import ContractGrant, current_memberships
from interventions.models.outcomes import DesiredOutcome, DesiredOutcomeQuerySet
from interventions.models.places import PoliceArea, ProbationRegion


class ContractQuerySet(models.QuerySet["Contract"]):
    """Reads of contracts."""

    def open_on(self, day: date) -> ContractQuerySet:
        """Those that take referrals on ``day``. Both end days count as open."""
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=day), opens_on__lte=day)

    def with_facts(self) -> ContractQuerySet:
        """With what a list says about each contract: three queries, however many there are."""
        facts = self.select_related("contract_type", "prime", "region", "police_area")
        return facts.prefetch_related("contract_type__categories", "region__police_areas")

    def granted_to(self, user: User) -> ContractQuerySet:
        """Those whose cases ``user`` may see: granted, and one of their providers is on the contract (A1).

        Whether the contract is still open does not matter: its cases go on after it closes.
        """
        providers = current_memberships().filter(user=user).values("provider")
        granted = ContractGrant.objects.current().filter(user=user, contract=OuterRef("pk"))
        as_subcontractor = Contract.subcontractors.through.objects.filter(
            contract=OuterRef("pk"), provider__in=providers
        )
        return self.filter(Q(prime__in=providers) | Exists(as_subcontractor), Exists(granted))


class Contract(models.Model):
    """A service that a provider was commissioned to deliver in one region or one police area."""

    reference = models.CharField(max_length=30, unique=True)
    contract_type = models.ForeignKey(ContractType, on_delete=models.PROTECT, related_name="contracts")
    prime = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="prime_contracts", verbose_name="prime provider"
    )
    subcontractors = models.ManyToManyField(Provider, blank=True, related_name="subcontracts")
    region = models.ForeignKey(
        ProbationRegion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contracts",
        help_text="For a contract held for a whole region. Leave the police area empty.",
    )
    police_area = models.ForeignKey(
        PoliceArea,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contracts",
        help_text="For a contract held for one police area. Leave the region empty.",
    )
    title = models.CharField(max_length=200)
    description = models.TextField()
    min_age = models.PositiveSmallIntegerField("minimum age", default=18, help_text="In years, included.")
    max_age = models.PositiveSmallIntegerField(
        "maximum age", null=True, blank=True, help_text="In years, included. Empty when there is none."
    )
    allows_female = models.BooleanField("for women", default=True)
    allows_male = models.BooleanField("for men", default=True)
    opens_on = models.DateField(help_text="First day on which referrals can be made.")
    closes_on = models.DateField(null=True, blank=True, help_text="Last day on which referrals can be made.")
    incoming_email = models.EmailField("mailbox for new referrals")

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["title", "reference"]
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=False, police_area__isnull=True)
                | Q(region__isnull=True, police_area__isnull=False),
                name="interventions_region_or_police_area",
                violation_error_message="Choose a region or a police area, not both",
            ),
            models.CheckConstraint(
                condition=Q(max_age__isnull=True) | Q(max_age__gte=F("min_age")),
                name="interventions_ages_in_order",
                violation_error_message="The maximum age must be the same as or above the minimum age",
            ),
            models.CheckConstraint(
                condition=Q(allows_female=True) | Q(allows_male=True),
                name="interventions_for_somebody",
                violation_error_message="The service must be for women, for men, or for both",
            ),
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                name="interventions_dates_in_order",
                violation_error_message="The last day must be the same as or after the first day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.reference})"

    def categories(self) -> models.QuerySet[ServiceCategory]:
        """The service categories that can be chosen on this contract: one or several."""
        return self.contract_type.categories.all()

    def complexity_levels_for(self, category: ServiceCategory) -> list[ComplexityLevel]:
        """The levels to choose from, lowest first. There may be one, two or three: never assume three."""
        return ComplexityLevel.objects.offered(category, self.contract_type)

    def outcomes_for(self, category: ServiceCategory, chosen: Collection[int] = ()) -> DesiredOutcomeQuerySet:
        """The desired outcomes to choose from, with those whose keys were ``chosen`` before, deprecated or not."""
        return DesiredOutcome.objects.filter(category=category).offered_on(self, chosen=chosen)

    def is_open(self, on: date | None = None) -> bool:
        """Whether a referral can be made on that day (today when not given). Both end days count as open."""
        day = on or timezone.localdate()
        return self.opens_on <= day and (self.closes_on is None or day <= self.closes_on)

    @property
    def eligibility(self) -> Eligibility:
        """Whom the service is for."""
        return Eligibility(self.min_age, self.max_age, women=self.allows_female, men=self.allows_male)

    def reasons_against(self, *, sex: str | None, date_of_birth: date | None, on: date) -> list[str]:
        """Why the service does not fit a person on that day: sex, age or dates (decision F5). Warnings only."""
        reasons = self.eligibility.reasons_against(sex=sex, date_of_birth=date_of_birth, on=on)
        if on < self.opens_on:
            reasons.append(f"This service does not take referrals before {in_words(self.opens_on)}")
        elif self.closes_on is not None and on > self.closes_on:
            reasons.append(f"This service does not take referrals after {in_words(self.closes_on)}")
        return reasons

    @property
    def provider_names(self) -> list[str]:
        """The prime provider first, then the subcontractors by name."""
        return [self.prime.name, *sorted(provider.name for provider in self.subcontractors.all())]

    def staff(self) -> models.QuerySet[User]:
        """The people who may see this contract's cases now, and so may be given one (A1)."""
        return User.objects.filter(pk__in=self.grants.effective().values("user")).order_by(
            "last_name", "first_name"
        )


class Activity(models.Model):
    """One thing that the provider does on a contract, for one area of need."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="activities")
    need_area = models.CharField(max_length=120)
    activity = models.CharField(max_length=300)
    method = models.CharField(max_length=200, help_text="How it is delivered, such as one to one.")
    location = models.CharField(max_length=200, help_text="Where it is delivered, such as in the community.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.activity
