"""Several tries at sending the same referral at the same moment: one row, one reference number, one share version."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection, transaction

from events.models import AuditAction, AuditEvent
from monitoring.actions.receive_referral import ReferenceTaken, receive
from monitoring.models import ReceivedReferral, ShareVersion
from tests.factories.monitoring import a_contract, sent_to

TRIES = 8
# SQLite lets one writer in at a time, and its test database in memory is one connection.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


def _at_once(tries: list[Callable[[], object]]) -> list[object]:
    """What each try answered, all of them started together, each on a connection of its own."""
    together = Barrier(len(tries))

    def run(attempt: Callable[[], object]) -> object:
        try:
            together.wait()
            return attempt()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as threads:
        return list(threads.map(run, tries))


def test_one_key_gives_one_referral() -> None:
    handover = sent_to(a_contract())

    def attempt() -> object:
        with transaction.atomic():  # as the sender calls it
            return receive(handover).pk

    answers = _at_once([attempt] * TRIES)

    assert set(answers) == {ReceivedReferral.objects.unscoped().get().pk}
    assert ShareVersion.objects.unscoped().count() == 1
    assert AuditEvent.objects.filter(action=AuditAction.RISK_SHARED).count() == 1


def test_one_reference_goes_to_one_referral() -> None:
    contract = a_contract()
    first = sent_to(contract)
    handovers = [replace(sent_to(contract), reference=first.reference) for _ in range(TRIES)]

    def attempt(handover: object) -> Callable[[], object]:
        def run() -> object:
            try:
                return receive(handover).pk  # type: ignore[arg-type]
            except ReferenceTaken:
                return "taken"

        return run

    answers = _at_once([attempt(handover) for handover in handovers])

    assert answers.count("taken") == TRIES - 1
    assert ReceivedReferral.objects.unscoped().get().pk in answers
