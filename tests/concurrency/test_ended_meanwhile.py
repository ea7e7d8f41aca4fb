"""A case ends at the very moment at which something is done to every open case: it is done to this one no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from events.models import DisclosureEvent
from interventions.models import ProviderChange
from monitoring.actions.change_provider import carry_out
from monitoring.models import Assignment, ReceivedReferral
from tests.concurrency.conftest import AtOnce
from tests.factories.accounts import ProviderFactory
from tests.factories.monitoring_delivery import assigned
from tests.factories.referrals import a_sent_referral

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="needs PostgreSQL (DATABASE_URL): SQLite lets one writer in at a time, so nothing happens at once",
    ),
]


def _ends(case: ReceivedReferral, has_begun: Event) -> Callable[[], None]:
    """What ends the case, slowly: it holds the row, and is done when others have begun to wait for it."""

    def end() -> None:
        with transaction.atomic():
            held = ReceivedReferral.objects.unscoped().select_for_update(of=("self",)).get(pk=case.pk)
            has_begun.set()
            sleep(1)
            held.concluded_at, held.conclusion = timezone.now() - timedelta(hours=1), "CANCELLED"
            held.save(update_fields=["concluded_at", "conclusion"])

    return end


def test_a_case_that_ends_while_its_contract_is_handed_on_stays_with_who_had_it(
    personas: dict[str, User], at_once: AtOnce
) -> None:
    case = ReceivedReferral.objects.unscoped().get(pk=a_sent_referral(personas["pp"]).received_id)
    assigned(case, to=personas["sp.caseworker"])
    change = ProviderChange.objects.create(
        contract=case.contract, prime=ProviderFactory(), incoming_email="new@provider.example",
        takes_effect_at=timezone.now(), set_by=personas["admin"], set_at=timezone.now(),
    )  # fmt: skip
    has_begun = Event()

    def hand_on() -> object:
        has_begun.wait(timeout=30)
        return carry_out(change.pk, now=timezone.now())

    _, effects = at_once([_ends(case, has_begun), hand_on])

    assert effects.open_cases == effects.without_caseworker == ()
    assert not DisclosureEvent.objects.filter(kind=DisclosureEvent.Kind.HANDED_ON).exists()
    assert Assignment.objects.unscoped().get().superseded_at is None
