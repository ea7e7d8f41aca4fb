"""People and providers for tests. Plain sequences, nothing random."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from accounts.models import Audience, Membership, Provider, User

PASSWORD = "a pass phrase for tests"


class ProviderFactory(DjangoModelFactory[Provider]):
    """An active provider: PROVIDER_0, PROVIDER_1, …"""

    class Meta:
        model = Provider

    code = factory.Sequence(lambda n: f"PROVIDER_{n}")
    name = factory.Sequence(lambda n: f"Provider {n}")


class PractitionerFactory(DjangoModelFactory[User]):
    """A probation practitioner with an nDelius account."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"practitioner.{n}")
    first_name = "Pat"
    last_name = factory.Sequence(lambda n: f"Practitioner {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@probation.example")
    password = factory.django.Password(PASSWORD)
    audience = Audience.PRACTITIONER
    ndelius_username = factory.Sequence(lambda n: f"PatPractitioner{n}")


class SupplierUserFactory(DjangoModelFactory[User]):
    """Somebody of a supplier's staff, without a provider: add a membership."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"supplier.{n}")
    first_name = "Sam"
    last_name = factory.Sequence(lambda n: f"Sedge {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@provider.example")
    password = factory.django.Password(PASSWORD)
    audience = Audience.SUPPLIER


class AdministratorFactory(DjangoModelFactory[User]):
    """An administrator with every permission in the admin."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"administrator.{n}")
    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Administrator {n}")
    password = factory.django.Password(PASSWORD)
    audience = Audience.ADMINISTRATOR
    is_staff = True
    is_superuser = True


class MembershipFactory(DjangoModelFactory[Membership]):
    """A current caseworker's place at a provider."""

    class Meta:
        model = Membership

    user = factory.SubFactory(SupplierUserFactory)
    provider = factory.SubFactory(ProviderFactory)
    post = Membership.Post.CASEWORKER
