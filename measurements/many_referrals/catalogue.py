"""Fifty providers of very different size, two hundred contracts, their staff and grants: where many cases go.

Only for databases that are thrown away. Knows nothing of cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import demo as people
from accounts.models import Audience, Membership, Provider, User
from interventions.models import (
    ComplexityLevel,
    Contract,
    ContractGrant,
    ContractType,
    DesiredOutcome,
    PoliceArea,
    ProbationRegion,
)
from measurements.many_referrals.words import FIRST_NAMES, LAST_NAMES, PROVIDERS

FIRST_REFERENCE = "MANY_0001"  # of the first contract: tells that all of this is there
CASEWORKERS_A_CONTRACT = 6
CONTRACTS_A_CASEWORKER = 4
MANAGERS_A_PROVIDER = 2
PRACTITIONERS = 400


@dataclass(frozen=True, slots=True)
class Offer:
    """What a case of one contract needs to know of it. ``weight`` is how many cases it gets, against the others."""

    contract: int
    contract_type: str
    suffix: str
    title: str
    services: tuple[Service, ...]
    caseworkers: tuple[int, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Service:
    """A service category with its levels (id, level, title, description) and desired outcomes (id, text)."""

    category: int
    name: str
    levels: tuple[tuple[int, str, str, str], ...]
    outcomes: tuple[tuple[int, str], ...]


def make(
    *, contracts: int, providers: int, rng: Random, opens_on: date, of_the_first: int = 1
) -> tuple[list[Offer], list[int]]:
    """Store providers, contracts, people and grants; answers the contracts and the practitioners' ids."""
    firms = _providers(providers)
    offered = {kind: _services(kind) for kind in ContractType.objects.order_by("pk")}
    kinds = [kind for kind in offered if offered[kind]]
    primes = _primes(firms, contracts, of_the_first, rng)
    made = _contracts(primes, kinds, opens_on)
    for contract in made[::7]:
        contract.subcontractors.add(rng.choice(firms))
    working_on = _staff(firms, made, rng)
    offers = [
        _offer(contract, working_on[contract.pk], offered[contract.contract_type], rng) for contract in made
    ]
    return offers, [user.pk for user in _users("pp.many", PRACTITIONERS, Audience.PRACTITIONER)]


def manager_of_the_largest() -> User:
    """A manager of the provider with the most contracts, who may see all of its cases and has some."""
    return User.objects.get(username="sp.many.1.1")


def _providers(count: int) -> list[Provider]:
    names = [f"{first} {second}" for second in PROVIDERS[1] for first in PROVIDERS[0]][:count]
    return Provider.objects.bulk_create(
        Provider(code=name.upper().replace(" ", "_"), name=name) for name in names
    )


def _primes(firms: list[Provider], contracts: int, of_the_first: int, rng: Random) -> list[Provider]:
    """Whose each contract is: one at least of every provider's, then more of the first, the rest of the large ones."""
    weights = [1 / (place + 3) for place in range(len(firms))]
    return [*firms, *firms[:1] * (of_the_first - 1), *rng.choices(firms, weights, k=contracts)][:contracts]


def _contracts(primes: list[Provider], kinds: list[ContractType], opens_on: date) -> list[Contract]:
    areas, regions = list(PoliceArea.objects.order_by("pk")), list(ProbationRegion.objects.order_by("pk"))
    rows = []
    for number, prime in enumerate(primes, start=1):
        kind = kinds[number % len(kinds)]
        area = areas[number % len(areas)] if number % 2 else None
        region = None if area else regions[number % len(regions)]
        rows.append(
            Contract(
                reference=f"MANY_{number:04d}",
                contract_type=kind,
                prime=prime,
                police_area=area,
                region=region,
                title=f"{kind.name} in {area or region}",
                description="Helps people with what they need most.",
                opens_on=opens_on,
                incoming_email=f"many-{number}@example.com",
            )
        )
    return Contract.objects.bulk_create(rows)


def _staff(firms: list[Provider], contracts: list[Contract], rng: Random) -> dict[int, list[int]]:
    """Managers with every contract of theirs, and caseworkers with a few. Answers who works on each contract."""
    on: dict[int, list[int]] = {contract.pk: [] for contract in contracts}
    memberships, grants = [], []
    administrator = User.objects.filter(audience=Audience.ADMINISTRATOR).order_by("pk")[0]
    for place, firm in enumerate(firms, start=1):
        theirs = [contract for contract in contracts if contract.prime_id == firm.pk]
        count = MANAGERS_A_PROVIDER + CASEWORKERS_A_CONTRACT * len(theirs)
        for number, user in enumerate(_users(f"sp.many.{place}", count, Audience.SUPPLIER)):
            is_manager = number < MANAGERS_A_PROVIDER
            post = Membership.Post.MANAGER if is_manager else Membership.Post.CASEWORKER
            memberships.append(Membership(user=user, provider=firm, post=post))
            few = rng.sample(theirs, min(len(theirs), CONTRACTS_A_CASEWORKER))
            for contract in theirs if is_manager else few:
                grants.append(ContractGrant(user=user, contract=contract, granted_by=administrator))
                on[contract.pk].append(user.pk)
    Membership.objects.bulk_create(memberships)
    ContractGrant.objects.bulk_create(grants)
    return on


def _users(prefix: str, count: int, audience: Audience) -> list[User]:
    hashed = make_password(people.PASSWORD)
    return User.objects.bulk_create(
        User(
            username=f"{prefix}.{number}",
            password=hashed,
            first_name=FIRST_NAMES[(number * 7) % len(FIRST_NAMES)],
            last_name=LAST_NAMES[(number * 11) % len(LAST_NAMES)],
            email=f"{prefix}.{number}@example.com",
            audience=audience,
            ndelius_username=f"{prefix}.{number}".upper() if audience == Audience.PRACTITIONER else "",
            date_joined=timezone.now(),
        )
        for number in range(1, count + 1)
    )


def _offer(contract: Contract, caseworkers: list[int], services: tuple[Service, ...], rng: Random) -> Offer:
    return Offer(
        contract=contract.pk,
        contract_type=contract.contract_type.name,
        suffix=contract.contract_type.reference_suffix,
        title=contract.title,
        services=services,
        caseworkers=tuple(caseworkers),
        weight=rng.uniform(0.5, 1.5),
    )


def _services(kind: ContractType) -> tuple[Service, ...]:
    """What contracts of this type offer that no outcome names: categories with a level and an outcome at least."""
    services = [
        Service(
            category.pk,
            category.name,
            tuple(
                (level.pk, str(level.level), level.title, level.description)
                for level in ComplexityLevel.objects.offered(category, kind)
            ),
            tuple(
                DesiredOutcome.objects.current()
                .filter(category=category, scope__in=(DesiredOutcome.Scope.ALL, DesiredOutcome.Scope.EXCEPT))
                .order_by("pk")
                .values_list("pk", "text")
            ),
        )
        for category in kind.categories.order_by("pk")
    ]
    return tuple(service for service in services if service.levels and service.outcomes)
