"""Updates whose SQL is worked out once: the row is the one that Django's own ``save`` would have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from prepared.updates import PreparedUpdate

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 3, 4, 12, 0, 30, 8, UTC)


def _columns(user: User) -> dict[str, Any]:
    return {field.attname: getattr(user, field.attname) for field in User._meta.concrete_fields}


def test_what_is_saved_is_read_back_as_it_was_and_no_other_row_is_touched(personas: dict[str, User]) -> None:
    users = PreparedUpdate(User)
    user, other = personas["pp"], _columns(personas["sp.manager"])

    for moment, name in ((THEN, "Zoë"), (None, "")):  # a value, and null
        user.last_login, user.first_name = moment, name
        users.save(user)

        assert _columns(User.objects.get(pk=user.pk)) == _columns(user)
    assert _columns(User.objects.get(username="sp.manager")) == other


def test_it_is_one_statement_without_a_savepoint(personas: dict[str, User]) -> None:
    with CaptureQueriesContext(connection) as queries:
        PreparedUpdate(User).save(personas["pp"])

    assert [query["sql"].split()[0] for query in queries] == ["UPDATE"]


def test_a_row_that_is_gone_is_added_again_as_by_save(personas: dict[str, User]) -> None:
    user = personas["sp.nogrant"]
    User.objects.filter(pk=user.pk)._raw_delete(connection.alias)

    PreparedUpdate(User).save(user)

    assert _columns(User.objects.get(pk=user.pk)) == _columns(user)


def test_a_row_that_cannot_be_saved_raises_and_ends_the_transaction(personas: dict[str, User]) -> None:
    user = personas["pp"]
    user.username = "sp.manager"

    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedUpdate(User).save(user)

    assert User.objects.get(pk=user.pk).username == "pp"


def test_an_update_that_differs_from_djangos_is_noticed(personas: dict[str, User]) -> None:
    users = PreparedUpdate(User)
    users._fields = users._fields[1:]
    users._written = lambda places: "UPDATE nothing"  # type: ignore[method-assign]

    with pytest.raises(AssertionError, match="Built now"):
        users.save(personas["pp"])
