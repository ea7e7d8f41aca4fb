"""The catalogue for tests. Plain sequences, nothing random."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Provider, User
from interventions.models import (
    Activity,
    ComplexityLevel,
    Contract,
    ContractGrant,
    ContractType,
    DesiredOutcome,
    PoliceArea,
    ProbationRegion,
    ServiceCategory,
)
from tests.factories.accounts import (
    AdministratorFactory,
    MembershipFactory,
    ProviderFactory,
    SupplierUserFactory,
)

SPARE_LETTERS = "MNOPQRSTUVWXYZ"  # the twelve before them are the real regions


class RegionFactory(DjangoModelFactory[ProbationRegion]):
    """A region with a letter that no real one has; the fifteenth is the first again."""

    class Meta:
        model = ProbationRegion
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: SPARE_LETTERS[n % len(SPARE_LETTERS)])
    name = factory.LazyAttribute(lambda region: f"Region {region.code}")


class PoliceAreaFactory(DjangoModelFactory[PoliceArea]):
    """A police area in a region of its own."""

    class Meta:
        model = PoliceArea

    slug = factory.Sequence(lambda n: f"area-{n}")
    name = factory.Sequence(lambda n: f"Area {n}")
    region = factory.SubFactory(RegionFactory)


class CategoryFactory(DjangoModelFactory[ServiceCategory]):
    """A service category without complexity levels or outcomes."""

    class Meta:
        model = ServiceCategory

    code = factory.Sequence(lambda n: f"NEED-{n}")
    name = factory.Sequence(lambda n: f"Need {n}")


class ContractTypeFactory(DjangoModelFactory[ContractType]):
    """A contract type with one category; ``categories=[...]`` gives it those instead."""

    class Meta:
        model = ContractType
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"TYPE-{n}")
    name = factory.Sequence(lambda n: f"Type {n}")
    reference_suffix = "TY"

    @factory.post_generation
    def categories(obj, create: bool, extracted: Iterable[ServiceCategory] | None, **kwargs: Any) -> None:  # noqa: N805
        """Attach the categories."""
        if create:
            obj.categories.set([CategoryFactory()] if extracted is None else extracted)


class ComplexityLevelFactory(DjangoModelFactory[ComplexityLevel]):
    """A default row of the low level."""

    class Meta:
        model = ComplexityLevel

    category = factory.SubFactory(CategoryFactory)
    contract_type = None
    level = ComplexityLevel.Level.LOW
    title = factory.LazyAttribute(lambda row: ComplexityLevel.Level(row.level).label)
    description = factory.LazyAttribute(lambda row: f"What {row.title.lower()} means.")


class DesiredOutcomeFactory(DjangoModelFactory[DesiredOutcome]):
    """An outcome offered on all contracts; ``contracts=[...]`` names contracts for the other scopes."""

    class Meta:
        model = DesiredOutcome
        skip_postgeneration_save = True

    category = factory.SubFactory(CategoryFactory)
    code = factory.Sequence(lambda n: f"OUTCOME-{n:03}")
    text = factory.Sequence(lambda n: f"The person achieves {n}.")

    @factory.post_generation
    def contracts(obj, create: bool, extracted: Iterable[Contract] | None, **kwargs: Any) -> None:  # noqa: N805
        """Name the contracts."""
        if create and extracted:
            obj.contracts.set(extracted)


class ContractFactory(DjangoModelFactory[Contract]):
    """An open contract in one police area, for men and women of 18 and over; ``subcontractors=[...]``."""

    class Meta:
        model = Contract
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"TEST_{n:04}")
    contract_type = factory.SubFactory(ContractTypeFactory)
    prime = factory.SubFactory(ProviderFactory)
    police_area = factory.SubFactory(PoliceAreaFactory)
    title = factory.Sequence(lambda n: f"Service {n:03}")
    description = "Helps people with one need.\n\nStarts with a plan."
    opens_on = date(2021, 6, 26)
    incoming_email = factory.LazyAttribute(lambda contract: f"{contract.reference.lower()}@provider.example")

    @factory.post_generation
    def subcontractors(obj, create: bool, extracted: Iterable[Provider] | None, **kwargs: Any) -> None:  # noqa: N805
        """Attach the subcontractors."""
        if create and extracted:
            obj.subcontractors.set(extracted)


class ActivityFactory(DjangoModelFactory[Activity]):
    """One activity of a contract."""

    class Meta:
        model = Activity

    contract = factory.SubFactory(ContractFactory)
    need_area = "Housing"
    activity = factory.Sequence(lambda n: f"Activity {n}")
    method = "One to one"
    location = "Community"
    position = factory.Sequence(lambda n: n)


class ContractGrantFactory(DjangoModelFactory[ContractGrant]):
    """A current grant. It has no effect until its user's provider is on the contract."""

    class Meta:
        model = ContractGrant

    user = factory.SubFactory(SupplierUserFactory)
    contract = factory.SubFactory(ContractFactory)
    granted_by = factory.SubFactory(AdministratorFactory)


def caseworker_on(contract: Contract, **facts: Any) -> User:
    """A caseworker of the prime provider who has been granted the contract, and so may see its cases."""
    user = SupplierUserFactory(**facts)
    MembershipFactory(user=user, provider=contract.prime)
    ContractGrantFactory(user=user, contract=contract)
    return user
