"""The administrators' site: who comes in, what can be read there, and what nobody can change."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from accounts.models import Feedback, User
from events import audit, outbox
from events.disclosures.recording import record
from events.failure_words import WORDS
from events.models import NDELIUS, AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from integrations import failures
from tests.factories.events import a_disclosure
from tests.factories.monitoring import received

AsPersona = Callable[[str], Client]
TRAIL = "/admin/events/auditevent/"
OUTBOX = "/admin/events/outboxentry/"
CASE = UUID(int=7)
DISCLOSURES = "/admin/events/disclosureevent/"
READ_ONLY = [TRAIL, DISCLOSURES, OUTBOX, "/admin/accounts/feedback/"]
COMING = [
    pytest.param("admin", 200, id="administrator"),
    pytest.param("pp", 403, id="practitioner"),
    pytest.param("sp.manager", 403, id="supplier"),
]


def rows(client: Client, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200
    return [
        row.get_text(" ") for row in BeautifulSoup(answer.content, "html5lib").select("#result_list tbody tr")
    ]


@pytest.mark.parametrize(("who", "status"), COMING)
def test_only_administrators_come_in(who: str, status: int, as_persona: AsPersona) -> None:
    assert as_persona(who).get("/admin/", follow=True).status_code == status


def test_being_staff_is_not_enough(as_persona: AsPersona) -> None:
    User.objects.filter(username="pp").update(is_staff=True, is_superuser=True)
    assert as_persona("pp").get("/admin/", follow=True).status_code == 403


def test_being_an_administrator_by_audience_is_not_enough(as_persona: AsPersona) -> None:
    User.objects.filter(username="admin").update(is_staff=False)
    assert as_persona("admin").get("/admin/", follow=True).status_code == 403


def test_there_is_one_way_to_sign_in(client: Client, personas) -> None:
    answer = client.get("/admin/events/auditevent/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in?next=/admin/events/auditevent/"
    sent = client.post("/admin/login/", {"username": "admin", "password": "refer-and-monitor"})
    assert sent["Location"].startswith("/sign-in")
    assert "_auth_user_id" not in client.session


def test_signing_out_there_is_signing_out(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    assert client.post("/admin/logout/")["Location"] == "/sign-in"
    assert "_auth_user_id" not in client.session


SEARCHES = [
    pytest.param("X980001", ["X980001"], id="a CRN"),
    pytest.param(" x980001 ", ["X980001"], id="a CRN as typed"),
    pytest.param("\ufeffX980001\u200b", ["X980001"], id="a CRN pasted from an email"),
    pytest.param(str(CASE), ["X980002"], id="a referral"),
    pytest.param("X98", [], id="half a CRN"),
    pytest.param("Patience", [], id="a name"),
]


@pytest.mark.parametrize(("typed", "crns"), SEARCHES)
def test_the_trail_is_searched_by_person_or_referral(
    typed: str, crns: list[str], as_persona: AsPersona
) -> None:
    client = as_persona("admin")
    audit.record(AuditAction.RISK_VIEWED, by=None, crn="X980001")
    audit.record(AuditAction.RISK_VIEWED, by=None, crn="X980002", referral=CASE)
    found = rows(client, f"{TRAIL}?q={typed}")
    assert len(found) == len(crns)
    assert all(crn in row for crn, row in zip(crns, found, strict=True))


def test_the_trail_is_filtered_by_what_happened(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    audit.record(AuditAction.RISK_VIEWED, by=None)
    audit.record(AuditAction.RISK_EDITED, by=None, outcome=AuditEvent.Outcome.REFUSED)
    assert len(rows(client, f"{TRAIL}?action__exact=risk.viewed")) == 1
    (refused,) = rows(client, f"{TRAIL}?outcome__exact=REFUSED")
    assert "Edited a section" in refused
    event = AuditEvent.objects.get(action=AuditAction.RISK_EDITED)
    assert client.get(f"{TRAIL}{event.pk}/change/").status_code == 200


@pytest.mark.parametrize("url", READ_ONLY)
def test_nobody_adds_changes_or_deletes(url: str, as_persona: AsPersona) -> None:
    client = as_persona("admin")
    audit.record(AuditAction.RISK_VIEWED, by=None)
    outbox.enqueue("nobody.knows", key="a", referral=CASE)
    record(a_disclosure(by=User.objects.get(username="pp")))
    Feedback.objects.create(rating="SATISFIED", form_key=uuid4())
    model = {TRAIL: AuditEvent, DISCLOSURES: DisclosureEvent, OUTBOX: OutboxEntry}.get(url, Feedback)
    pk = model.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert client.get(f"{url}add/").status_code == 403
    assert client.post(f"{url}{pk}/change/", {}).status_code == 403
    assert client.post(f"{url}{pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(url, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    assert model.objects.filter(pk=pk).exists()


def test_an_administrator_has_an_entry_tried_again(
    as_persona: AsPersona, django_capture_on_commit_callbacks
) -> None:
    told: list[str] = []
    outbox.handler("tests.tell")(lambda entry: told.append(entry.key))
    client = as_persona("admin")
    outbox.enqueue("tests.tell", key="a", referral=CASE)
    entry = OutboxEntry.objects.get(key="a")
    OutboxEntry.objects.update(state=OutboxEntry.State.GIVEN_UP)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(OUTBOX, {"action": "try_again", "_selected_action": [entry.pk]})
    del outbox.HANDLERS["tests.tell"]
    assert told == ["a"]
    event = AuditEvent.objects.get(action=AuditAction.OUTBOX_RETRIED)
    assert (event.referral, event.facts) == (CASE, {"kind": "tests.tell"})
    assert event.user is not None
    assert event.user.username == "admin"


@pytest.mark.parametrize("action", ["try_again", "dismiss"])
def test_what_was_delivered_is_neither_tried_again_nor_dismissed(as_persona: AsPersona, action: str) -> None:
    outbox.enqueue("tests.tell", key="told", referral=CASE)
    OutboxEntry.objects.update(state="DELIVERED")
    chosen = {"action": action, "_selected_action": [*OutboxEntry.objects.values_list("pk", flat=True)]}

    answer = as_persona("admin").post(OUTBOX, chosen, follow=True).content.decode()

    assert "None of these messages is waiting." in answer
    assert OutboxEntry.objects.get().state == "DELIVERED"


def test_an_administrator_dismisses_an_entry_with_a_reason_and_the_next_for_ndelius_goes_on(
    as_persona: AsPersona, django_capture_on_commit_callbacks
) -> None:
    told: list[str] = []
    outbox.handler("tests.tell", receiver=NDELIUS)(lambda entry: told.append(entry.key))
    client = as_persona("admin")
    for key in ("first", "second", "elsewhere"):
        outbox.enqueue("tests.tell", key=key, referral=CASE if key != "elsewhere" else uuid4())
    OutboxEntry.objects.filter(key="first").update(state="GIVEN_UP", last_failure="Rejected")
    OutboxEntry.objects.filter(key="elsewhere").update(
        claimed_until=timezone.now() + outbox.CLAIM, attempts=1
    )
    first = OutboxEntry.objects.get(key="first")
    chosen = {
        "action": "dismiss",
        "_selected_action": [*OutboxEntry.objects.exclude(key="second").values_list("pk", flat=True)],
    }

    listed = client.get(OUTBOX).content.decode()
    asked = client.post(OUTBOX, chosen).content.decode()
    unanswered = client.post(OUTBOX, {**chosen, "confirmed": "yes", "reason": " "}).content.decode()
    assert "nDelius did not accept this" in listed
    assert "Later updates for the same referral will go on" in asked
    assert "This field is required" in unanswered
    assert not AuditEvent.objects.filter(action=AuditAction.OUTBOX_DISMISSED).exists()
    assert told == []

    answered = {**chosen, "confirmed": "yes", "reason": "Entered there by hand."}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(OUTBOX, answered, follow=True).content.decode()
        client.post(OUTBOX, answered)
    del outbox.HANDLERS["tests.tell"]

    first.refresh_from_db()
    assert (first.state, first.dismissed_because) == ("DISMISSED", "Entered there by hand.")
    assert first.dismissed_by is not None
    assert first.dismissed_by.username == "admin"
    assert told == ["second"]
    assert "1 message dismissed" in answer
    assert "because we are sending it now" in answer
    assert OutboxEntry.objects.get(key="elsewhere").state == "WAITING", "a worker is at it"
    event = AuditEvent.objects.get(action=AuditAction.OUTBOX_DISMISSED)
    assert (event.referral, event.facts) == (CASE, {"kind": "tests.tell"})
    client.post(OUTBOX, {"action": "try_again", "_selected_action": [first.pk]})
    first.refresh_from_db()
    assert first.state == "DISMISSED", "what followed was told already"


def test_every_kind_of_failure_has_words() -> None:
    kinds = {kind.__name__ for kind in vars(failures).values() if isinstance(kind, type)}
    upstream = {name for name in kinds if issubclass(getattr(failures, name), failures.UpstreamFailure)}
    mail = {kind.__name__ for kind in smtplib.SMTPException.__subclasses__()} - {"SMTPNotSupportedError"}

    assert (upstream - {"UpstreamFailure"}) | mail <= WORDS.keys()


def test_people_have_their_audience_and_their_providers(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    manager = User.objects.get(username="sp.manager")
    answer = client.get(f"/admin/accounts/user/{manager.pk}/change/")
    page = BeautifulSoup(answer.content, "html5lib")
    audience = page.select_one("select[name=audience] option[selected]")
    provider = page.select_one("select[name=memberships-0-provider] option[selected]")
    assert (audience["value"], provider.get_text()) == ("SUPPLIER", "Harrowgate Pathways")
    assert client.get("/admin/accounts/user/add/").status_code == 200
    assert client.get("/admin/accounts/provider/").status_code == 200


def test_nobody_is_deleted(as_persona: AsPersona) -> None:
    client = as_persona("admin")
    colleague = User.objects.get(username="pp.colleague")
    assert client.post(f"/admin/accounts/user/{colleague.pk}/delete/", {"post": "yes"}).status_code == 403


# --- The disclosure record ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("x980001", 1, id="a CRN"),
        pytest.param(str(CASE), 1, id="a referral"),
        pytest.param("SP.Caseworker", 1, id="who opened it"),
        pytest.param("", 2, id="everything"),
        pytest.param("X980003", 0, id="somebody else's CRN"),
        pytest.param("Harbour", 0, id="a name"),
    ],
)
def test_the_disclosure_record_is_searched_by_person_referral_or_user(
    typed: str, number: int, as_persona: AsPersona, personas: dict[str, User]
) -> None:
    client = as_persona("admin")
    ours = a_disclosure(by=personas["sp.caseworker"], crn="X980001", referral=CASE)
    record(ours)
    record(replace(ours, by=personas["pp"], crn="X980002", referral=UUID(int=8)))

    assert len(rows(client, f"{DISCLOSURES}?q={typed}")) == number


def test_the_disclosure_record_is_searched_by_reference_number(as_persona: AsPersona) -> None:
    case = received()
    (row,) = rows(as_persona("admin"), f"{DISCLOSURES}?q={case.reference.lower()}")

    assert case.reference in row


def test_an_entry_shows_its_parts_and_hashes_and_no_text(as_persona: AsPersona) -> None:
    case = received()
    entry = DisclosureEvent.objects.get(referral=case.pk)
    shown = as_persona("admin").get(f"{DISCLOSURES}{entry.pk}/change/")

    assert shown.status_code == 200
    text = shown.content.decode()
    assert entry.hash in text
    assert "risk.suicide" in text
    for private in ("River", "Rushy Glen", "Staff who visit alone", "settled housing", "07700 900001"):
        assert private not in text
