"""Administrators see that things happened. No person and no risk text, by no address."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring.models import ReceivedReferral
from tests.factories.accounts import AdministratorFactory
from tests.factories.monitoring import received

pytestmark = pytest.mark.django_db

PRIVATE = (
    "River",
    "Rushy Glen",
    "Staff who visit alone",
    "threats",
    "settled housing",
    "Ramadan",
    "07700 900001",
)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def case() -> ReceivedReferral:
    return received()


def _addresses(case: ReceivedReferral) -> dict[str, str]:
    referral, share = "admin:monitoring_receivedreferral", "admin:monitoring_shareversion"
    return {
        "referrals": reverse(f"{referral}_changelist"),
        "a search": reverse(f"{referral}_changelist") + f"?q={case.reference.lower()}",
        "one referral": reverse(f"{referral}_change", args=[case.pk]),
        "its history": reverse(f"{referral}_history", args=[case.pk]),
        "share versions": reverse(f"{share}_changelist"),
        "a search of them": reverse(f"{share}_changelist") + f"?q={case.reference}",
        "one share version": reverse(f"{share}_change", args=[case.current_share().pk]),
    }


@pytest.mark.parametrize(
    "name",
    [
        "referrals",
        "a search",
        "one referral",
        "its history",
        "share versions",
        "a search of them",
        "one share version",
    ],
)
def test_nothing_private_is_shown_or_even_loaded(client: Client, case: ReceivedReferral, name: str) -> None:
    address = _addresses(case)[name]

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)

    assert response.status_code == 200
    text = response.content.decode()
    assert case.reference in text
    assert [words for words in PRIVATE if words in text] == []
    assert [query["sql"] for query in queries if "person_" in query["sql"] or "_text" in query["sql"]] == []


def test_hashes_are_shown(client: Client, case: ReceivedReferral) -> None:
    share = case.current_share()
    text = client.get(_addresses(case)["one share version"]).content.decode()

    assert share.content_hash in text
    assert share.handover_hash in text


@pytest.mark.parametrize(
    ("model", "question"),
    [
        pytest.param("receivedreferral", "person_last_name__startswith=R", id="a name"),
        pytest.param("receivedreferral", "crn=X980010", id="a CRN"),
        pytest.param(
            "receivedreferral", "shares__who_is_at_risk_text__contains=Staff", id="risk, from the referral"
        ),
        pytest.param("shareversion", "who_is_at_risk_text__contains=Staff", id="risk"),
        pytest.param(
            "shareversion", "received__person_last_name__startswith=R", id="a name, from the version"
        ),
    ],
)
def test_nothing_private_can_be_guessed_by_filtering(
    client: Client, case: ReceivedReferral, model: str, question: str
) -> None:
    response = client.get(reverse(f"admin:monitoring_{model}_changelist") + f"?{question}")

    assert response.status_code == 400


@pytest.mark.parametrize("model", ["receivedreferral", "shareversion"])
def test_nothing_can_be_added_changed_or_deleted(client: Client, case: ReceivedReferral, model: str) -> None:
    row = case.pk if model == "receivedreferral" else case.current_share().pk
    for address in (
        reverse(f"admin:monitoring_{model}_add"),
        reverse(f"admin:monitoring_{model}_change", args=[row]),
        reverse(f"admin:monitoring_{model}_delete", args=[row]),
    ):
        assert client.post(address, {"post": "yes"}).status_code == 403
