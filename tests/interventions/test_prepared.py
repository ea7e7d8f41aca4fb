"""A prepared subquery selects what the query selects that it was made from, for each of its values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract, ContractGrant
from interventions.models.contracts import ids_granted_to
from interventions.models.grants import current_memberships, ids_of_providers, ids_with_access_to
from interventions.models.prepared import PreparedSubquery

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 3, 4, 5, 6, 7, 8, UTC)


def test_who_may_see_what_is_the_same_for_everybody(personas: dict[str, User]) -> None:
    found = set()
    for user in personas.values():
        granted = {*Contract.objects.granted_to(user).values_list("pk", flat=True)}
        assert {*Contract.objects.filter(pk__in=ids_granted_to(user)).values_list("pk", flat=True)} == granted
        found |= granted
        providers = {*current_memberships().filter(user=user).values_list("provider", flat=True)}
        theirs = Contract.objects.filter(prime__in=ids_of_providers(user)).values_list("prime", flat=True)
        assert {*theirs} == {*Contract.objects.filter(prime__in=providers).values_list("prime", flat=True)}
    assert found, "somebody sees something"
    for contract in Contract.objects.all():
        holders = {
            *ContractGrant.objects.effective().filter(contract=contract).values_list("user", flat=True)
        }
        with_access = User.objects.filter(pk__in=ids_with_access_to(contract.pk))
        assert {*with_access.values_list("pk", flat=True)} == holders


def test_a_revoked_grant_opens_nothing_the_next_time(personas: dict[str, User]) -> None:
    user = personas["sp.caseworker"]
    assert Contract.objects.filter(pk__in=ids_granted_to(user)).exists()

    ContractGrant.objects.filter(user=user).update(revoked_at=timezone.now(), revoked_by=personas["admin"])

    assert not Contract.objects.filter(pk__in=ids_granted_to(user)).exists()


@pytest.mark.parametrize(("later", "found"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_moments_are_filled_in_to_the_microsecond(
    personas: dict[str, User], later: timedelta, found: bool
) -> None:
    user = personas["pp"]
    User.objects.filter(pk=user.pk).update(date_joined=THEN)
    joined_before = PreparedSubquery(
        lambda now: User.objects.filter(date_joined__lt=now).order_by().values("pk"),
        now=datetime(1901, 2, 3, tzinfo=UTC),
    )

    assert User.objects.filter(pk__in=joined_before(now=THEN + later), pk=user.pk).exists() is found


def test_a_value_without_a_place_is_refused() -> None:
    everybody = PreparedSubquery(lambda user: User.objects.order_by().values("pk"), user=1_999_999_937)
    with pytest.raises(AssertionError, match=r"no place for \['user'\]"):
        everybody(user=1)
