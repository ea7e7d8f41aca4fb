"""Cases of people who have left: said on the lists, reassigned together, and nobody who left seems at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import OutOfDate, SentBefore
from interventions.models import Contract, ContractGrant
from interventions.models.contracts import granted_contracts
from monitoring.access.database_rights import supplier_rights
from monitoring.actions.reassign_cases import SomeCannotBeReassigned, reassign_cases
from monitoring.lists.leavers import cases_of_leavers, count_again, how_many_are_left
from monitoring.models import ReceivedReferral
from tests.conftest import Page
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import assigned, with_assessment_arranged, with_end_requested
from tests.signing_in import sign_in
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
URL = "/service-provider/cases/caseworker-left"


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def colleague(contract: Contract) -> User:
    return caseworker_on(contract)


@pytest.fixture
def client(colleague: User) -> Client:
    client = Client()
    sign_in(client, colleague)
    return client


@pytest.fixture
def cases(contract: Contract) -> list[ReceivedReferral]:
    """Of one whose account is closed, of one who lost the contract, of one at work; and one that ended."""
    closed, revoked, at_work = (caseworker_on(contract) for _ in range(3))
    cases = [assigned(received(contract), to=worker) for worker in (closed, revoked, at_work)]
    with_end_requested(assigned(received(contract), to=closed))
    User.objects.filter(pk=closed.pk).update(is_active=False)
    ContractGrant.objects.filter(user=revoked).update(revoked_at=timezone.now(), revoked_by=at_work)
    return cases


def reassign(cases: list[ReceivedReferral], to: User, by: User, **changes: Any) -> int:
    with supplier_rights(by):
        return reassign_cases(
            cases=[case.pk for case in cases], caseworker=to, by=by, **{"form_key": uuid4(), **changes}
        )


@pytest.mark.slow
def test_lists_say_it_and_chosen_cases_are_reassigned_together(
    client: Client,
    cases: list[ReceivedReferral],
    contract: Contract,
    colleague: User,
    page: Page,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    first, second, third = cases
    listed = page(client, reverse("monitoring:case_list", args=["open"]))
    said = listed.main.get_text(" ", strip=True)
    assert "2 open cases assigned to caseworkers who have left" in said
    assert said.count("This account is closed") == 1
    assert said.count("No longer has access to this case") == 1
    assert listed.find("a", string="Reassign these cases")["href"] == URL
    assert "who have left" not in page(client, reverse("monitoring:case_list", args=["completed"])).get_text()

    form = page(client, URL)
    assert {box["value"] for box in form.select("input[name=cases]")} == {str(first.pk), str(second.pk)}
    assert third.reference not in form.main.get_text()
    nothing = page.post(client, URL, filled_in(form), status=422)
    assert "Select at least one case" in nothing.main.get_text()
    sent = filled_in(form) | {"cases": [str(first.pk), str(second.pk)], "caseworker": str(colleague.pk)}
    with django_capture_on_commit_callbacks(execute=True):
        page.post(client, URL, sent)
    page.post(client, URL, sent)

    done = page(client, URL).main.get_text(" ", strip=True)
    assert f"2 cases reassigned to {colleague.display_name}. We will email them" in done
    assert "Every open case has a caseworker" in done
    now = ReceivedReferral.objects.unscoped().filter(caseworker=colleague)
    assert {case.pk for case in now} == {first.pk, second.pk}
    assert [case.assignments.count() for case in now] == [2, 2]
    assert AuditEvent.objects.filter(action=AuditAction.CASE_ASSIGNED, user=colleague).count() == 2
    assert [message.to for message in mail.outbox] == [[colleague.email]] * 2


def test_lists_count_those_that_are_found(
    cases: list[ReceivedReferral],
    contract: Contract,
    colleague: User,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    assert {*cases_of_leavers([contract])} == {*cases[:2]}
    contracts = granted_contracts(colleague)
    assert how_many_are_left(colleague, contracts) == 2

    reassign([cases[0]], to=colleague, by=colleague)
    assert how_many_are_left(colleague, contracts) == 2, "until it is committed"
    with django_capture_on_commit_callbacks(execute=True):
        reassign([cases[1]], to=colleague, by=colleague)
    assert how_many_are_left(colleague, contracts) == 0, "who has done it sees it at once"


def test_the_number_is_kept_for_a_minute(
    cases: list[ReceivedReferral], contract: Contract, colleague: User
) -> None:
    contracts = granted_contracts(colleague)
    assert how_many_are_left(colleague, contracts) == 2
    User.objects.filter(pk=cases[2].caseworker_id).update(is_active=False)

    assert how_many_are_left(colleague, contracts) == 2
    other = caseworker_on(contract)
    assert how_many_are_left(other, granted_contracts(other)) == 3, "each has a number of their own"
    count_again(colleague)
    assert how_many_are_left(colleague, contracts) == 3


def test_all_or_none(cases: list[ReceivedReferral], contract: Contract, colleague: User) -> None:
    """One who may not see a case of another contract; one that somebody is at work on; somebody else's."""
    elsewhere = assigned(received(a_contract(prime=contract.prime)))
    ContractGrant.objects.create(user=colleague, contract=elsewhere.contract, granted_by=colleague)
    User.objects.filter(pk=elsewhere.caseworker_id).update(is_active=False)
    narrow = caseworker_on(contract)

    with pytest.raises(SomeCannotBeReassigned) as refused:
        reassign([cases[0], elsewhere], to=narrow, by=colleague)
    assert refused.value.references == [elsewhere.reference]
    with pytest.raises(OutOfDate):
        reassign([cases[0], cases[2]], to=narrow, by=colleague)
    with pytest.raises(OutOfDate):
        reassign([cases[0], assigned(received(a_contract()))], to=narrow, by=colleague)

    assert not ReceivedReferral.objects.unscoped().filter(caseworker=narrow).exists()


def test_the_same_form_with_another_caseworker_is_refused_with_both(
    cases: list[ReceivedReferral], contract: Contract, colleague: User
) -> None:
    key, another = uuid4(), caseworker_on(contract)
    assert reassign(cases[:2], to=colleague, by=colleague, form_key=key) == 2

    with pytest.raises(SentBefore) as refused:
        reassign(cases[:2], to=another, by=colleague, form_key=key)

    assert refused.value.stored == [("Caseworker", colleague.display_name)]
    assert refused.value.typed == [("Caseworker", another.display_name)]
    assert not ReceivedReferral.objects.unscoped().filter(caseworker=another).exists()


@pytest.mark.slow
def test_a_leaver_never_seems_at_work(
    client: Client, cases: list[ReceivedReferral], colleague: User, page: Page
) -> None:
    """Every page that shows who has the case says that they left."""
    for case, words in ((cases[0], "(account closed)"), (cases[1], "(no longer has access)")):
        an_hour_ago = timezone.now() - timedelta(hours=1)
        appointment = with_assessment_arranged(case, starts_at=an_hour_ago).appointments.get()
        name = User.objects.get(pk=case.caseworker_id).display_name
        for url in (
            reverse("monitoring:referral_details", args=[case.pk]),
            reverse("monitoring:choose_caseworker", args=[case.pk]),
            reverse("monitoring:appointment", args=[case.pk, appointment.pk]),
            reverse("monitoring:attendance", args=[case.pk, appointment.pk]),
        ):
            assert f"{name} {words}" in " ".join(page(client, url).main.get_text(" ").split()), url
    team = page(client, reverse("monitoring:agenda") + f"?whose=team&week={appointment.starts_at:%Y-%m-%d}")
    assert "(no longer has access)" in team.main.get_text(" ")
