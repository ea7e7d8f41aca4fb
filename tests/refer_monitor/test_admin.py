"""The administration as a whole: every page of every model, what callers quote, newest first, and the same few queries.

Models are found, not listed: one that is registered tomorrow is opened tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.admin import WITHOUT_PROVIDER
from accounts.models import Audience, Feedback, Provider, ServiceNotice, User
from events import audit
from events.models import AuditAction, AuditEvent, CrnChange, OutboxEntry
from interventions.models import ContractGrant, ProviderChange
from monitoring.models import PerformanceReport, ReceivedReferral, ServiceLevel, ShareVersion
from personal_records.models import RetentionHold, RetentionRule, SubjectAccessExport
from referrals.models import Reassignment, Referral
from tests.factories.accounts import MembershipFactory, ProviderFactory, SupplierUserFactory
from tests.factories.interventions import (
    ActivityFactory,
    CategoryFactory,
    ComplexityLevelFactory,
    ContractFactory,
    ContractGrantFactory,
    DesiredOutcomeFactory,
    PoliceAreaFactory,
    caseworker_on,
)
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_work import with_a_caseworker
from tests.factories.referrals import a_declared_draft, a_sent_referral

AsPersona = Callable[[str], Client]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
CASE, OTHER_CASE = UUID(int=7), UUID(int=8)


def _place(model: type[models.Model]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def _list(model: type[models.Model], query: str = "") -> str:
    return reverse(f"{_place(model)}_changelist") + query


def _rows(client: Client, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200, url
    page = BeautifulSoup(answer.content, "html5lib")
    return [" ".join(row.get_text(" ").split()) for row in page.select("#result_list tbody tr")]


# --- Every page --------------------------------------------------------------------------------------------


@pytest.fixture
def unshared(as_persona: AsPersona, personas: dict[str, User]) -> set[str]:
    """A draft and a sent referral, and a row of everything else; the risk texts that no administrator may meet."""
    draft = a_declared_draft(personas["pp"])
    texts = {text for text in draft.risk.sections.values_list("text", flat=True) if text}
    a_sent_referral(personas["pp"])
    shares = ShareVersion._base_manager.values()
    texts |= {value for row in shares for name, value in row.items() if name.endswith("_text") and value}
    assert len(texts) > 5
    _one_more_of_everything()
    return texts


@pytest.mark.slow
def test_every_page_of_every_model_opens_and_shows_no_risk_text(
    as_persona: AsPersona, unshared: set[str]
) -> None:
    client = as_persona("admin")
    request = client.get(reverse("admin:index")).wsgi_request
    wrong = []
    for model in MODELS:
        row = model._base_manager.order_by("-pk").first()
        assert row is not None, f"the test makes no {model.__name__}"
        for url, status in _pages(model, row, admin.site._registry[model].has_add_permission(request)):
            answer = client.get(url)
            words = " ".join(BeautifulSoup(answer.content, "html5lib").get_text(" ").split())
            if answer.status_code != status:
                wrong.append(f"{url}: {answer.status_code} instead of {status}")
            wrong += [f"{url}: {text}" for text in unshared if " ".join(text.split()) in words]
    assert wrong == []


def _pages(model: type[models.Model], row: models.Model, may_add: bool) -> list[tuple[str, int]]:
    def page(name: str, *parts: Any) -> str:
        return reverse(f"{_place(model)}_{name}", args=parts)

    return [
        (_list(model), 200),
        (_list(model, "?e=1"), 200),
        (_list(model, "?q=X980010"), 200),
        (_list(model, "?q=a+%00+b%F0%9F%99%82"), 200),
        (page("add"), 200 if may_add else 403),
        (page("change", row.pk), 200),
        (page("history", row.pk), 200),
        (page("change", "nobody"), 302),
    ]


def test_the_start_page_and_those_of_the_apps_open(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    for app in {model._meta.app_label for model in MODELS}:
        assert client.get(reverse("admin:app_list", args=[app])).status_code == 200
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("address", ["/admin/r/1/1/", "/admin/r/9999/nobody/"])
def test_there_is_no_way_from_a_row_to_a_page_of_the_site(address: str, as_persona: AsPersona) -> None:
    assert as_persona("admin").get(address).status_code == 404


# --- What callers quote ------------------------------------------------------------------------------------


@pytest.fixture
def quoted(personas: dict[str, User]) -> Referral:
    """One sent referral whose reference and CRN are quoted, on a case with a caseworker; another case beside it."""
    sent = a_sent_referral(personas["pp"], crn="X980001")
    assert sent.received is not None
    with_a_caseworker(sent.received, personas["sp.caseworker"])
    for case, by in ((sent.pk, "pp"), (sent.received.pk, "sp.caseworker"), (OTHER_CASE, "sp.other")):
        audit.record(AuditAction.RISK_VIEWED, by=personas[by], referral=case, crn="X980099")
        OutboxEntry.objects.create(kind="tests.tell", key=str(case), referral=case)
    received(a_contract())
    return sent


TRAIL_SEARCHES = [
    pytest.param(
        lambda sent: sent.reference, {"pp", "sp.caseworker"}, id="a reference: both sides of the case"
    ),
    pytest.param(lambda sent: f" {sent.reference.lower()} ", {"pp", "sp.caseworker"}, id="as typed"),
    pytest.param(lambda sent: str(sent.pk), {"pp"}, id="an id"),
    pytest.param(lambda sent: "sp.caseworker", {"sp.caseworker"}, id="a user name"),
    pytest.param(lambda sent: "SP.Caseworker", {"sp.caseworker"}, id="a user name with capitals"),
    pytest.param(lambda sent: "x980099", {"pp", "sp.caseworker", "sp.other"}, id="a CRN"),
    pytest.param(lambda sent: "sp.case", set(), id="half a user name"),
    pytest.param(lambda sent: "QQ1111QQ", set(), id="a reference of no case"),
]


@pytest.mark.parametrize(("typed", "who"), TRAIL_SEARCHES)
def test_the_audit_trail_is_found_by(
    typed: Callable[[Referral], str], who: set[str], as_persona: AsPersona, quoted: Referral
) -> None:
    seen = "&action__exact=" + AuditAction.RISK_VIEWED
    rows = _rows(as_persona("admin"), _list(AuditEvent, f"?q={typed(quoted)}{seen}"))

    assert {
        name for name in ("pp", "sp.caseworker", "sp.other") for row in rows if f" {name} X980099" in row
    } == who
    assert all(quoted.reference in row for row in rows if " sp.other " not in row)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        pytest.param(lambda sent: sent.reference, lambda sent: {sent.pk, sent.received_id}, id="a reference"),
        pytest.param(lambda sent: str(sent.received_id), lambda sent: {sent.received_id}, id="an id"),
        pytest.param(lambda sent: "QQ1111QQ", lambda sent: set(), id="a reference of no case"),
    ],
)  # fmt: skip
def test_the_outbox_is_found_by(
    typed: Callable[[Referral], str],
    keys: Callable[[Referral], set[UUID]],
    as_persona: AsPersona,
    quoted: Referral,
) -> None:
    client = as_persona("admin")
    found = client.get(_list(OutboxEntry, f"?q={typed(quoted)}"))

    listed = {
        UUID(box["value"]) for box in BeautifulSoup(found.content, "html5lib").select("input.action-select")
    }
    assert set(OutboxEntry.objects.filter(pk__in=listed).values_list("referral", flat=True)) == keys(quoted)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda case: case.reference, id="reference"),
        pytest.param(lambda case: case.crn.lower(), id="CRN"),
        pytest.param(lambda case: "SP.caseworker", id="user name of the caseworker"),
        pytest.param(lambda case: case.contract.reference, id="reference of the contract"),
        pytest.param(lambda case: "harrowgate pathways", id="name of the service provider"),
    ],
)
def test_received_referrals_are_found_by(
    typed: Callable[[ReceivedReferral], str], as_persona: AsPersona, quoted: Referral
) -> None:
    case = quoted.received
    assert case is not None
    (row,) = _rows(as_persona("admin"), _list(ReceivedReferral, f"?q={typed(case)}"))

    assert case.reference in row
    for hidden in (case.crn, case.person_last_name):
        assert hidden not in row


@pytest.mark.parametrize("typed", ["X98001", "River", "sp.case", "Harrow"])
def test_received_referrals_are_not_found_by_a_part_or_a_name(
    typed: str, as_persona: AsPersona, quoted: Referral
) -> None:
    assert _rows(as_persona("admin"), _list(ReceivedReferral, f"?q={typed}")) == []


def test_a_version_is_found_by_the_persons_crn(as_persona: AsPersona, quoted: Referral) -> None:
    (row,) = _rows(as_persona("admin"), _list(ShareVersion, f"?q={quoted.crn}"))
    assert quoted.reference in row


# --- People and providers ----------------------------------------------------------------------------------


def test_people_are_listed_with_their_providers_and_grants(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    grants = ContractGrant.objects.current().filter(user__username="sp.caseworker")
    references = sorted(grants.values_list("contract__reference", flat=True))
    SupplierUserFactory(username="sp.nowhere")

    (caseworker,) = _rows(client, _list(User, "?q=sp.caseworker"))
    (nowhere,) = _rows(client, _list(User, "?q=sp.nowhere"))

    assert f"Service provider staff Harrowgate Pathways (caseworker) {', '.join(references)}" in caseworker
    assert "Service provider staff None" in nowhere
    assert any("sp.manager" in row for row in _rows(client, _list(User, "?q=harrowgate")))


def test_a_grant_without_effect_and_one_that_was_revoked_are_told(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    person = SupplierUserFactory(username="sp.nowhere")
    contract = ContractFactory(reference="IDLE_1")
    ContractGrantFactory(user=person, contract=contract)
    (row,) = _rows(client, _list(User, "?q=sp.nowhere"))
    assert "IDLE_1 (no effect)" in row

    ContractGrant.objects.update(revoked_at=timezone.now(), revoked_by=person)
    (row,) = _rows(client, _list(User, "?q=sp.nowhere"))
    assert "IDLE_1" not in row
    page = client.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert "IDLE_1" in page


@pytest.mark.parametrize(
    ("audience", "has_provider", "is_active", "warned"),
    [
        pytest.param(Audience.SUPPLIER, False, True, True, id="supplier staff without a provider"),
        pytest.param(Audience.SUPPLIER, True, True, False, id="with one"),
        pytest.param(Audience.SUPPLIER, False, False, False, id="a closed account"),
        pytest.param(Audience.PRACTITIONER, False, True, False, id="a practitioner"),
    ],
)
def test_supplier_staff_without_a_provider_are_not_saved_in_silence(
    audience: str, has_provider: bool, is_active: bool, warned: bool, as_persona: AsPersona
) -> None:
    client = as_persona("admin")
    person = SupplierUserFactory(username="sp.new", audience=audience)
    if has_provider:
        MembershipFactory(user=person)
    url = reverse("admin:accounts_user_change", args=[person.pk])
    form = _filled_in(client, url) | {"is_active": "on"}
    if not is_active:
        del form["is_active"]

    answer = client.post(url, form)

    assert answer.status_code == 302
    said = [str(message) for message in messages.get_messages(answer.wsgi_request)]
    assert (WITHOUT_PROVIDER in said) == warned


def test_supplier_staff_just_added_are_told_of_too(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    url = reverse("admin:accounts_user_add")
    password = {"password1": "refer-and-monitor-2", "password2": "refer-and-monitor-2"}
    form = _filled_in(client, url) | {"username": "sp.new", "audience": Audience.SUPPLIER} | password
    assert not any(name.startswith("contract_grants") for name in form)  # nothing was granted yet

    answer = client.post(url, form, follow=True)

    assert User.objects.get(username="sp.new").is_supplier
    assert WITHOUT_PROVIDER in answer.content.decode()


@pytest.mark.parametrize(
    ("code", "is_taken"),
    [
        pytest.param("MY_PROVIDER", True, id="capitals and underscores"),
        pytest.param("PROVIDER2", True, id="a digit"),
        pytest.param("my provider", False, id="small letters and a space"),
        pytest.param("MY PROVIDER", False, id="a space"),
        pytest.param("_MY", False, id="an underscore first"),
        pytest.param("MY__PROVIDER", False, id="two underscores"),
        pytest.param("CAFÉ", False, id="an accent"),
    ],
)
def test_a_providers_code(code: str, is_taken: bool, as_persona: AsPersona) -> None:
    answer = as_persona("admin").post(
        reverse("admin:accounts_provider_add"), {"code": code, "name": "Mine", "is_active": "on"}
    )

    assert Provider.objects.filter(code=code).exists() == is_taken
    assert ("Enter a code of capital letters" in answer.content.decode()) != is_taken


def test_an_empty_contract_is_asked_for_a_place(as_persona: AsPersona) -> None:
    answer = as_persona("admin").post(
        reverse("admin:interventions_contract_add"),
        {"activities-TOTAL_FORMS": "0", "activities-INITIAL_FORMS": "0"},
    )

    said = [one.get_text() for one in BeautifulSoup(answer.content, "html5lib").select(".errorlist li")]
    assert "Choose a region or a police area" in said
    assert [words for words in said if "not both" in words] == []


def _filled_in(client: Client, url: str) -> dict[str, Any]:
    """The form as it is shown, to be saved as it is."""
    page = BeautifulSoup(client.get(url).content, "html5lib")
    form: dict[str, Any] = {}
    for field in page.select("#content-main form [name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            form[field["name"]] = chosen["value"] if chosen else ""
        elif field.get("type") not in ("submit", "checkbox") and "__prefix__" not in field["name"]:
            form[field["name"]] = field.get("value") or ""
    return form


# --- Newest first, and the same few queries ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "moment"),
    [
        (AuditEvent, "at"),
        (OutboxEntry, "created_at"),
        (Feedback, "given_at"),
        (ReceivedReferral, "received_at"),
        (ShareVersion, "shared_at"),
        (ContractGrant, "granted_at"),
        (SubjectAccessExport, "made_at"),
        (PerformanceReport, "requested_at"),
        (RetentionHold, "placed_at"),
    ],
)
def test_what_happened_is_listed_newest_first(
    model: type[models.Model], moment: str, as_persona: AsPersona
) -> None:
    client = as_persona("admin")
    for _ in range(3):
        _one_more_of_everything()
    rows = model._base_manager.order_by("pk").values_list("pk", flat=True)
    if model in (Feedback, OutboxEntry, ContractGrant):  # in no order of their making
        for days, pk in zip([2, 0, 1], rows, strict=False):
            model._base_manager.filter(pk=pk).update(**{moment: timezone.now() + timedelta(days=days)})
    page = BeautifulSoup(client.get(_list(model)).content, "html5lib")

    links = [link["href"] for link in page.select("#result_list tbody tr th a")]
    by_age = model._base_manager.order_by(f"-{moment}").values_list("pk", flat=True)

    assert len(links) > 2
    assert links == [f"{_list(model)}{pk}/change/" for pk in by_age]


@pytest.mark.slow
def test_every_list_asks_the_same_for_more_rows(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    _one_more_of_everything()
    before = {model: _queries(client, _list(model)) for model in MODELS}
    for _ in range(5):
        _one_more_of_everything()
    after = {model: _queries(client, _list(model)) for model in MODELS}

    assert {model for model in MODELS if after[model][1] > before[model][1]} >= set(GROWS)
    assert {model: queries for model, (queries, _) in after.items()} == {
        model: queries for model, (queries, _) in before.items()
    }
    assert max(queries for queries, _ in after.values()) < 12


def _queries(client: Client, url: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as queries:
        rows = _rows(client, url)
    return len(queries), len(rows)


#: Models of which ``_one_more_of_everything`` makes rows. Of the others the service brings all there are.
GROWS = (
    AuditEvent,
    OutboxEntry,
    Feedback,
    ReceivedReferral,
    ShareVersion,
    ContractGrant,
    User,
    Provider,
    ServiceLevel,
    SubjectAccessExport,
    RetentionHold,
    PerformanceReport,
    ProviderChange,
    ServiceNotice,
)


def _one_more_of_everything() -> None:
    """A row of every model that can be administered, each related to rows of its own."""
    contract = a_contract(subcontractors=[ProviderFactory()])
    ActivityFactory(contract=contract)
    worker = caseworker_on(contract)
    MembershipFactory(user=worker)
    category = contract.categories()[0]
    ComplexityLevelFactory(category=CategoryFactory(), contract_type=contract.contract_type)
    DesiredOutcomeFactory(category=category, contracts=[contract])
    PoliceAreaFactory()
    case = with_a_caseworker(received(contract), worker)
    if (sent := Referral.objects.sent().first()) is not None:
        Reassignment.objects.create(
            referral=sent, leaver=worker, successor=worker, by=worker, reason="Left.",
            superseded_at=timezone.now(),
        )  # fmt: skip
    audit.record(AuditAction.RISK_VIEWED, by=worker, referral=case.pk, crn="X980010")
    OutboxEntry.objects.create(kind="tests.tell", key=str(uuid4()), referral=case.pk)
    Feedback.objects.create(rating="SATISFIED", form_key=uuid4(), given_by=worker)
    ServiceLevel.objects.unscoped().create(
        timer=ServiceLevel._meta.get_field("timer").choices[0][0],
        working_days=5,
        valid_from=timezone.localdate() + timedelta(days=ServiceLevel.objects.unscoped().count() + 1),
    )
    ProviderChange.objects.create(
        contract=contract, prime=ProviderFactory(), incoming_email="new@provider.example", set_by=worker,
        takes_effect_at=timezone.now() + timedelta(days=1), set_at=timezone.now(),
    )  # fmt: skip
    CrnChange.objects.create(
        number=CrnChange.objects.count() + 1, old_crn="X980010", new_crn="X980011", reason="Merged.", by=worker,
        source=CrnChange.Source.ADMINISTRATOR, at=timezone.now(),
    )  # fmt: skip
    SubjectAccessExport.objects.create(crn="X980010", made_by=worker, records=1)
    PerformanceReport.objects.unscoped().create(
        form_key=uuid4(), requested_by=worker, requested_at=timezone.now(), from_date=timezone.localdate(),
        to_date=timezone.localdate(),
    )  # fmt: skip
    ServiceNotice.objects.create(
        kind="DOWNTIME", heading="Closed", text="On Sunday.", starts_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    RetentionRule.objects.get_or_create(kind=RetentionRule.Kind.CASE)
    RetentionHold.objects.create(
        crn=f"X{RetentionHold.objects.count():06d}", reason="A claim.", placed_by=worker
    )
    LogEntry.objects.create(
        user=worker,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(worker.pk),
        object_repr=str(worker),
        action_flag=CHANGE,
    )
