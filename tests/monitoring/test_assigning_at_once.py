"""The same form sent twenty times at once, and two people who choose at the same moment: one caseworker."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import AuditAction, AuditEvent, OutboxEntry
from monitoring.models import Assignment, ReceivedReferral
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.signing_in import sign_in

AT_ONCE = 20
# SQLite lets one writer in at a time, and its test database in memory is one connection.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


def _at_once(posts: list[Callable[[], int]]) -> list[int]:
    """The status of each post, all of them started together, each on a connection of its own."""
    together = Barrier(len(posts))

    def run(post: Callable[[], int]) -> int:
        try:
            together.wait()
            return post()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(posts)) as threads:
        return list(threads.map(run, posts))


def _signed_in(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def _post(client: Client, case: ReceivedReferral, person: User, key: object) -> Callable[[], int]:
    address = reverse("monitoring:confirm_caseworker", args=[case.pk, person.pk])
    return lambda: client.post(address, {"form_key": key, "in_place_of": ""}).status_code


def test_one_form_sent_many_times_gives_one_caseworker() -> None:
    contract = a_contract()
    case, manager, sam, key = received(contract), caseworker_on(contract), caseworker_on(contract), uuid4()
    clients = [_signed_in(manager) for _ in range(AT_ONCE)]

    statuses = _at_once([_post(client, case, sam, key) for client in clients])

    assert set(statuses) == {302}
    assert Assignment.objects.unscoped().get().caseworker_id == sam.pk
    assert AuditEvent.objects.filter(action=AuditAction.CASE_ASSIGNED).count() == 1
    assert OutboxEntry.objects.count() == 1


def test_of_many_who_choose_at_once_one_is_first_and_the_others_are_told() -> None:
    contract = a_contract()
    case, manager = received(contract), caseworker_on(contract)
    people = [caseworker_on(contract) for _ in range(AT_ONCE)]

    statuses = _at_once([_post(_signed_in(manager), case, person, uuid4()) for person in people])

    assert sorted(statuses) == [302, *[409] * (AT_ONCE - 1)]
    case.refresh_from_db()
    assert Assignment.objects.unscoped().get().caseworker_id == case.caseworker_id
