"""A contract: what is offered, where, to whom, by which providers, and from when to when.

Practitioners read it in the catalogue; suppliers reach only the ones granted to them. Knows nothing of referrals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OrderBy, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.folded import FoldedField, FoldedQuerySet, FoldedTextField, KeepsFolded
from accounts.models import Provider, User
from govuk.template_filters import date as format_date
from govuk.text import folded
from interventions.eligibility import YOUNG_ADULTS_UP_TO, Eligibility, Fit, Reason, age_on, recorded_sex
from interventions.models.categories import ContractType, ServiceCategory
from interventions.models.complexity import ComplexityLevel
from interventions.models.grants import ContractGrant, current_memberships, id_of
from interventions.models.outcomes import DesiredOutcome, DesiredOutcomeQuerySet
from interventions.models.places import PoliceArea, ProbationRegion
from interventions.models.provider_changes import ProviderTerm, not_left_by
from prepared.queries import PreparedQuery

MAX_SEARCH_TERMS = 10  # looked for at once


class Setting(models.TextChoices):
    """Where people are while an activity is delivered."""

    COMMUNITY = "COMMUNITY", "Community"
    CUSTODY = "CUSTODY", "Custody"
    BOTH = "BOTH", "Custody and community"


def _has_activities_in(setting: Setting) -> Exists:
    here = Activity.objects.filter(contract=OuterRef("pk"), setting__in=[setting, Setting.BOTH])
    return Exists(here)


def _takes_age(age: int) -> Q:
    return Q(min_age__lte=age) & (Q(max_age=None) | Q(max_age__gte=age))


def _offers_any(category_codes: Collection[str]) -> Q:
    types = ContractType.categories.through.objects.filter(servicecategory__code__in=category_codes)
    return Q(contract_type__in=types.values("contracttype"))


class ContractQuerySet(FoldedQuerySet["Contract"]):
    """Reads of contracts."""

    def not_ended_on(self, day: date) -> ContractQuerySet:
        """Those that take referrals on ``day`` or will. The last day counts as open."""
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=day))

    def open_on(self, day: date) -> ContractQuerySet:
        """Those that take referrals on ``day``. Both end days count as open."""
        return self.not_ended_on(day).opening_by(day)

    def opening_by(self, day: date) -> ContractQuerySet:
        """Those whose first day has come by ``day``."""
        return self.filter(opens_on__lte=day)

    def with_facts(self) -> ContractQuerySet:
        """With what its own page says about a contract: three queries, however many there are."""
        return self.with_settings().prefetch_related("contract_type__categories", "region__police_areas")

    def with_settings(self) -> ContractQuerySet:
        """With type, prime provider and place, and whether each is delivered in custody and in the community."""
        return self.select_related("contract_type", "prime", "region", "police_area__region").annotate(
            in_custody=_has_activities_in(Setting.CUSTODY), in_community=_has_activities_in(Setting.COMMUNITY)
        )

    # --- What practitioners look for

    def in_areas(self, slugs: Collection[str]) -> ContractQuerySet:
        """Those held for one of these police areas, or for a whole region that one of them lies in."""
        areas = PoliceArea.objects.filter(slug__in=slugs)
        return self.filter(Q(police_area__in=areas) | Q(region__in=areas.values("region")))

    def for_needs(self, codes: Collection[str]) -> ContractQuerySet:
        """Those on which one of these service categories can be chosen."""
        return self.filter(_offers_any(codes))

    def for_women(self) -> ContractQuerySet:
        """Those that women can be referred to."""
        return self.filter(allows_female=True)

    def for_men(self) -> ContractQuerySet:
        """Those that men can be referred to."""
        return self.filter(allows_male=True)

    def for_age(self, age: int) -> ContractQuerySet:
        """Those for people of this age, in years."""
        return self.filter(_takes_age(age))

    def for_young_adults_only(self) -> ContractQuerySet:
        """Those that end at 25."""
        return self.filter(max_age=YOUNG_ADULTS_UP_TO)

    def delivered_in(self, setting: Setting) -> ContractQuerySet:
        """Those with an activity in custody, or in the community. One that has not said is left out."""
        return self.filter(_has_activities_in(setting))

    def matching_words(self, words: str) -> ContractQuerySet:
        """Those that hold every word somewhere: in title, description, activities or the names of providers.

        Capitals and accents make no difference. None when what was typed holds neither letter nor digit.
        """
        terms = dict.fromkeys(folded(words).split()[:MAX_SEARCH_TERMS])
        found = self if terms else self.none()
        for term in terms:
            activities = Activity.objects.filter(contract=OuterRef("pk"), words_folded__contains=term)
            subcontractors = Contract.subcontractors.through.objects.filter(
                contract=OuterRef("pk"), provider__name_folded__contains=term
            )
            found = found.filter(
                Q(words_folded__contains=term)
                | Q(prime__name_folded__contains=term)
                | Exists(activities)
                | Exists(subcontractors)
            )
        return found

    def with_fit(
        self,
        *,
        sex: str | None,
        date_of_birth: date | None,
        on: date,
        region: ProbationRegion | None = None,
        need_categories: Collection[str] = (),
    ) -> ContractQuerySet:
        """Each with ``fit``: a value of ``Fit``, which agrees with ``Contract.reasons_against``.

        ``need_categories``: codes of the service categories that work on the person's needs.
        """
        fits = Q(opens_on__lte=on) & (Q(closes_on=None) | Q(closes_on__gte=on))
        recorded = recorded_sex(sex)
        if recorded != "male":
            fits &= Q(allows_female=True)
        if recorded != "female":
            fits &= Q(allows_male=True)
        fits &= Q(pk__in=[]) if date_of_birth is None else _takes_age(age_on(on, date_of_birth))
        if region is not None:
            fits &= Q(region=region) | Q(police_area__region=region)
        fit = Case(
            When(fits & _offers_any(need_categories), then=Value(Fit.MEETS_NEED.value)),
            When(fits, then=Value(Fit.FITS.value)),
            default=Value(Fit.MAY_NOT_FIT.value),
            output_field=models.IntegerField(),
        )
        return self.annotate(fit=fit)

    def count_by_fit(self) -> dict[Fit, int]:
        """How many of those ``with_fit`` there are of each; only those of which there is one."""
        fits = self.order_by().values("fit")  # type: ignore[misc]  # annotated by with_fit
        return {Fit(row["fit"]): row["count"] for row in fits.annotate(count=Count("pk"))}

    def best_fit_first(self, *order: OrderBy) -> ContractQuerySet:
        """Those ``with_fit``, sorted."""
        return self.order_by(F("fit").asc(), *order)

    def granted_to(self, user: User | int, *, now: datetime | None = None) -> ContractQuerySet:
        """Those whose cases ``user`` may see: granted, and one of their providers is on the contract (A1).

        Whether the contract is still open does not matter: its cases go on after it closes. A provider that leaves it
        leaves at its minute. Each has ``joined_at``, when their provider came later than the contract began: of several
        providers the first one's.
        """
        providers = current_memberships().filter(user=user).values("provider")
        granted = ContractGrant.objects.current().filter(user=user, contract=OuterRef("pk"))
        as_subcontractor = Contract.subcontractors.through.objects.filter(
            contract=OuterRef("pk"), provider__in=providers
        )
        joined = ProviderTerm.objects.came_later().filter(contract=OuterRef("pk"), provider__in=providers)
        mine = self.filter(
            Q(prime__in=providers) | Exists(as_subcontractor),
            Exists(granted),
            not_left_by(providers, "pk", now=now),
        )
        return mine.annotate(
            joined_at=Case(
                When(_held_from_the_start(providers), then=Value(None)),
                default=Subquery(joined.order_by("began_at").values("began_at")[:1]),
                output_field=models.DateTimeField(),
            )
        )


def _held_from_the_start(providers: models.QuerySet[Any, Any]) -> Q:
    """Of contracts: that one of these providers (ids) has been on it since it began. Such a one has a term without a
    beginning; or none, before the first change."""
    later = ProviderTerm.objects.came_later().filter(contract=OuterRef("pk"), provider=OuterRef("prime"))
    subcontracts = Contract.subcontractors.through.objects.filter(
        contract=OuterRef("pk"), provider__in=providers
    )
    came_later = ProviderTerm.objects.came_later().filter(
        contract=OuterRef("contract"), provider=OuterRef("provider")
    )
    return Q(prime__in=providers) & ~Exists(later) | Exists(subcontracts.exclude(Exists(came_later)))


_GRANTED = PreparedQuery(
    lambda user, now: Contract.objects.granted_to(user, now=now).order_by().values("pk"),
)


def ids_granted_to(user: User | int, *, now: datetime | None = None) -> RawSQL:
    """The ids of ``Contract.objects.granted_to(user)``, for a filter: the same SQL, without building it anew.

    ``user``: or their id.
    """
    return _GRANTED.subquery(user=id_of(user), now=now or timezone.now())


_GRANTED_BY_NAME = PreparedQuery(
    lambda user, now: Contract.objects.granted_to(user, now=now).only("title", "reference")
)


_kept: ContextVar[tuple[int, Sequence[Contract]] | None] = ContextVar("granted_contracts", default=None)


def granted_contracts(user: User) -> list[Contract]:
    """``Contract.objects.granted_to(user)`` as pages need it, with titles and references.

    Read anew each time, but in a request for which they were read already (:func:`granted_contracts_kept`).
    """
    kept = _kept.get()
    if kept is not None and kept[0] == user.pk:
        return [*kept[1]]
    return _GRANTED_BY_NAME.rows(user=user.pk, now=timezone.now())


@contextmanager
def granted_contracts_kept(user: User, contracts: Sequence[Contract]) -> Iterator[None]:
    """Within the block ``granted_contracts(user)`` are these, which it answered just before."""
    before = _kept.set((user.pk, contracts))
    try:
        yield
    finally:
        _kept.reset(before)


_HELD_FROM_THE_START = PreparedQuery(
    lambda user: (
        Contract.objects.filter(
            _held_from_the_start(current_memberships().filter(user=user).values("provider"))
        )
        .order_by()
        .values("pk")
    ),
)


def ids_held_from_the_start(user: User | int) -> RawSQL:
    """The ids of contracts that a provider of theirs has been on since they began, granted or not, for a filter."""
    return _HELD_FROM_THE_START.subquery(user=id_of(user))


class Contract(KeepsFolded):
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
    title_folded = FoldedField(of=["title"])
    description = models.TextField()
    words_folded = FoldedTextField(of=["title", "description"])
    min_age = models.PositiveSmallIntegerField(
        "minimum age", default=18, help_text="In years. People of this age are included."
    )
    max_age = models.PositiveSmallIntegerField(
        "maximum age",
        null=True,
        blank=True,
        help_text="In years. People of this age are included. Leave empty if there is no maximum.",
    )
    allows_female = models.BooleanField("for women", default=True)
    allows_male = models.BooleanField("for men", default=True)
    opens_on = models.DateField(help_text="First day on which referrals can be made.")
    closes_on = models.DateField(null=True, blank=True, help_text="Last day on which referrals can be made.")
    incoming_email = models.EmailField("mailbox for new referrals")

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["title_folded", "reference"]
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

    @cached_property
    def offers_several_services(self) -> bool:
        """Whether the practitioner has to choose among service categories."""
        return len(self.contract_type.categories.all()) > 1

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

    def has_ended(self, on: date | None = None) -> bool:
        """Whether its last day was before that day (today when not given): no referral can be made any more."""
        return self.closes_on is not None and self.closes_on < (on or timezone.localdate())

    def why_not_open(self, on: date | None = None) -> str:
        """Why no referral can be made on that day (today when not given), in a sentence; nothing when it can."""
        day = on or timezone.localdate()
        if day < self.opens_on:
            return f"{self.title} takes referrals from {format_date(self.opens_on)}."
        return (
            f"{self.title} stopped taking referrals after {format_date(self.closes_on)}."
            if self.has_ended(day)
            else ""
        )

    @property
    def held_in(self) -> ProbationRegion:
        """The region that it is held for, or that its police area lies in."""
        region = self.region if self.police_area is None else self.police_area.region
        assert region is not None  # the database allows exactly one of the two
        return region

    @property
    def eligibility(self) -> Eligibility:
        """Whom the service is for."""
        return Eligibility(self.min_age, self.max_age, women=self.allows_female, men=self.allows_male)

    def reasons_against(
        self, *, sex: str | None, date_of_birth: date | None, on: date, region: ProbationRegion | None = None
    ) -> list[Reason]:
        """Why the service does not fit a person on that day: sex, age, dates, area (decision F5). Warnings only.

        ``region`` is the one in which the person is supervised, or None when that is not known.
        """
        reasons = self.eligibility.reasons_against(sex=sex, date_of_birth=date_of_birth, on=on)
        if on < self.opens_on:
            day = format_date(self.opens_on)
            reasons.append(Reason(f"opens on {day}", f"This service does not take referrals before {day}"))
        elif self.has_ended(on):
            day = format_date(self.closes_on)
            reasons.append(Reason(f"closed on {day}", f"This service does not take referrals after {day}"))
        if region is not None and region != self.held_in:
            here = self.region or self.police_area
            reasons.append(
                Reason(f"for {here}", f"This service is for {here}, and the person is supervised in {region}")
            )
        return reasons

    @property
    def provider_names(self) -> list[str]:
        """The prime provider first, then the subcontractors by name."""
        return [
            self.prime.name,
            *sorted((provider.name for provider in self.subcontractors.all()), key=folded),
        ]

    def staff(self) -> models.QuerySet[User]:
        """The people who may see this contract's cases now, and so may be given one (A1)."""
        granted = self.grants.effective().values("user")
        return User.objects.filter(pk__in=granted).order_by("name_folded", "pk")


class Activity(KeepsFolded):
    """One thing that the provider does on a contract, for one area of need."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="activities")
    need_area = models.CharField(max_length=120)
    activity = models.CharField(max_length=300)
    method = models.CharField(max_length=200, help_text="How it is delivered, such as one to one.")
    location = models.CharField(max_length=200, help_text="Where it is delivered, such as in the community.")
    words_folded = FoldedTextField(of=["need_area", "activity", "method", "location"])
    setting = models.CharField(
        "custody or community",
        max_length=10,
        choices=Setting,
        blank=True,
        help_text="Where the person is when it is delivered. Practitioners can filter services by this. Leave "
        "empty if not known.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = FoldedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.activity
