"""Correcting a person's CRN: everything is found by the old and the new one, everything is asked by the new one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.crn_changes.models import CrnChange, FormerCrn
from events.crn_changes.numbers import current_crn
from events.crn_changes.recording import record
from events.disclosures.verifying import verify
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from events.refusals import OutOfDate, Refused
from integrations.failures import NotFound
from measurements.page_cost import statements_of
from monitoring.actions.announce import Event, announce
from monitoring.actions.as_sent import as_sent
from monitoring.deliveries.ndelius import UNKNOWN_THERE
from monitoring.handover.seal import seal
from monitoring.models import Appointment, NdeliusState, ReceivedReferral, Topic
from personal_records.actions.apply_retention import apply_retention
from personal_records.actions.export_person import export_person
from personal_records.actions.hold_person import place_hold
from personal_records.held import HELD
from personal_records.models import RetentionRule
from personal_records.reading import Person, rows_of
from referrals.actions import correct_crn as correcting
from referrals.actions.check_oasys import check_oasys
from referrals.actions.compare_facts import compare_facts
from referrals.actions.correct_crn import (
    NOT_CONFIRMED,
    NOTHING_HELD,
    catch_up,
    correct_crn,
    undo_correction,
)
from referrals.actions.correct_risk import begin_correction
from referrals.deliveries import domain_events
from referrals.models import Referral
from referrals.pulls.differences import differences_of
from referrals.pulls.facts import Moment
from risk.models import RiskInformation
from tests.conftest import Page
from tests.factories.merged import (
    NEW,
    OLD,
    SERVICE,
    a_case_merged_since,
    a_draft_merged_since,
    as_shown,
    corrected,
)
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_draft, a_draft_with_risk, a_sent_referral, an_answered_draft
from tests.monitoring.test_appointments import arrange
from upstream_stub import adapter
from upstream_stub.people.everyone import PEOPLE

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
OTHER = "X980010"  # somebody else


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    """Sent to the service provider of the demo, with a caseworker, under the CRN that is gone."""
    sent = a_case_merged_since(personas["pp"])
    assigned(ReceivedReferral.objects.unscoped().get(pk=sent.received_id), to=personas["sp.caseworker"])
    return sent


@pytest.fixture
def draft(personas: dict[str, User]) -> Referral:
    return a_draft_merged_since(personas["pp"])


@pytest.fixture
def change(case: Referral, draft: Referral, personas: dict[str, User]) -> CrnChange:
    """Corrected, beside somebody else's case and draft."""
    a_sent_referral(personas["pp"], crn=OTHER, contract=SERVICE)
    a_draft(personas["pp"], crn=OTHER)
    return corrected(personas["admin"])


def _received(referral: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(key=referral.pk)


def _fresh(referral: Referral) -> Referral:
    return Referral.objects.select_related("received", "risk").get(pk=referral.pk)


# --- Where a person is found ----------------------------------------------------------------------


def _search(who: str, name: str, *args: str) -> Callable[[SignIn, Page, str], str]:
    """What a search in a list shows."""

    def found(as_persona: SignIn, page: Page, crn: str) -> str:
        client, url = as_persona(who), reverse(name, args=args)
        answer = client.post(url, {"terms": crn})
        return page(client, answer["Location"]).select_one("main").get_text(" ")

    return found


def _form(name: str, *args: str, **answers: str) -> Callable[[SignIn, Page, str], str]:
    """What a form that asks for a CRN leads to."""

    def found(as_persona: SignIn, page: Page, crn: str) -> str:
        client = as_persona("pp")
        answer = client.post(reverse(name, args=args), {"crn": crn} | answers)
        assert answer.status_code == 302, answer.content.decode()
        return page(client, answer["Location"]).get_text(" ")

    return found


def _in_admin(model: str) -> Callable[[SignIn, Page, str], str]:
    def found(as_persona: SignIn, page: Page, crn: str) -> str:
        answer = as_persona("admin").get(f"/admin/{model}/", {"q": crn})
        return re.sub(r"<[^>]+>", " ", answer.content.decode().split('id="result_list"')[-1])

    return found


def _exported(as_persona: SignIn, page: Page, crn: str) -> str:
    file = io.BytesIO()
    export_person(crn=crn, by=User.objects.get(username="admin"), to=file)  # type: ignore[arg-type]
    with ZipFile(file) as archive:
        return json.dumps(json.loads(archive.read(f"{crn}.json")), ensure_ascii=False)


CONTRACT = "1"
#: The place, how it is asked, and what it shows, whichever number was typed. "now": that the old one is another now.
PLACES = [
    pytest.param(_search("pp", "referrals:case_list", "open"), "case new now", id="a practitioner's cases"),
    pytest.param(_search("pp", "referrals:case_list", "completed"), "elsewhere", id="a practitioner's other list"),
    pytest.param(_search("pp", "referrals:drafts"), "name new now", id="a practitioner's drafts"),
    pytest.param(
        _search("sp.caseworker", "monitoring:case_list", "open"), "case new now", id="a service provider's cases"
    ),
    pytest.param(_search("sp.manager", "monitoring:case_list", "completed"), "elsewhere", id="their other list"),
    pytest.param(_form("referrals:open_by_crn", reason="I cover."), "case new now", id="opening a case by CRN"),
    pytest.param(_form("referrals:start", CONTRACT), "name new now", id="starting from a service"),
    pytest.param(_form("referrals:find_person"), "name new now", id="starting from the person"),
    pytest.param(_in_admin("monitoring/receivedreferral"), "case", id="administrators: referrals"),
    pytest.param(_in_admin("monitoring/shareversion"), "case", id="administrators: share versions"),
    pytest.param(_in_admin("events/auditevent"), "old new", id="administrators: audit trail"),
    pytest.param(_in_admin("events/disclosureevent"), "old new", id="administrators: disclosure record"),
    pytest.param(_in_admin("events/crnchange"), "old new", id="administrators: corrections"),
    pytest.param(_exported, "case name old new", id="subject access export"),
]  # fmt: skip


@pytest.mark.parametrize("typed", [pytest.param(OLD, id="old"), pytest.param(NEW, id="new")])
@pytest.mark.parametrize(("ask", "shows"), PLACES)
def test_a_person_is_found_by_the_old_and_the_new_crn(
    as_persona: SignIn,
    page: Page,
    case: Referral,
    draft: Referral,
    change: CrnChange,
    ask: Callable[[SignIn, Page, str], str],
    shows: str,
    typed: str,
) -> None:
    words = {
        "case": case.reference,
        "name": "Sundaram-Pike",
        "old": OLD,
        "new": NEW,
        "now": f"CRN {OLD} is now {NEW}." if typed == OLD else NEW,
        "elsewhere": "Show 1 case in",
    }

    shown = " ".join(ask(as_persona, page, typed).split())

    assert [word for word in shows.split() if words[word] not in shown] == []
    somebody_else = Referral.objects.filter(crn=OTHER).exclude(reference="").get()
    assert somebody_else.reference not in shown
    assert somebody_else.last_name not in shown


@pytest.mark.parametrize("typed", [OLD, NEW])
def test_both_numbers_export_the_same_rows(
    case: Referral, draft: Referral, change: CrnChange, personas: dict[str, User], typed: str
) -> None:
    person = Person.with_crn(typed)

    assert person.numbers == {OLD, NEW}
    assert {*person.referrals} == {case.pk, draft.pk}
    assert person.cases == [case.received_id]
    rows = {held.label: rows_of(held, person).count() for held in HELD}
    assert (rows["risk.RiskInformation"], rows["events.FormerCrn"], rows["events.CrnChange"]) == (2, 1, 1)
    assert rows["events.AuditEvent"] == AuditEvent.objects.filter(crn__in=(OLD, NEW)).count()


def test_the_person_page_has_what_began_under_either_number(
    as_persona: SignIn, page: Page, case: Referral, draft: Referral, personas: dict[str, User]
) -> None:
    beside = a_sent_referral(personas["pp"], crn=NEW, contract=SERVICE)
    corrected(personas["admin"])

    for one in (case, beside):
        shown = page(as_persona("pp"), reverse("referrals:same_person", args=[one.pk])).get_text(" ")
        assert case.reference in shown
        assert beside.reference in shown
        assert draft.contract.title in shown


@pytest.mark.parametrize("typed", [OLD, NEW])
def test_an_open_referral_is_warned_of_whichever_number_is_typed(
    as_persona: SignIn, page: Page, case: Referral, change: CrnChange, typed: str
) -> None:
    client = as_persona("pp")

    answer = client.post(reverse("referrals:start", args=[case.contract_id]), {"crn": typed})

    assert f"View referral {case.reference}" in page(client, answer["Location"]).get_text(" ")


def test_a_draft_that_is_started_by_the_old_number_has_the_new_one(
    as_persona: SignIn, page: Page, change: CrnChange
) -> None:
    client = as_persona("pp")
    client.post(reverse("referrals:start", args=[CONTRACT]), {"crn": OLD})
    confirm = reverse("referrals:confirm_person", args=[CONTRACT])
    token = page(client, confirm).select_one("input[name=person]")["value"]

    client.post(confirm, {"person": token})

    newest = Referral.objects.order_by("-created_at").first()
    assert (newest.crn, newest.first_crn, newest.risk.crn) == (NEW, "", NEW)


def test_the_page_that_started_a_draft_before_the_correction_makes_the_same_one(
    as_persona: SignIn, page: Page, personas: dict[str, User]
) -> None:
    """Pressed again: one draft, and it has the number of now."""
    client, confirm = as_persona("pp"), reverse("referrals:confirm_person", args=[CONTRACT])
    with adapter.state().before_the_merge(OLD):
        client.post(reverse("referrals:start", args=[CONTRACT]), {"crn": OLD})
        token = page(client, confirm).select_one("input[name=person]")["value"]
        client.post(confirm, {"person": token})
    corrected(personas["admin"])

    assert client.post(confirm, {"person": token}).status_code == 302

    assert [*Referral.objects.filter(sent_at=None).values_list("crn", flat=True)] == [NEW]


@pytest.mark.slow
def test_lists_read_no_more_than_before(
    as_persona: SignIn, case: Referral, draft: Referral, personas: dict[str, User]
) -> None:
    lists = [
        (as_persona("pp"), reverse("referrals:case_list", args=["open"])),
        (as_persona("pp"), reverse("referrals:drafts")),
        (as_persona("sp.caseworker"), reverse("monitoring:case_list", args=["open"])),
    ]

    def counted(typed: str) -> list[int]:
        return [
            len(statements_of(client, client.post(url, {"terms": typed})["Location"]))
            for client, url in lists
        ]

    counted(OLD)  # cases left behind are counted once a minute
    before = counted(OLD)
    corrected(personas["admin"])

    assert (counted(OLD), counted(NEW)) == (before, before)


# --- What is asked and told -------------------------------------------------------------------------


def _named_upstream() -> set[str]:
    """The CRNs in what the other systems were asked and told, of the two."""
    calls = adapter.state().journal
    asked = json.dumps([[call.path, call.body] for call in calls], default=str)
    return {crn for crn in (OLD, NEW) if crn in asked}


def _get(name: str) -> Callable[[SignIn, Referral, Referral], Any]:
    return lambda as_persona, case, draft: as_persona("pp").get(reverse(f"referrals:{name}", args=[case.pk]))


def _of_draft(name: str) -> Callable[[SignIn, Referral, Referral], Any]:
    return lambda as_persona, case, draft: as_persona("pp").get(reverse(f"referrals:{name}", args=[draft.pk]))


def _deliver(as_persona: SignIn, case: Referral, draft: Referral) -> None:
    """What was queued before the correction."""
    deliver_all()


def _compare_facts(as_persona: SignIn, case: Referral, draft: Referral) -> None:
    compare_facts(draft=_fresh(draft), by=draft.created_by, moment=Moment.ON_RESUME)


def _begin_correction(as_persona: SignIn, case: Referral, draft: Referral) -> None:
    fresh = _fresh(case)
    begin_correction(referral=fresh, by=case.created_by)


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(_get("case_progress"), id="progress: officer, access and OASys"),
        pytest.param(_get("case"), id="details"),
        pytest.param(_get("accept_practitioner"), id="another practitioner"),
        pytest.param(
            lambda as_persona, case, draft: as_persona("pp").get("/probation-practitioner/"), id="home"
        ),
        pytest.param(_begin_correction, id="a corrected version"),
        pytest.param(_of_draft("resume"), id="a draft resumed"),
        pytest.param(_of_draft("risk_information"), id="a draft's risk information"),
        pytest.param(_of_draft("relevant-sentence"), id="a draft's sentences"),
        pytest.param(_compare_facts, id="a draft compared"),
        pytest.param(_deliver, id="what was queued"),
    ],
)
def test_other_systems_are_asked_by_the_new_number_only(
    as_persona: SignIn,
    case: Referral,
    draft: Referral,
    personas: dict[str, User],
    ask: Callable[[SignIn, Referral, Referral], Any],
) -> None:
    with adapter.state().before_the_merge(OLD):
        arrange(_received(case))
        for page_of in (_get("case_progress"), _of_draft("risk_information")):
            page_of(as_persona, case, draft)  # whatever is kept by CRN, is kept
    OutboxEntry.objects.filter(kind__startswith="ndelius.").update(
        state="WAITING", next_attempt_at=timezone.now() - timedelta(minutes=1)
    )
    corrected(personas["admin"])
    adapter.state().journal.clear()

    ask(as_persona, case, draft)

    assert _named_upstream() == {NEW}


def test_bookings_that_ndelius_did_not_know_are_told_again(case: Referral, personas: dict[str, User]) -> None:
    """The referral itself was given up, the booking behind it waits; one that came through was refused."""
    received = _received(case)
    OutboxEntry.objects.filter(referral=case.pk, kind="ndelius.referral").update(state="DELIVERED")
    refused = arrange(received)
    deliver_all()
    assert Appointment.objects.unscoped().get(pk=refused.pk).ndelius_reason == UNKNOWN_THERE
    assert _received(case).booking_refused_on is not None
    entries = OutboxEntry.objects.filter(referral=case.pk, kind="ndelius.referral")
    entries.update(state="GIVEN_UP", last_failure="NotFound", delivered_at=None)

    corrected(personas["admin"])
    deliver_all()

    told = Appointment.objects.unscoped().get(pk=refused.pk)
    assert (told.ndelius_state, told.ndelius_reason) == (NdeliusState.ACCEPTED, "")
    assert _received(case).booking_refused_on is None
    assert entries.get().state == "DELIVERED"
    assert {call.path.split("/")[2] for call in adapter.state().calls("ndelius", "/referrals")[-2:]} == {NEW}


def test_what_was_given_up_for_another_reason_stays_given_up(
    case: Referral, personas: dict[str, User]
) -> None:
    entries = OutboxEntry.objects.filter(referral=case.pk, kind="ndelius.referral")
    entries.update(state="GIVEN_UP", last_failure="Rejected")

    corrected(personas["admin"])

    assert entries.get().state == "GIVEN_UP"


def test_oasys_is_compared_as_before(case: Referral, personas: dict[str, User]) -> None:
    """The CRN is part of what was hashed: levels that are the same stay so, before sending and after."""
    with adapter.state().before_the_merge(OLD):
        assert check_oasys(referral=_fresh(case), by=personas["pp"]).changed_levels == []
    corrected(personas["admin"])

    check = check_oasys(referral=_fresh(case), by=personas["pp"], at=timezone.now() + timedelta(days=1))

    assert check.answered
    assert (check.changed_sections, check.changed_levels) == ([], [])


def test_levels_of_a_draft_are_hashed_under_its_new_number(personas: dict[str, User]) -> None:
    with adapter.state().before_the_merge(OLD):
        draft = a_draft_with_risk(personas["pp"], crn=OLD)
    under_old = draft.risk.snapshot.level_hashes
    corrected(personas["admin"])

    same = a_draft_with_risk(personas["pp"], crn=NEW).risk.snapshot.level_hashes

    assert under_old
    assert _fresh(draft).risk.snapshot.level_hashes == same != under_old


def test_a_person_who_is_limited_now_disappears_from_lists(
    as_persona: SignIn, page: Page, case: Referral, draft: Referral, personas: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    barred = replace(PEOPLE[NEW], barred={"P.OKONJO": "Speak to your manager."})
    corrected(personas["admin"])
    client, lists = (
        as_persona("pp"),
        [reverse("referrals:case_list", args=["open"]), reverse("referrals:drafts")],
    )
    assert all("Sundaram-Pike" in page(client, url).get_text() for url in lists)

    monkeypatch.setitem(PEOPLE, NEW, barred)  # type: ignore[index]
    cache.clear()

    assert not any("Sundaram-Pike" in page(client, url).get_text() for url in lists)
    refused = client.get(reverse("referrals:case_progress", args=[case.pk]))
    assert refused.status_code == 403
    assert "Speak to your manager." in refused.content.decode()


# --- What was sent stays provable -------------------------------------------------------------------


def test_what_was_sent_is_proved_and_the_disclosure_record_holds(
    case: Referral, change: CrnChange, personas: dict[str, User]
) -> None:
    received = _received(case)

    assert received.crn == NEW
    assert as_sent(received).crn == OLD
    assert seal(as_sent(received)) == received.shares.get(number=1).handover_hash
    logged = received.changes.get()
    assert (logged.topic, logged.before, logged.after) == (Topic.CRN, OLD, NEW)
    assert change.reason not in logged.reason, "which the service provider reads"
    entries = DisclosureEvent.objects.filter(referral=received.pk).order_by("number")
    assert [(entry.crn, entry.reason) for entry in entries] == [
        (OLD, "Referral sent"),
        (NEW, "Referral changed"),
    ]
    assert entries.last().shared == ["identity"]
    assert verify().wrong == 0
    undo_correction(
        change=change, seen=correcting.plan_to_undo(change).seen_as, reason="Wrong.", by=personas["admin"]
    )
    assert (_received(case).crn, as_sent(_received(case)).crn) == (OLD, OLD)
    assert seal(as_sent(received)) == received.shares.get(number=1).handover_hash
    assert verify().wrong == 0


def test_the_service_provider_reads_of_it_in_the_change_log(
    as_persona: SignIn, page: Page, case: Referral, change: CrnChange
) -> None:
    client = as_persona("sp.caseworker")

    shown = page(client, reverse("monitoring:changes", args=[case.received_id])).get_text(" ")

    assert "CRN" in shown
    assert change.reason not in shown
    assert NEW in page(client, reverse("monitoring:referral_details", args=[case.received_id])).get_text(" ")


def test_other_services_hear_of_the_person_by_the_new_number(
    case: Referral, personas: dict[str, User], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DOMAIN_EVENTS_TOPIC = "arn:aws:sns:eu-west-2:000000000000:events"
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(domain_events.client, "publish", lambda _, body, *, event_id: heard.append(body))
    announce(Event.ENDED, _received(case))  # queued before the correction

    corrected(personas["admin"])
    deliver_all()

    assert {body["personReference"]["identifiers"][0]["value"] for body in heard} == {NEW}


# --- Drafts -----------------------------------------------------------------------------------------


def test_the_author_of_a_draft_is_shown_the_other_number_before_sending(personas: dict[str, User]) -> None:
    """Until they have confirmed the personal details again, whatever nDelius says of the person meanwhile."""
    with adapter.state().before_the_merge(OLD):
        draft = an_answered_draft(personas["pp"], crn=OLD)
    change = corrected(personas["admin"])

    assert [(one.key, one.before, one.after) for one in differences_of(_fresh(draft))] == [("crn", OLD, NEW)]
    compare_facts(draft=_fresh(draft), by=personas["pp"], moment=Moment.ON_CHECKING)
    assert [one.key for one in differences_of(_fresh(draft))] == ["crn"]

    seen = correcting.plan_to_undo(change).seen_as
    undo_correction(change=change, seen=seen, reason="Wrong.", by=personas["admin"])
    assert differences_of(_fresh(draft)) == [], "it is the one that they confirmed"


def test_a_draft_whose_details_nobody_confirmed_has_nothing_to_show(
    draft: Referral, change: CrnChange
) -> None:
    assert differences_of(_fresh(draft)) == []


# --- What cannot be done, and what can be undone ----------------------------------------------------


@pytest.mark.parametrize(
    ("who", "changes", "raised", "why"),
    [
        pytest.param("pp", {}, Refused, "Only an administrator", id="not an administrator"),
        pytest.param("sp.manager", {}, Refused, "Only an administrator", id="a service provider"),
        pytest.param("admin", {"reason": " "}, Refused, "Enter a reason", id="no reason"),
        pytest.param("admin", {"seen": "another"}, OutOfDate, "have changed", id="something else was shown"),
        pytest.param("admin", {"new": "X980022"}, Refused, NOT_CONFIRMED, id="another person"),
        pytest.param(
            "admin", {"new": "X980022", "confirmed": ["name"]}, Refused, NOT_CONFIRMED, id="confirmed in part"
        ),
        pytest.param("admin", {"new": "X989998"}, NotFound, "", id="nobody in nDelius"),
        pytest.param("admin", {"old": "X989998"}, Refused, NOTHING_HELD, id="no referral"),
        pytest.param("admin", {"new": OLD}, Refused, "must be different", id="itself"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(
    case: Referral,
    personas: dict[str, User],
    who: str,
    changes: dict[str, Any],
    raised: type[Exception],
    why: str,
) -> None:
    asked = {
        "old": OLD,
        "new": NEW,
        "confirmed": [],
        "reason": "Merged.",
        "seen": as_shown(),
    }
    asked |= changes

    with pytest.raises(raised) as refused:
        correct_crn(**asked, by=personas[who])

    assert why in getattr(refused.value, "reason", "")
    assert (_fresh(case).crn, _received(case).crn, CrnChange.objects.count()) == (OLD, OLD, 0)


def test_a_confirmed_difference_is_kept_with_the_correction(
    case: Referral, personas: dict[str, User]
) -> None:
    change = correct_crn(
        old=OLD, new="X980022", seen=as_shown(new="X980022"), confirmed=["name", "date_of_birth"],
        reason="Changed their name.", by=personas["admin"],
    )  # fmt: skip

    assert change.differences == ["name", "date_of_birth"]


def test_a_chain_ends_with_the_newest_number(case: Referral, personas: dict[str, User]) -> None:
    """And a wrong link in it can be taken out: what began before goes back, what began after stays."""
    beside = a_sent_referral(personas["pp"], crn=NEW, contract=SERVICE)
    first = corrected(personas["admin"])
    everything = ["name", "date_of_birth"]
    correct_crn(
        old=NEW, new="X980022", seen=as_shown(NEW, "X980022"), confirmed=everything, reason="Again.",
        by=personas["admin"],
    )  # fmt: skip
    assert [(_fresh(one).crn, _received(one).crn) for one in (case, beside)] == [("X980022", "X980022")] * 2
    assert current_crn(OLD) == current_crn(NEW) == "X980022"

    planned = correcting.plan_to_undo(first)
    assert [one.pk for one in planned.cases] == [case.pk]
    undo_correction(change=first, seen=planned.seen_as, reason="Two people.", by=personas["admin"])

    assert [(_fresh(one).crn, _received(one).crn) for one in (case, beside)] == [
        (OLD, OLD), ("X980022", "X980022"),
    ]  # fmt: skip
    assert (_fresh(case).first_crn, _fresh(beside).first_crn) == ("", NEW)
    assert (current_crn(OLD), current_crn(NEW)) == (OLD, "X980022")
    assert [change.after for change in _received(case).changes.order_by("at")] == [NEW, "X980022", OLD]


def test_undoing_leaves_what_was_begun_under_the_new_number(
    case: Referral, draft: Referral, personas: dict[str, User]
) -> None:
    change = corrected(personas["admin"])
    since = a_draft(personas["pp"], crn=NEW)

    undo_correction(
        change=change, seen=correcting.plan_to_undo(change).seen_as, reason="Wrong.", by=personas["admin"]
    )

    assert [_fresh(one).crn for one in (case, draft, since)] == [OLD, OLD, NEW]
    assert [_fresh(one).risk.crn for one in (draft, since)] == [OLD, NEW]
    undone = AuditEvent.objects.filter(action=AuditAction.CRN_CORRECTION_UNDONE).get()
    assert (undone.user, undone.crn) == (personas["admin"], NEW)


def test_after_an_undone_correction_nobody_is_exported_another_persons_rows(
    case: Referral, personas: dict[str, User]
) -> None:
    beside = a_sent_referral(personas["pp"], crn=NEW, contract=SERVICE)
    change = corrected(personas["admin"])
    begin_correction(referral=_fresh(case), by=personas["pp"])  # something recorded under the wrong number
    undo_correction(
        change=change, seen=correcting.plan_to_undo(change).seen_as, reason="Wrong.", by=personas["admin"]
    )

    for crn, own, other in ((OLD, case, beside), (NEW, beside, case)):
        person = Person.with_crn(crn)
        rows = {held.label: [*rows_of(held, person)] for held in HELD}
        assert {row.pk for row in rows["referrals.Referral"]} == {own.pk}
        events = {event.referral for event in rows["events.AuditEvent"]}
        assert own.pk in events
        assert not events & {other.pk, other.received_id}
        assert {entry.referral for entry in rows["events.DisclosureEvent"]} == {own.received_id}
        assert {risk.referral_id for risk in rows["risk.RiskInformation"]} == {own.pk}


def test_what_was_begun_at_the_moment_of_the_correction_is_caught_up_with(
    case: Referral, personas: dict[str, User]
) -> None:
    """On PostgreSQL a draft that is being started is not seen by the correction, nor the other way round."""
    change = corrected(personas["admin"])
    late = a_draft_merged_since(personas["pp"])
    RiskInformation.objects.create(crn=OLD, owner=personas["pp"], corrects=case.pk, compared_with=1)

    assert catch_up() == 2
    assert catch_up() == 0

    assert (_fresh(late).crn, _fresh(late).first_crn, _fresh(late).risk.crn) == (NEW, OLD, NEW)
    assert RiskInformation.objects.get(corrects=case.pk).crn == NEW
    assert CrnChange.objects.get() == change


def test_a_person_who_cannot_be_caught_up_with_holds_up_no_other(
    case: Referral, personas: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(personas["admin"])
    stuck, other = a_draft_merged_since(personas["pp"]), a_draft(personas["pp"], crn="X980022")
    record(
        old="X980022", new="X980019", source=CrnChange.Source.ADMINISTRATOR, reason="Merged.", by=personas["admin"],
        at=timezone.now(),
    )  # fmt: skip
    note = correcting.note_corrected_crn

    def fails_for_one(draft: Referral, *, before: str) -> None:
        if draft.pk == stuck.pk:
            raise ValueError("stuck")
        note(draft, before=before)

    monkeypatch.setattr(correcting, "note_corrected_crn", fails_for_one)

    with pytest.raises(ValueError, match="stuck"):
        catch_up()

    assert (_fresh(stuck).crn, _fresh(other).crn) == (OLD, "X980019")


def test_each_referral_and_the_correction_are_audited(
    case: Referral, draft: Referral, change: CrnChange, personas: dict[str, User]
) -> None:
    events = AuditEvent.objects.filter(action=AuditAction.CRN_CORRECTED, user=personas["admin"])

    assert {(event.referral, event.crn) for event in events} == {
        (case.received_id, NEW), (draft.pk, NEW), (None, OLD),
    }  # fmt: skip
    assert {event.facts["number"] for event in events} == {change.number}


# --- Retention --------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [None, OLD, NEW])
def test_a_hold_on_either_number_keeps_the_case(
    case: Referral, change: CrnChange, personas: dict[str, User], held: str | None
) -> None:
    RetentionRule.objects.create(kind=RetentionRule.Kind.CASE, days=1, is_on=True)
    ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(
        concluded_at=timezone.now() - timedelta(days=9), conclusion="COMPLETED"
    )
    if held:
        place_hold(crn=held, reason="A claim.", by=personas["admin"])

    applied = [*apply_retention(now=timezone.now())]

    assert len(applied) == (0 if held else 1)


def test_with_the_last_case_every_number_of_the_person_is_deleted(
    case: Referral, personas: dict[str, User]
) -> None:
    change = corrected(personas["admin"])
    RetentionRule.objects.create(kind=RetentionRule.Kind.CASE, days=1, is_on=True)
    ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(
        concluded_at=timezone.now() - timedelta(days=9), conclusion="COMPLETED"
    )

    assert [*apply_retention(now=timezone.now())]

    for held in HELD:
        left = "\n".join(str(row) for row in held.rows.values())
        assert OLD not in left, held.label
        assert NEW not in left, held.label
    change.refresh_from_db()
    assert (change.old_crn, change.new_crn, change.reason, FormerCrn.objects.count()) == ("", "", "", 0)
    assert verify().wrong == 0


# --- Administrators ---------------------------------------------------------------------------------

ADD = "/admin/events/crnchange/add/"
CHANGES = "/admin/events/crnchange/"


def _text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_an_administrator_sees_what_it_does_and_who_it_is_before_it_is_done(
    as_persona: SignIn, case: Referral, draft: Referral
) -> None:
    admin, answers = (
        as_persona("admin"),
        {"old": "x980020", "new": " X980021", "reason": "Merged in nDelius."},
    )
    arrange(_received(case))

    shown = admin.post(ADD, answers)

    assert f"From CRN {OLD} to {NEW}: 1 sent referral, 1 draft" in _text(shown)
    assert "Future appointments: 1." in _text(shown)
    assert case.reference in _text(shown)
    assert _text(shown).count("Ravi Sundaram-Pike") == 2
    assert "I have checked" not in _text(shown)
    assert not CrnChange.objects.exists()
    seen = re.search(r'name="seen" value="(\w+)"', shown.content.decode()).group(1)

    assert admin.post(ADD, answers | {"seen": seen}).status_code == 302

    change = CrnChange.objects.get()
    assert (change.old_crn, change.new_crn, change.reason, change.source) == (
        OLD, NEW, "Merged in nDelius.", CrnChange.Source.ADMINISTRATOR,
    )  # fmt: skip
    assert _fresh(draft).crn == NEW
    assert "was corrected before" in _text(admin.post(ADD, answers | {"seen": seen}))

    # And it is undone in the same way
    chosen = {"action": "undo", "_selected_action": str(change.pk)}
    shown = admin.post(CHANGES, chosen)
    assert f"From CRN {NEW} to {OLD}: 1 sent referral, 1 draft" in _text(shown)
    seen = re.search(r'name="seen" value="(\w+)"', shown.content.decode()).group(1)
    assert "This field is required" in _text(admin.post(CHANGES, chosen | {"seen": seen}))
    admin.post(CHANGES, chosen | {"seen": seen, "reason": "Two people."})
    assert (_fresh(case).crn, current_crn(OLD)) == (OLD, OLD)
    assert "This correction was undone before." in _text(admin.post(CHANGES, chosen, follow=True))


def test_a_difference_has_to_be_confirmed(as_persona: SignIn, case: Referral) -> None:
    admin, answers = as_persona("admin"), {"old": OLD, "new": "X980022", "reason": "Changed their name."}
    shown = admin.post(ADD, answers).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown).group(1)
    assert "although this is different" in shown

    refused = admin.post(ADD, answers | {"seen": seen, "confirmed": ["name"]})
    assert NOT_CONFIRMED in _text(refused)
    assert not CrnChange.objects.exists()

    assert (
        admin.post(ADD, answers | {"seen": seen, "confirmed": ["name", "date_of_birth"]}).status_code == 302
    )


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param({"old": "A1", "new": NEW}, "Enter a CRN: 1 letter and 6 numbers.", id="no CRN"),
        pytest.param({"old": OLD, "new": "X989998"}, "nDelius has no person with this CRN.", id="nobody"),
        pytest.param({"old": OLD, "new": "X980129"}, "so we cannot check the new CRN.", id="nDelius fails"),
        pytest.param({"old": "X989998", "new": NEW}, NOTHING_HELD, id="no referral"),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_checked_says_so(
    as_persona: SignIn, case: Referral, answers: dict[str, str], said: str
) -> None:
    assert said in _text(as_persona("admin").post(ADD, answers | {"reason": "Merged."}))


def test_nothing_is_shown_of_a_person_with_limited_access(as_persona: SignIn, case: Referral) -> None:
    """Administrators have no account in nDelius: whether it is the same is enough."""
    shown = _text(as_persona("admin").post(ADD, {"old": OLD, "new": "X980018", "reason": "Merged."}))

    assert "Not shown: nDelius limits who can see this person" in shown
    assert "Vaughan-Ladd" not in shown


def test_the_command_says_what_it_does_and_does_it_when_told(
    case: Referral, draft: Referral, personas: dict[str, User]
) -> None:
    def run(*args: str) -> str:
        out = io.StringIO()
        call_command("correct_crn", *args, "--by", "admin", stdout=out)
        return out.getvalue()

    dry = run(OLD, NEW)
    assert case.reference in dry
    assert "drafts: 1" in dry
    assert "Date of birth in nDelius: the same" in dry
    assert "Sundaram" not in dry
    assert "Nothing was changed" in dry
    assert not CrnChange.objects.exists()

    assert "Done: correction 1." in run(OLD, NEW, "--do", "--reason", "Merged.")
    assert CrnChange.objects.get().source == CrnChange.Source.COMMAND
    assert f"From {NEW} to {OLD}" in run("--undo", "1")
    assert "Done: correction 2." in run("--undo", "1", "--do", "--reason", "Two people.")
    assert _fresh(case).crn == OLD


@pytest.mark.parametrize(
    ("args", "why"),
    [
        pytest.param((OLD, "X980022", "--do", "--reason", "Merged."), "different", id="another person"),
        pytest.param((OLD, NEW, "--do"), "Enter a reason", id="no reason"),
        pytest.param((OLD, "X989998"), "nDelius has no person", id="nobody in nDelius"),
        pytest.param((OLD, "X980129"), "so we cannot check", id="nDelius fails"),
        pytest.param((OLD,), "Enter the old and the new CRN", id="one number"),
        pytest.param(("--undo", "7"), "no correction of this number", id="nothing to undo"),
    ],
)
def test_the_command_says_why_not(case: Referral, args: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("correct_crn", *args, "--by", "admin", stdout=io.StringIO())
    assert not CrnChange.objects.exists()
