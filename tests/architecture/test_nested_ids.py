"""An object is found under its own case only: whatever of case B is asked for under the address of case A is not there.

Walks the addresses, so a page that is added tomorrow is asked tomorrow. Both cases are the reader's own: what is not
theirs at all is tests/architecture/test_routes.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import OutboxEntry
from monitoring.models import PlanActivity, ReceivedReferral
from referrals.actions.correct_risk import begin_correction
from referrals.models import Referral
from tests.addresses import PageAddress, addresses
from tests.architecture.test_routes import CASE_OF, OF_THE_PLAN_DRAFT, STAGES
from tests.factories.monitoring_work import rows_in_addresses
from tests.factories.referrals import a_draft, a_sent_referral

SignIn = Callable[[str], Client]
#: Parts of an address that say which case it is.
CASE = ("referral_id", "received_id")
#: Parts that name nothing of a case: people, and sections, details and items that every referral has.
OF_NO_CASE = {"caseworker_id", "slug", "detail", "item"}
#: Where a number stands for the n-th of something: neither case has as many.
NOBODYS = 99

NESTED = {
    name: pattern
    for name, pattern in addresses()
    if set(CASE) & set(pattern.converters)
    and set(pattern.converters) - set(CASE) - OF_NO_CASE
}


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    """Kept log records of refusals hold their frames, and collecting those takes longer than the test."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def mine(personas: dict[str, User]) -> dict[str, Referral]:
    """A case at each stage that pages are asked at."""
    return {stage: _at(stage, personas) for stage in STAGES}


@pytest.fixture
def others(personas: dict[str, User]) -> dict[str, Any]:
    """Keys of what belongs to another case, also the reader's own, which is in the middle of delivery."""
    other = _at("delivering", personas, crn="X980001")
    draft = a_draft(personas["pp"], crn="X980011", contract="DEMO_0002")
    assert other.received is not None
    return {
        **rows_in_addresses(other.received),
        "category_id": draft.services.get().category_id,
        "correction_id": begin_correction(referral=other, by=personas["pp"]).pk,
        "number": NOBODYS,
        "place": NOBODYS,
    }


def _at(stage: str, personas: dict[str, User], crn: str = "X980017") -> Referral:
    sent = a_sent_referral(personas["pp"], crn=crn)
    STAGES[stage](ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"])
    return sent


def test_there_are_such_addresses_on_both_sides() -> None:
    assert len([name for name in NESTED if name.startswith("monitoring:")]) > 10
    assert len([name for name in NESTED if name.startswith("referrals:")]) > 5


@pytest.mark.slow
def test_what_belongs_to_another_case_is_not_found(
    mine: dict[str, Referral], others: dict[str, Any], as_persona: SignIn, personas: dict[str, User]
) -> None:
    draft = a_draft(personas["pp"], crn="X980001")
    clients = {"monitoring": as_persona("sp.caseworker"), "referrals": as_persona("pp")}
    before = _everything()
    answers = {}
    for name, pattern in NESTED.items():
        client = clients[name.split(":")[0]]
        for wrong, parts in _one_wrong_at_a_time(name, pattern, mine, draft, others):
            address = reverse(name, kwargs=parts)
            answers |= {
                f"{name} {verb}, another {wrong}": getattr(client, verb)(address).status_code
                for verb in ("get", "post")
            }

    assert {asked: status for asked, status in answers.items() if status not in (404, 405)} == {}
    not_found = {asked.split()[0] for asked, status in answers.items() if status == 404}
    assert NESTED.keys() - not_found == set(), "refused for another reason, so nothing is known of them"
    assert _everything() == before


def _one_wrong_at_a_time(
    name: str, pattern: PageAddress, mine: dict[str, Referral], draft: Referral, others: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part but the case itself in turn replaced by that of the other case; and all of them."""
    case = mine[CASE_OF.get(name, "delivering")]
    assert case.received is not None
    right = {
        **rows_in_addresses(case.received),
        "received_id": case.received_id,
        "referral_id": draft.pk
        if "category_id" in pattern.converters and name not in CASE_OF
        else case.pk,
        "category_id": draft.services.get().category_id,
        "number": 3 if name in OF_THE_PLAN_DRAFT else 1,
        "place": 1,
        "slug": "suicide",
        "item": "desired-outcomes",
    }
    asked = set(pattern.converters)
    for wrong in asked - set(CASE) - OF_NO_CASE:
        yield wrong, {part: others[part] if part == wrong else right[part] for part in asked}


def _everything() -> list[Any]:
    return [
        [*ReceivedReferral.objects.unscoped().order_by("pk").values()],
        [*PlanActivity.objects.unscoped().order_by("pk").values()],
        OutboxEntry.objects.count(),
    ]
