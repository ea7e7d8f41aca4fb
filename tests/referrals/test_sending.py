"""Sending: refused until everything is complete and declared; once, whatever is pressed; nDelius told later, once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from demo import referrals as demo
from events import outbox
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import Gone, Refused
from events.tasks import deliver, sweep
from interventions.models import Contract, ContractType
from monitoring.actions.receive_referral import REFERRAL_RECEIVED
from monitoring.handover.acceptance import REFERENCE
from monitoring.handover.seal import seal
from monitoring.models import ReceivedReferral, ShareVersion
from referrals.actions.send_referral import DRAWS, NDELIUS_REFERRAL, send_referral
from referrals.handover import reference_number
from referrals.models import ChosenService, KeptText, Referral
from risk.actions import change_section as changing
from risk.models import Declaration, RiskSection, RiskSnapshot, SectionKey
from tests.factories.referrals import a_declared_draft, a_sent_referral, an_answered_draft
from tests.factories.rows import set_on_each
from tests.stories.referring import Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
OnCommit = Callable[..., AbstractContextManager[Any]]
State = OutboxEntry.State
WAITING = "Waiting to update nDelius"


@pytest.fixture
def pp(personas: dict[str, User], settings: Any) -> User:
    settings.UPSTREAM_BACKOFF = 0
    return personas["pp"]


@pytest.fixture
def draft(pp: User) -> Referral:
    """Complete and declared."""
    return a_declared_draft(pp)


def _sent() -> list[ReceivedReferral]:
    return list(ReceivedReferral.objects.unscoped())


# --- What sending does -------------------------------------------------------------------------------


def test_a_complete_and_declared_draft_is_sent(pp: User, draft: Referral) -> None:
    at = timezone.now()

    sent = send_referral(draft=draft, by=pp, at=at)

    (received,) = _sent()
    assert (sent.received, sent.reference, sent.sent_at) == (received, received.reference, at)
    assert (received.key, received.crn, received.sent_by) == (draft.pk, "X980010", "Patience Okonjo")
    share = received.current_share()
    assert (share.number, share.declared_by) == (1, "Patience Okonjo")
    assert share.content_hash == Declaration.objects.get(risk=draft.risk, voided_at=None).content_hash
    assert share.handover_hash == seal(received.as_handover(share))


def test_sending_takes_few_statements(pp: User, draft: Referral) -> None:
    """Everything is read once, under the locks; 90 was what it took when each check read for itself."""
    with CaptureQueriesContext(connection) as asked:
        send_referral(draft=draft, by=pp)

    assert len(asked) <= 40, [one["sql"][:100] for one in asked]
    read = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    of_tables = Counter(re.search(r'FROM "(\w+)"', one)[1] for one in read)  # type: ignore[index]
    assert {name: times for name, times in of_tables.items() if times > 1} == {}


def test_what_sending_hands_back_holds_nothing_that_it_deleted(pp: User, draft: Referral) -> None:
    draft.oasys_needs = {"needs": ["What OASys said."]}
    draft.save()

    sent = send_referral(draft=draft, by=pp)

    assert sent.oasys_needs is None
    assert {(one.source_text, one.text) for one in sent.risk.sections.all()} == {("", "")}
    assert sent.risk.purged_at == sent.sent_at


def test_sending_is_recorded_from_end_to_end(pp: User, draft: Referral) -> None:
    before = set(AuditEvent.objects.values_list("pk", flat=True))

    sent = send_referral(draft=draft, by=pp)

    events = AuditEvent.objects.exclude(pk__in=before)
    assert {(event.action, event.referral, event.user) for event in events} == {
        (AuditAction.REFERRAL_RECEIVED, sent.received_id, pp),
        (AuditAction.RISK_SHARED, sent.received_id, pp),
        (AuditAction.DISCLOSURE_RECORDED, sent.received_id, pp),
        (AuditAction.RISK_SOURCE_PURGED, sent.pk, pp),
        (AuditAction.REFERRAL_SENT, sent.pk, pp),
    }


def test_the_source_text_is_deleted_and_its_hashes_stay(pp: User, draft: Referral) -> None:
    changing.edit_section(risk=draft.risk, key=SectionKey.SUICIDE, text="In other words.", by=pp)
    demo.declare(draft, pp)
    KeptText.objects.create(referral=draft, user=pp, path="/somewhere", fields={"text": ["Typed."]})
    hashes = dict(draft.risk.sections.values_list("key", "source_hash"))

    sent = send_referral(draft=draft, by=pp)

    sections = RiskSection.objects.filter(risk=sent.risk)
    assert {(one.source_text, one.source_answer, one.text) for one in sections} == {("", "", "")}
    assert {one.key: one.source_hash for one in sections} == hashes
    assert not any(change.text_before for one in sections for change in one.changes.all())
    snapshot = RiskSnapshot.objects.get(risk=sent.risk)
    assert (snapshot.levels_in_community, snapshot.levels_in_custody) == ({}, {})
    assert snapshot.assessed_at is not None
    assert not KeptText.objects.exists()
    sent.refresh_from_db()
    assert sent.oasys_needs is None


def test_the_answers_are_kept_as_they_read_without_the_risk_text(pp: User, draft: Referral) -> None:
    words = [
        text
        for section in draft.risk.in_order()
        for text in (section.source_text, section.text)
        if text.strip()
    ]
    assert len(words) > 5

    sent = send_referral(draft=draft, by=pp)

    kept = json.dumps(sent.answers_as_sent, ensure_ascii=False)
    assert not [text for text in words if text in kept or text[:40] in kept]
    assert not [name for name in ("Vellacott", "Milo", "Fosse") if name in kept]
    read = {one["label"]: one["value"] for one in sent.answers_as_sent}
    assert read["Responsibility for sharing"] == "Declared"
    assert read["Maximum number of enforceable days"] == "12"
    assert read["Religion or belief"] == "Not shared with the service provider"


# --- What refuses to be sent -------------------------------------------------------------------------


def _forget(**columns: Any) -> Callable[[Referral, User], None]:
    return lambda draft, by: _update(draft, **columns)


def _update(draft: Referral, **columns: Any) -> None:
    Referral.objects.filter(pk=draft.pk).update(**columns)


def _no_outcomes(draft: Referral, by: User) -> None:
    draft.services.get().outcomes.clear()


def _no_complexity(draft: Referral, by: User) -> None:
    ChosenService.objects.filter(referral=draft).update(complexity_level=None)


def _void(draft: Referral, by: User) -> None:
    changing.void_declaration(draft.risk)


def _edit(draft: Referral, by: User) -> None:
    changing.edit_section(risk=draft.risk, key=SectionKey.SUICIDE, text="After all.", by=by)


def _remove(draft: Referral, by: User) -> None:
    changing.remove_section(risk=draft.risk, key=SectionKey.SUICIDE, by=by)


def _write_past_the_actions(draft: Referral, by: User) -> None:
    """The declaration stands, the content is another: only the hash can tell."""
    section = RiskSection.objects.filter(risk=draft.risk, key=SectionKey.WHO_IS_AT_RISK)
    set_on_each(section, source_text="Somebody else.")


def _forge_the_hash(draft: Referral, by: User) -> None:
    Declaration.objects.filter(risk=draft.risk).update(content_hash="0" * 64)


YESTERDAY = timezone.localdate() - timedelta(days=1)
REFUSED = [
    pytest.param(_forget(practitioner_name=""), "probation practitioner’s details", id="no practitioner"),
    pytest.param(_forget(back_up_email=""), "back-up contact", id="no back-up contact"),
    pytest.param(
        _forget(withheld_personal_fields=None), "personal details", id="personal details not reviewed"
    ),
    pytest.param(_forget(criminogenic_needs=None), "criminogenic needs", id="no criminogenic needs"),
    pytest.param(_forget(additional_needs=None), "additional needs", id="additional needs not answered"),
    pytest.param(_forget(accessibility_needs=None), "accessibility needs", id="accessibility not answered"),
    pytest.param(_forget(needs_interpreter=None), "interpreter", id="interpreter not answered"),
    pytest.param(_forget(needs_interpreter=True), "interpreter", id="an interpreter without a language"),
    pytest.param(_forget(has_responsibilities=None), "responsibilities", id="responsibilities not answered"),
    pytest.param(_forget(when_unavailable=""), "responsibilities", id="responsibilities without times"),
    pytest.param(_forget(diversity=None), "diversity", id="diversity not answered"),
    pytest.param(_forget(sentence_id=None), "sentence", id="no sentence"),
    pytest.param(_no_outcomes, "desired outcomes", id="no outcomes"),
    pytest.param(_no_complexity, "complexity level", id="no complexity level"),
    pytest.param(_forget(enforceable_days=None), "days", id="no enforceable days"),
    pytest.param(_forget(completion_date=None), "completed by", id="no completion date"),
    pytest.param(_forget(completion_date=YESTERDAY), "completed by", id="the date has passed"),
    pytest.param(_forget(reason_for_referral=""), "Reason for referral", id="no reason"),
    pytest.param(_forget(further_information=""), "further information", id="no further information"),
    pytest.param(_void, "OASys risk information", id="not declared"),
    pytest.param(_edit, "OASys risk information", id="edited after the declaration"),
    pytest.param(_remove, "OASys risk information", id="removed after the declaration"),
    pytest.param(_write_past_the_actions, "OASys risk information", id="the content is not the declared one"),
    pytest.param(_forge_the_hash, "OASys risk information", id="the hash is not the content’s"),
]


@pytest.mark.parametrize(("spoil", "says"), REFUSED)
def test_what_is_missing_is_named_and_nothing_is_sent(
    pp: User, draft: Referral, spoil: Callable[[Referral, User], None], says: str
) -> None:
    spoil(draft, pp)

    with pytest.raises(Refused) as refusal:
        send_referral(draft=draft, by=pp)

    assert says in refusal.value.reason
    _nothing_happened(draft)


def _nothing_happened(draft: Referral) -> None:
    assert _sent() == []
    assert not OutboxEntry.objects.exists()
    draft.refresh_from_db()
    assert (draft.sent_at, draft.reference, draft.answers_as_sent) == (None, "", None)
    assert RiskSection.objects.filter(risk=draft.risk).exclude(source_text="").exists()
    assert draft.oasys_needs is not None


def test_a_hash_that_does_not_match_is_refused_by_redaction_itself(
    pp: User, draft: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two locks: were the journey to think that all is declared, the redaction still refuses."""
    _write_past_the_actions(draft, pp)
    monkeypatch.setattr("referrals.journey.store.is_declared", lambda risk: True)

    with pytest.raises(Refused, match="not_declared") as refusal:
        send_referral(draft=draft, by=pp)

    assert "changed after you took responsibility" in refusal.value.reason
    _nothing_happened(draft)


def test_a_contract_that_closed_meanwhile_takes_nothing(pp: User, draft: Referral) -> None:
    Contract.objects.filter(pk=draft.contract_id).update(closes_on=YESTERDAY)

    with pytest.raises(Gone):
        send_referral(draft=draft, by=pp)

    _nothing_happened(draft)


def test_nobody_sends_somebody_elses_draft(personas: dict[str, User], draft: Referral) -> None:
    for name in ("pp.colleague", "sp.manager", "admin"):
        with pytest.raises(Refused, match="not_author"):
            send_referral(draft=draft, by=personas[name])
    _nothing_happened(draft)


def test_a_refusal_says_why_on_its_page_and_is_recorded(as_persona: AsPersona, pp: User) -> None:
    draft = an_answered_draft(pp)
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))

    practitioner.post(practitioner.address("send"), {}, 403)

    assert "Still to do: OASys risk information" in practitioner.pages[-1].get_text()
    event = AuditEvent.objects.latest("at")
    assert (event.action, event.outcome, event.referral) == (AuditAction.ACCESS_REFUSED, "REFUSED", draft.pk)
    assert event.facts["code"] == "incomplete"
    _nothing_happened(draft)


def test_a_failure_half_way_leaves_nothing_behind(
    pp: User, draft: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supplier has all of it or nothing, and the practitioner still has the draft."""

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(outbox, "enqueue_all", fails)

    with pytest.raises(RuntimeError):
        send_referral(draft=draft, by=pp)

    _nothing_happened(draft)
    assert not ShareVersion.objects.unscoped().exists()


# --- The reference number ------------------------------------------------------------------------------

LOOK_ALIKES = [
    pytest.param("KW5219AC", False, id="an ordinary one"),
    pytest.param("KW0219OC", True, id="zero and O"),
    pytest.param("KW1219IC", True, id="one and I"),
    pytest.param("SW5219AC", True, id="five and S"),
    pytest.param("BW8219AC", True, id="eight and B"),
    pytest.param("KW2219SC", False, id="S without a five"),
    pytest.param("BW2219AC", False, id="B without an eight"),
    pytest.param("KW8219AC", False, id="an eight without B"),
]


@pytest.mark.parametrize(("reference", "is_confusing"), LOOK_ALIKES)
def test_which_references_look_like_another(reference: str, is_confusing: bool) -> None:
    assert reference_number.confusing(reference) == is_confusing


def test_every_contract_type_has_good_references(personas: dict[str, User]) -> None:
    """Decision F9, for what is drawn and for what the supplier's side accepts."""
    suffixes = set(ContractType.objects.values_list("reference_suffix", flat=True))
    assert len(suffixes) > 4
    for suffix in suffixes:
        drawn = {reference_number.draw(suffix) for _ in range(200)}
        assert len(drawn) > 190
        for reference in drawn:
            assert re.fullmatch(rf"[A-HJ-NP-Z]{{2}}[0-9]{{4}}{suffix}", reference)
            assert REFERENCE.fullmatch(reference)
            assert not reference_number.confusing(reference)


def test_a_confusing_draw_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("SW5219" + "KW5219")
    monkeypatch.setattr(reference_number.secrets, "choice", lambda choices: next(letters))

    assert reference_number.draw("ac") == "KW5219AC"


def test_a_reference_that_is_taken_is_drawn_again(
    pp: User, draft: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = a_sent_referral(pp, crn="X980026").reference
    drawn = iter([taken, taken, "KW5219AC"])
    monkeypatch.setattr(reference_number, "draw", lambda suffix: next(drawn))

    sent = send_referral(draft=draft, by=pp)

    assert sent.reference == "KW5219AC"
    assert {one.reference for one in _sent()} == {taken, "KW5219AC"}


def test_without_a_free_reference_nothing_is_sent_and_trying_again_works(
    pp: User, draft: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = a_sent_referral(pp, crn="X980026")
    draws = []
    with monkeypatch.context() as patch:
        patch.setattr(reference_number, "draw", lambda suffix: draws.append(suffix) or other.reference)
        with pytest.raises(Refused, match="no_reference"):
            send_referral(draft=draft, by=pp)
    assert len(draws) == DRAWS
    draft.refresh_from_db()
    assert draft.sent_at is None
    assert [one.pk for one in _sent()] == [other.received_id]

    assert send_referral(draft=draft, by=pp).is_sent


# --- Once, whatever is pressed -----------------------------------------------------------------------------


def test_two_tabs_give_one_referral_and_the_same_confirmation(
    as_persona: AsPersona, draft: Referral, django_capture_on_commit_callbacks: OnCommit
) -> None:
    tabs = [Practitioner(as_persona("pp"), str(draft.pk)) for _ in range(2)]
    for tab in tabs:
        tab.open(tab.address("check_answers"))

    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            tab.sends()["Location"] if number == 0 else tab.post(tab.address("send"), {})["Location"]
            for number, tab in enumerate((*tabs, tabs[0]))
        ]

    assert set(answers) == {reverse("referrals:sent", args=[draft.pk])}
    (received,) = _sent()
    assert ShareVersion.objects.unscoped().count() == 1
    assert sorted(OutboxEntry.objects.values_list("kind", flat=True)) == [REFERRAL_RECEIVED, NDELIUS_REFERRAL]
    assert AuditEvent.objects.filter(action=AuditAction.REFERRAL_SENT).count() == 1
    assert len(_told()) == 1
    for tab in tabs:
        assert received.reference in tab.open(answers[0]).get_text()


def test_sending_again_changes_nothing_not_even_the_time(pp: User, draft: Referral) -> None:
    first = send_referral(draft=draft, by=pp)

    again = send_referral(draft=draft, by=pp, at=timezone.now() + timedelta(days=1))

    assert (again.pk, again.reference, again.sent_at) == (first.pk, first.reference, first.sent_at)
    assert len(_sent()) == 1


def test_a_sent_referral_cannot_be_changed_any_more(as_persona: AsPersona, pp: User) -> None:
    sent = a_sent_referral(pp)
    practitioner = Practitioner(as_persona("pp"), str(sent.pk))
    before = Referral.objects.filter(pk=sent.pk).values().get()

    for name in (
        "tasks",
        "check_answers",
        "preview",
        "risk_information",
        "risk_edit",
        "enforceable-days",
        "resume",
    ):
        practitioner.open(practitioner.address(name), 410)
    practitioner.post(practitioner.address("enforceable-days"), {"enforceable_days": "5"}, 410)
    practitioner.post(practitioner.address("risk_section", "suicide"), {"do": "revert"}, 410)
    practitioner.post(practitioner.address("delete_draft"), {}, 410)

    assert Referral.objects.filter(pk=sent.pk).values().get() == before


# --- nDelius is told later, once -----------------------------------------------------------------------------


def _told() -> list[Any]:
    """What nDelius was told and took, by its own journal."""
    return [call for call in adapter.state().calls("ndelius", "/referrals") if call.status == 204]


def _ndelius_is_down(**fault: Any) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius", method="PUT", status=503, **fault))


def _ndelius_is_back() -> None:
    adapter.state().faults.clear()


@pytest.fixture
def sends(pp: User, django_capture_on_commit_callbacks: OnCommit) -> Callable[[Referral], Referral]:
    """Sends with the background work that follows at once."""

    def send(draft: Referral) -> Referral:
        with django_capture_on_commit_callbacks(execute=True):
            return send_referral(draft=draft, by=pp)

    return send


def test_ndelius_is_told_what_it_needs_and_no_more(
    draft: Referral, sends: Callable[[Referral], Referral]
) -> None:
    sent = sends(draft)

    (call,) = _told()
    assert call.path == "/probation-case/X980010/referrals"
    assert call.body["referralId"] == str(sent.pk)
    assert call.body["contractType"] == "ACC"
    assert call.body["sentenceId"] == sent.sentence_id
    assert call.body["notes"] == (
        f"Accommodation referral {sent.reference} to Harrowgate Pathways.\n"
        f"{reverse('referrals:case', args=[sent.pk])}"
    )


def test_while_ndelius_is_down_the_referral_is_sent_and_says_so_until_it_knows(
    as_persona: AsPersona, draft: Referral, django_capture_on_commit_callbacks: OnCommit
) -> None:
    # Given nDelius refuses to be written to
    _ndelius_is_down()
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))

    # When the practitioner sends
    with django_capture_on_commit_callbacks(execute=True):
        confirmation = practitioner.sends()["Location"]

    # Then it is sent, the supplier has it, and list and case say what is still to come
    (received,) = _sent()
    assert received.reference in practitioner.open(confirmation).get_text()
    assert (
        received.reference
        in as_persona("sp.caseworker").get(reverse("monitoring:all_cases")).content.decode()
    )
    assert WAITING in practitioner.open(reverse("referrals:cases")).get_text()
    assert WAITING in practitioner.open(practitioner.address("case")).get_text()
    entry = OutboxEntry.objects.get(kind=NDELIUS_REFERRAL)
    assert (entry.state, entry.attempts, entry.last_failure) == (State.WAITING, 1, "Unavailable")

    # And when nDelius is back, the sweep tells it, once, and the pages no longer say so
    _ndelius_is_back()
    _the_next_try_is_due()
    assert sweep() == 1
    assert sweep() == 0
    assert len(_told()) == 1
    assert WAITING not in practitioner.open(reverse("referrals:cases")).get_text()
    assert WAITING not in practitioner.open(practitioner.address("case")).get_text()
    assert AuditEvent.objects.filter(action=AuditAction.NDELIUS_UPDATED, referral=draft.pk).count() == 1


def _the_next_try_is_due() -> None:
    OutboxEntry.objects.update(next_attempt_at=timezone.now())


def test_a_delivery_that_is_repeated_is_taken_once(
    draft: Referral, sends: Callable[[Referral], Referral]
) -> None:
    sent = sends(draft)
    entry = OutboxEntry.objects.get(kind=NDELIUS_REFERRAL)

    deliver.delay(str(entry.pk))
    assert len(_told()) == 1

    # Also when nDelius took it and our worker died before it could note so: nDelius knows the referral by its id.
    OutboxEntry.objects.filter(pk=entry.pk).update(state=State.WAITING, claimed_until=None)
    assert sweep() == 1
    assert len(_told()) == 2
    assert list(adapter.state().referrals) == [str(sent.pk)]
    assert [call.body for call in _told()][0] == [call.body for call in _told()][1]


def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(
    draft: Referral, sends: Callable[[Referral], Referral]
) -> None:
    """nDelius did it and the connection broke: the outcome is unknown, so it is told again, and takes it once."""
    adapter.state().faults.append(Fault(Effect.RESET, system="ndelius", method="PUT", times=3))

    sent = sends(draft)
    assert OutboxEntry.objects.get(kind=NDELIUS_REFERRAL).state == State.WAITING

    _the_next_try_is_due()
    assert sweep() == 1
    assert list(adapter.state().referrals) == [str(sent.pk)]


def test_a_worker_that_dies_between_claim_and_delivery_loses_nothing(pp: User, draft: Referral) -> None:
    send_referral(draft=draft, by=pp)
    entry = OutboxEntry.objects.get(kind=NDELIUS_REFERRAL)
    now = timezone.now()
    assert outbox._claim(entry.pk, now) is not None  # … and here it dies

    assert sweep() == 1, "the email to the team, which waits for nothing"
    assert _told() == []
    assert outbox.due(now + outbox.CLAIM - timedelta(seconds=1)) == []
    later = now + outbox.CLAIM + timedelta(seconds=1)
    assert outbox.due(later) == [entry.pk]
    assert outbox.deliver_entry(entry.pk, now=later)
    assert len(_told()) == 1


def test_without_a_queue_the_referral_is_sent_all_the_same(
    as_persona: AsPersona,
    draft: Referral,
    django_capture_on_commit_callbacks: OnCommit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The practitioner is not told of a failure after everything was kept; the sweep delivers."""
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))

    def is_away(*args: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(deliver, "delay", is_away)
        practitioner.sends()
        assert len(_sent()) == 1
    assert (OutboxEntry.objects.get(kind=NDELIUS_REFERRAL).state, _told()) == (State.WAITING, [])

    assert sweep() == 2, "with the email to the team"
    assert len(_told()) == 1


def test_what_was_given_up_waits_for_an_administrator_and_their_try_again_works(
    as_persona: AsPersona, draft: Referral, pp: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    _ndelius_is_down()
    send_referral(draft=draft, by=pp)
    entry = OutboxEntry.objects.get(kind=NDELIUS_REFERRAL)
    now = timezone.now()
    outbox.deliver_entry(entry.pk, now=now)
    outbox.deliver_entry(entry.pk, now=now + timedelta(hours=25))
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))
    assert "An administrator needs to fix this" in practitioner.open(practitioner.address("case")).get_text()
    assert sweep() == 1, "the email to the team, which waits for nothing"
    assert _told() == []

    _ndelius_is_back()
    chosen = {"action": "try_again", "_selected_action": [str(entry.pk)]}
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_persona("admin").post(reverse("admin:events_outboxentry_changelist"), chosen)

    assert answer.status_code == 302
    entry.refresh_from_db()
    assert entry.state == State.DELIVERED
    assert len(_told()) == 1
    assert AuditEvent.objects.filter(action=AuditAction.OUTBOX_RETRIED, referral=draft.pk).count() == 1


def test_a_contract_type_that_ndelius_cannot_map_is_the_administrators(
    pp: User, draft: Referral, sends: Callable[[Referral], Referral]
) -> None:
    """nDelius breaks on it every time; the referral is sent and kept, the entry tells of the kind of failure only."""
    ContractType.objects.filter(pk=draft.contract.contract_type_id).update(code="NEW")

    sends(draft)

    entry = OutboxEntry.objects.get(kind=NDELIUS_REFERRAL)
    assert (entry.state, entry.last_failure) == (State.WAITING, "ServerFault")


def test_the_outbox_row_carries_ids_only(pp: User, draft: Referral) -> None:
    sent = send_referral(draft=draft, by=pp)

    assert [entry.payload for entry in OutboxEntry.objects.all()] == [{}, {}]
    entry = OutboxEntry.objects.get(kind=NDELIUS_REFERRAL)
    assert entry.key == f"ndelius.referral:{sent.pk}"
    assert UUID(str(entry.referral)) == sent.pk != uuid4()


def test_the_team_is_told_by_email_with_a_link_and_no_word_of_the_case(pp: User, draft: Referral) -> None:
    sent = send_referral(draft=draft, by=pp)
    assert sent.received is not None

    for _ in range(2):
        assert outbox.HANDLERS[REFERRAL_RECEIVED](OutboxEntry.objects.get(kind=REFERRAL_RECEIVED)) is None

    email = mail.outbox[0]
    assert email.to == [sent.contract.incoming_email]
    assert reverse("monitoring:referral_details", args=[sent.received_id]) in email.body
    private = (sent.first_name, sent.last_name, sent.crn, sent.received.reference)
    assert not [word for word in private if word in email.subject + email.body]


def test_pages_promise_of_source_text_only_what_holds(
    personas: dict[str, User], as_persona: AsPersona
) -> None:
    """Deleted for whoever signs in, from sending on; older backups are told of (decision 22)."""
    draft = a_declared_draft(personas["pp"])
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))
    before = practitioner.open(practitioner.address("check_answers")).get_text()
    practitioner.sends()
    after = practitioner.open(practitioner.address("sent")).get_text()
    privacy = practitioner.open(reverse("accounts:privacy")).get_text()

    for page in (before, after, privacy):
        words = " ".join(page.split())
        assert "After that, no one who signs in can read it." in words
        assert "could still read it in an older backup, until they replace the key" in words
