"""A read that does not say whose cases it is about raises, on every model of the supplier's side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract, ProviderTerm
from monitoring.lists.agenda import appointments_of
from monitoring.models import Conclusion, ReceivedReferral, ShareVersion, Stage, UnscopedRead
from tests.factories.accounts import (
    AdministratorFactory,
    MembershipFactory,
    PractitionerFactory,
    ProviderFactory,
)
from tests.factories.interventions import ContractGrantFactory, SupplierUserFactory, caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import with_assessment_arranged

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("monitoring").get_models())


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda model: model.objects.all(), id="all"),
        pytest.param(lambda model: model.objects.filter(pk=None), id="filter"),
        pytest.param(lambda model: model.objects.exclude(pk=None), id="exclude"),
        pytest.param(lambda model: model.objects.get(), id="get"),
        pytest.param(lambda model: model.objects.first(), id="first"),
        pytest.param(lambda model: model.objects.count(), id="count"),
        pytest.param(lambda model: model.objects.exists(), id="exists"),
        pytest.param(lambda model: model.objects.values("pk"), id="values"),
        pytest.param(lambda model: model.objects.in_bulk([]), id="in bulk"),
        pytest.param(lambda model: model.objects.update(), id="update"),
        pytest.param(lambda model: model.objects.create(), id="create"),
        pytest.param(lambda model: model._default_manager.all(), id="the default manager"),
        pytest.param(lambda model: get_object_or_404(model), id="get or 404"),
    ],
)
def test_an_unscoped_read_of_any_model_raises(read: Callable[[Any], Any]) -> None:
    assert len(MODELS) > 20
    assert [fault for model in MODELS if (fault := _what_is_wrong_with(read, model))] == []


def _what_is_wrong_with(read: Callable[[Any], Any], model: type[models.Model]) -> str | None:
    try:
        read(model)
    except UnscopedRead as refusal:
        return None if model.__name__ in str(refusal) else f"{model.__name__}: refused without its name"
    except Exception as other:
        return f"{model.__name__}: {other!r}"
    return f"{model.__name__}: answered"


NONE = object()  # no term: nothing changed on the contract yet
LONG_AGO, ENDED, LATER, LAST = (timezone.now() - timedelta(days=days) for days in (40, 30, 20, 10))


@pytest.mark.parametrize(
    ("prime", "subcontractor", "joined_at"),
    [
        pytest.param(NONE, NONE, None, id="nothing changed yet"),
        pytest.param(None, LATER, None, id="one from the beginning, one came later"),
        pytest.param(LATER, None, None, id="the same the other way round"),
        pytest.param(NONE, LATER, None, id="one without a term, one came later"),
        pytest.param(LATER, LAST, LATER, id="both came later: the first counts"),
        pytest.param(LAST, LATER, LATER, id="the same the other way round, later"),
        pytest.param(LAST, LONG_AGO, LONG_AGO, id="one came before the case ended"),
    ],
)
def test_who_works_for_two_providers_sees_what_either_of_them_sees(
    prime: Any, subcontractor: Any, joined_at: Any
) -> None:
    """A case that ended 30 days ago, by each of the three ways in which cases are found; on both databases."""
    contract = a_contract()
    other = ProviderFactory()
    contract.subcontractors.add(other)
    user = caseworker_on(contract)
    MembershipFactory(user=user, provider=other)
    for provider, began_at in ((contract.prime, prime), (other, subcontractor)):
        if began_at is not NONE:
            ProviderTerm.objects.create(contract=contract, provider=provider, began_at=began_at)
    ended, going_on = with_assessment_arranged(received(contract, at=LONG_AGO)), received(contract)
    ReceivedReferral.objects.unscoped().filter(pk=ended.pk).update(
        stage=Stage.CANCELLED, concluded_at=ENDED, conclusion=Conclusion.CANCELLED
    )
    seen = {ended, going_on} if joined_at is None or joined_at < ENDED else {going_on}

    contracts = [*Contract.objects.granted_to(user)]

    assert [one.joined_at for one in contracts] == [joined_at]
    assert {*ReceivedReferral.objects.open_to(user)} == seen
    assert {*ReceivedReferral.objects.on_contracts(contracts)} == seen
    appointments = appointments_of(user, contracts, whole_team=True)
    assert {one.received for one in appointments} == seen - {going_on}


def test_rows_reached_from_their_parent_are_scoped() -> None:
    case, other = received(), received()

    assert [service.received for service in case.services.all()] == [case]
    assert case.shares.count() == other.shares.count() == 1
    assert ReceivedReferral.objects.unscoped().filter(services__in=case.services.all()).get() == case


def test_prefetching_and_following_keys_work() -> None:
    received()
    case = ReceivedReferral.objects.unscoped().prefetch_related("services__outcomes", "shares__openings").get()

    assert case.shares.all()[0].received == case
    case.refresh_from_db()
    assert ShareVersion.objects.unscoped().select_related("received").get().received == case


def test_a_case_is_kept_while_it_has_rows() -> None:
    with pytest.raises(models.ProtectedError):
        received().delete()


def _granted_without_a_provider(contract: Any) -> User:
    user = SupplierUserFactory()
    ContractGrantFactory(user=user, contract=contract)
    return user


def _member_without_a_grant(contract: Any) -> User:
    user = SupplierUserFactory()
    MembershipFactory(user=user, provider=contract.prime)
    return user


def _subcontractor(contract: Any) -> User:
    user, provider = SupplierUserFactory(), ProviderFactory()
    contract.subcontractors.add(provider)
    MembershipFactory(user=user, provider=provider)
    ContractGrantFactory(user=user, contract=contract)
    return user


@pytest.mark.parametrize(
    ("somebody", "sees"),
    [
        pytest.param(caseworker_on, 1, id="granted, of the prime provider"),
        pytest.param(_subcontractor, 1, id="granted, of a subcontractor"),
        pytest.param(_granted_without_a_provider, 0, id="granted, of no provider"),
        pytest.param(_member_without_a_grant, 0, id="of the provider, not granted"),
        pytest.param(lambda contract: caseworker_on(a_contract()), 0, id="on another contract"),
        pytest.param(lambda contract: PractitionerFactory(), 0, id="practitioner"),
        pytest.param(lambda contract: AdministratorFactory(), 0, id="administrator"),
    ],
)
def test_open_to_means_granted_and_on_the_contract(somebody: Callable[[Any], User], sees: int) -> None:
    contract = a_contract()
    received(contract)

    assert ReceivedReferral.objects.open_to(somebody(contract)).count() == sees
