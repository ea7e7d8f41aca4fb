"""Rows that a prepared query reads are what Django makes of them, which leaves out what no model of ours has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Count, F, Model, QuerySet
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init
from django.utils import timezone

from accounts.models import User, WebSession
from encryption.fields import _DecryptedWhenRead
from events.models import AuditAction, AuditEvent
from interventions.models import Contract, ContractGrant
from prepared.queries import PreparedQuery

MODELS = [model for model in apps.get_models() if not model.__module__.startswith("django.")]
#: Keep what they are given under the name of the field, and on a new instance do nothing else.
PLAIN = {DeferredAttribute, ForeignKeyDeferredAttribute, _DecryptedWhenRead}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_row_needs_nothing_but_its_columns(model: type[Model]) -> None:
    assert model.__init__ is Model.__init__
    assert model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
    assert not model._meta.parents
    assert {type(vars(model)[field.attname]) for field in model._meta.concrete_fields} <= PLAIN
    for signal in (pre_init, post_init):
        assert not signal.has_listeners(model)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "find",
    [
        lambda: User.objects.order_by("pk"),
        lambda: User.objects.only("username").order_by("pk"),
        lambda: Contract.objects.select_related("prime").annotate(given=Count("grants")).order_by("pk"),
        lambda: ContractGrant.objects.select_related("user", "contract__prime", "revoked_by").order_by("pk"),
        lambda: WebSession.objects.select_related("user"),
        lambda: AuditEvent.objects.filter(user=None),
        lambda: User.objects.values_list("username", "pk").order_by("pk"),
        lambda: User.objects.values_list("username", flat=True).order_by("pk"),
        lambda: User.objects.values("username", key=F("pk")).order_by("pk"),
        lambda: Contract.objects.values_list("title").order_by("prime__name", "pk").distinct(),
    ],
)
def test_rows_are_what_django_makes_of_them(
    personas: dict[str, User], find: Callable[[], QuerySet[Any, Any]]
) -> None:
    now = timezone.now()
    WebSession.objects.bulk_create(
        WebSession(session_key=key, user=user, expire_date=now, began_at=now, last_used_at=now)
        for key, user in (("of somebody", personas["pp"]), ("of nobody", None))
    )
    AuditEvent.objects.create(action=AuditAction.CASE_PAUSED, facts={"a": 1})

    found, by_django = PreparedQuery(find).rows(), [*find()]

    assert [*map(_everything_of, found)] == [*map(_everything_of, by_django)]
    assert found


def test_a_kind_of_rows_that_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match="NamedValuesListIterable"):
        PreparedQuery(lambda: User.objects.values_list("username", named=True)).rows()


def _everything_of(row: Any) -> Any:
    """Also what came with it by ``select_related``, there and back."""
    if not isinstance(row, Model):
        return row
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    state = row._state
    beside = {
        name: other if other is None else {name: value for name, value in vars(other).items() if name != "_state"}
        for name, other in state.fields_cache.items()
    }
    return type(row), held, state.adding, state.db, beside

