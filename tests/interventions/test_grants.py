"""Who may see a contract's cases (decision A1): granted, and a provider of theirs is on the contract."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Audience
from events.models import AuditAction, AuditEvent
from interventions import actions
from interventions.models import Contract, ContractGrant
from tests.factories.accounts import (
    AdministratorFactory,
    MembershipFactory,
    PractitionerFactory,
    ProviderFactory,
    SupplierUserFactory,
)
from tests.factories.interventions import ContractFactory, ContractGrantFactory, caseworker_on

pytestmark = pytest.mark.usefixtures("empty_tables")
EARLIER = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

# Each situation: what differs from somebody with a grant who works for the prime, and whether they see the contract.
SITUATIONS = [
    pytest.param({}, True, id="granted, works for the prime"),
    pytest.param({"works_for": "subcontractor"}, True, id="granted, works for a subcontractor"),
    pytest.param({"works_for": "both"}, True, id="granted, works for the prime and for a subcontractor"),
    pytest.param(
        {"works_for": "another"}, False, id="granted, works for a provider that is not on the contract"
    ),
    pytest.param({"works_for": "nobody"}, False, id="granted, works for nobody"),
    pytest.param({"grant": "none"}, False, id="works for the prime, not granted"),
    pytest.param({"grant": "revoked"}, False, id="works for the prime, grant revoked"),
    pytest.param(
        {"grant": "revoked and given again"}, True, id="works for the prime, grant revoked and given again"
    ),
    pytest.param(
        {"grant": "another contract's"}, False, id="works for the prime, granted another of its contracts"
    ),
    pytest.param({"membership": "ended"}, False, id="granted, left the prime"),
    pytest.param({"membership": "ended and begun again"}, True, id="granted, left the prime and came back"),
    pytest.param({"provider": "inactive"}, False, id="granted, the prime is no longer active"),
    pytest.param({"user": "inactive"}, False, id="granted, account closed"),
    pytest.param({"user": "practitioner"}, False, id="granted, became a practitioner"),
    pytest.param({"contract": "closed"}, True, id="granted, the contract takes no more referrals"),
]


def _arrange(
    works_for: str = "prime",
    grant: str = "current",
    membership: str = "current",
    provider: str = "active",
    user: str = "active",
    contract: str = "open",
) -> tuple[Contract, ContractGrant | None, SupplierUserFactory]:
    prime = ProviderFactory(is_active=provider == "active")
    subcontractor, another = ProviderFactory(), ProviderFactory()
    closes_on = EARLIER.date() if contract == "closed" else None
    service = ContractFactory(
        prime=prime, subcontractors=[subcontractor, ProviderFactory()], closes_on=closes_on
    )
    person = SupplierUserFactory(
        is_active=user != "inactive",
        audience=Audience.PRACTITIONER if user == "practitioner" else Audience.SUPPLIER,
    )
    employers = {
        "prime": [prime],
        "subcontractor": [subcontractor],
        "both": [prime, subcontractor],
        "another": [another],
        "nobody": [],
    }
    for employer in employers[works_for]:
        MembershipFactory(
            user=person, provider=employer, ended_at=None if membership == "current" else EARLIER
        )
        if membership == "ended and begun again":
            MembershipFactory(user=person, provider=employer)
    revoked = {"revoked_at": EARLIER, "revoked_by": AdministratorFactory()}
    given = None
    if grant.startswith("revoked"):
        given = ContractGrantFactory(user=person, contract=service, **revoked)
    if grant in {"current", "revoked and given again"}:
        given = ContractGrantFactory(user=person, contract=service)
    if grant == "another contract's":
        ContractGrantFactory(
            user=person, contract=ContractFactory(prime=prime, police_area=service.police_area)
        )
    return service, given, person


@pytest.mark.parametrize(("differs", "sees"), SITUATIONS)
def test_granted_to(differs: dict[str, str], sees: bool) -> None:
    service, _, person = _arrange(**differs)

    assert list(Contract.objects.granted_to(person).filter(pk=service.pk)) == ([service] if sees else [])


@pytest.mark.parametrize(("differs", "sees"), SITUATIONS)
def test_staff_and_effective_grants_say_the_same_from_the_contract_side(
    differs: dict[str, str], sees: bool
) -> None:
    service, given, person = _arrange(**differs)

    assert list(service.staff()) == ([person] if sees else [])
    if given is not None:
        assert ContractGrant.objects.effective().filter(pk=given.pk).exists() is sees
        assert ContractGrant.objects.with_effect().get(pk=given.pk).is_effective is sees


def test_a_wrong_grant_affects_only_its_own_contract() -> None:
    """The live service refuses the whole user when one of their contract groups is wrong."""
    right, wrong = ContractFactory(), ContractFactory()
    person = caseworker_on(right)
    ContractGrantFactory(user=person, contract=wrong)

    assert list(Contract.objects.granted_to(person)) == [right]


def test_one_persons_grant_and_anothers_membership_do_not_add_up() -> None:
    service = ContractFactory()
    granted_only = ContractGrantFactory(contract=service).user
    member_only = MembershipFactory(provider=service.prime).user

    assert not Contract.objects.granted_to(granted_only).exists()
    assert not Contract.objects.granted_to(member_only).exists()


def test_granting_again_keeps_the_first_grant() -> None:
    service, person, administrator = ContractFactory(), SupplierUserFactory(), AdministratorFactory()

    first = actions.grant_contract(user=person, contract=service, by=administrator, at=EARLIER)
    again = actions.grant_contract(user=person, contract=service, by=AdministratorFactory())

    assert first == again
    assert (again.granted_by, again.granted_at) == (administrator, EARLIER)


def test_revoking_keeps_the_row_and_who_did_it() -> None:
    given, administrator = ContractGrantFactory(), AdministratorFactory()

    assert actions.revoke_grant(grant=given, by=administrator, at=EARLIER) is True
    assert actions.revoke_grant(grant=given, by=AdministratorFactory()) is False

    given.refresh_from_db()
    assert (given.revoked_by, given.revoked_at, given.is_current) == (administrator, EARLIER, False)


def test_giving_and_taking_away_are_audited_once() -> None:
    service, person, administrator = ContractFactory(), SupplierUserFactory(), AdministratorFactory()
    for _ in range(2):
        given = actions.grant_contract(user=person, contract=service, by=administrator)
    for _ in range(2):
        actions.revoke_grant(grant=given, by=administrator)

    facts = {"contract": service.reference, "person": person.pk}
    events = AuditEvent.objects.filter(user=administrator).order_by("at")
    assert [(event.action, event.facts) for event in events] == [
        (AuditAction.CONTRACT_GRANTED, facts),
        (AuditAction.CONTRACT_GRANT_REVOKED, facts),
    ]


def test_a_revoked_grant_can_be_given_anew() -> None:
    given = ContractGrantFactory()
    actions.revoke_grant(grant=given, by=given.granted_by)

    anew = actions.grant_contract(user=given.user, contract=given.contract, by=given.granted_by)

    assert anew != given
    assert ContractGrant.objects.count() == 2


@pytest.mark.parametrize("factory", [PractitionerFactory, AdministratorFactory])
def test_only_supplier_staff_are_granted_contracts(factory: type[PractitionerFactory]) -> None:
    with pytest.raises(ValidationError, match="Only service provider staff"):
        actions.grant_contract(user=factory(), contract=ContractFactory(), by=AdministratorFactory())


def test_the_database_refuses_a_second_current_grant() -> None:
    given = ContractGrantFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ContractGrantFactory(user=given.user, contract=given.contract)


@pytest.mark.parametrize(
    "half",
    [
        pytest.param({"revoked_at": EARLIER}, id="revoked by nobody"),
        pytest.param({"revoked_by": True}, id="revoked at no time"),
    ],
)
def test_the_database_refuses_half_a_revocation(half: dict[str, object]) -> None:
    facts = {name: AdministratorFactory() if value is True else value for name, value in half.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        ContractGrantFactory(**facts)
