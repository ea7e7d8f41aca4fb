"""Twenty posts at the same moment: one effect where there may be one, and nothing lost where there are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.kept_text.posted import PAGE_FIELD
from accounts.models import User
from events import outbox
from events.models import AuditAction, AuditEvent, OutboxEntry
from interventions.models import Contract
from monitoring.models import ReceivedReferral, ShareVersion
from referrals.actions.send_referral import send_referral
from referrals.models import KeptText, Referral
from referrals.sensitive_details.undecided import count_undecided
from risk.models import Declaration, RiskInformation, RiskSection, SectionKey, SectionState
from tests.concurrency.conftest import AtOnce, Posts
from tests.factories.referrals import a_declared_draft, a_draft, an_answered_draft
from tests.stories.referring import Practitioner, filled_in
from upstream_stub import adapter

AsPersona = Callable[[str], Client]
TIMES = 20
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="needs PostgreSQL (DATABASE_URL): SQLite lets one writer in at a time, so nothing happens at once",
    ),
]


def test_sent_twenty_times_it_is_one_referral(
    as_persona: AsPersona, personas: dict[str, User], posts: Posts
) -> None:
    draft = a_declared_draft(personas["pp"])

    left = {"left_undecided": str(count_undecided(draft, draft.created_by).total)}  # as named on the page before
    answers = posts(as_persona("pp"), reverse("referrals:send", args=[draft.pk]), [left] * TIMES)

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("referrals:sent", args=[draft.pk]))
    }
    received = ReceivedReferral.objects.unscoped().get()
    sent = Referral.objects.get(pk=draft.pk)
    assert (sent.received, sent.reference) == (received, received.reference)
    assert ShareVersion.objects.unscoped().count() == 1
    entries = [*OutboxEntry.objects.values_list("kind", "state")]
    assert len(entries) == len(dict(entries)) == 2, "nDelius and the team's mailbox, each once"
    assert set(dict(entries).values()) == {OutboxEntry.State.DELIVERED}
    assert list(adapter.state().referrals) == [str(draft.pk)]
    recorded = Counter(AuditEvent.objects.values_list("action", flat=True))
    for action in (AuditAction.REFERRAL_SENT, AuditAction.REFERRAL_RECEIVED, AuditAction.RISK_SHARED):
        assert recorded[action] == 1


def test_different_referrals_sent_at_once_get_different_references(
    personas: dict[str, User], at_once: AtOnce
) -> None:
    drafts = [
        a_declared_draft(personas["pp"], crn=crn) for crn in ("X980010", "X980026", "X980011", "X980001") * 3
    ]

    references = at_once(
        [lambda draft=draft: send_referral(draft=draft, by=personas["pp"]).reference for draft in drafts]
    )

    assert len(set(references)) == len(drafts)


def test_confirmed_twenty_times_it_is_one_draft(as_persona: AsPersona, posts: Posts) -> None:
    practitioner = Practitioner(as_persona("pp"))
    contract = Contract.objects.get(reference="DEMO_0001")
    start = reverse("referrals:start", args=[contract.pk])
    confirm = practitioner.post(start, {"crn": "X980010"})["Location"]
    form = filled_in(practitioner.open(confirm))

    answers = posts(practitioner.client, confirm, [form] * TIMES)

    draft = Referral.objects.get()
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("referrals:tasks", args=[draft.pk]))
    }
    assert RiskInformation.objects.count() == 1
    assert RiskSection.objects.count() == 8
    assert draft.services.count() == 1


def test_what_one_tab_types_is_kept_once(
    as_persona: AsPersona, personas: dict[str, User], posts: Posts
) -> None:
    practitioner = Practitioner(as_persona("pp"), str(an_answered_draft(personas["pp"]).pk))
    address = practitioner.address("additional-needs")
    form = filled_in(practitioner.open(address)) | {PAGE_FIELD: address}

    typed = [form | {"additional_needs": f"Typed for the {number}th time."} for number in range(TIMES)]
    answers = posts(practitioner.client, reverse("accounts:keep_typed_text"), typed)

    assert {answer.status_code for answer in answers} == {200}
    assert KeptText.objects.get().revision == TIMES


def test_twenty_edits_of_one_section_are_all_in_its_history(
    as_persona: AsPersona, personas: dict[str, User], posts: Posts
) -> None:
    draft = an_answered_draft(personas["pp"])
    url = reverse("referrals:risk_section", args=[draft.pk, SectionKey.SUICIDE.slug])
    texts = [f"Version {number}." for number in range(TIMES)]

    answers = posts(as_persona("pp"), url, [{"text": text, "do": "save"} for text in texts])

    assert {answer.status_code for answer in answers} == {302}
    section = RiskSection.objects.get(risk=draft.risk, key=SectionKey.SUICIDE)
    changes = list(section.changes.order_by("number"))
    assert [change.number for change in changes] == list(range(1, TIMES + 1))
    assert [change.state_before for change in changes] == [SectionState.UNREVIEWED] + [
        SectionState.EDITED
    ] * (TIMES - 1)
    assert sorted([*(change.text_before for change in changes[1:]), section.text]) == sorted(texts)


@pytest.mark.parametrize("page", ["one section", "all sections"])
def test_of_twenty_tabs_one_saves_and_the_others_are_told(
    as_persona: AsPersona, personas: dict[str, User], posts: Posts, page: str
) -> None:
    """Two tabs: the second save is told what changed. Also when both are pressed at the same moment."""
    draft = a_declared_draft(personas["pp"])
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))
    if page == "one section":
        url, box = practitioner.address("risk_section", "suicide"), "text"
        form = filled_in(practitioner.open(url)) | {"do": "save"}
    else:
        url, box = practitioner.address("risk_edit"), "suicide"
        opened = practitioner.open(url)
        form = filled_in(opened, opened.select_one("form:has(textarea)")) | {
            "do": "save",
            "understood": "YES",
        }

    answers = posts(practitioner.client, url, [form | {box: f"Tab {number}."} for number in range(TIMES)])

    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: TIMES - 1}
    section = RiskSection.objects.get(risk=draft.risk, key=SectionKey.SUICIDE)
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 302)
    assert (section.text, section.changes.count()) == (f"Tab {winner}.", 1)
    for number, answer in enumerate(answers):
        if number != winner:
            assert f"Tab {number}." in answer.content.decode(), "what was typed comes back"
            assert f"Tab {winner}." in answer.content.decode(), "beside what was saved"


def test_twenty_declarations_leave_one_standing(
    as_persona: AsPersona, personas: dict[str, User], posts: Posts
) -> None:
    draft = an_answered_draft(personas["pp"], crn="X980026")
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))
    url = practitioner.address("risk_information")
    page = practitioner.open(url)
    form = filled_in(page, page.select_one("form:has(input[name=edit])")) | {
        "edit": "NO",
        "understood": "YES",
    }

    answers = posts(practitioner.client, url, [form] * TIMES)

    assert {answer.status_code for answer in answers} == {302}
    assert Declaration.objects.filter(risk=draft.risk, voided_at=None).count() == 1


def test_an_edit_and_a_send_at_once_never_share_what_was_not_declared(
    as_persona: AsPersona, personas: dict[str, User], at_once: AtOnce
) -> None:
    """Whoever is first: either the declared text went out, or the edit voided the declaration and nothing did."""
    signed_in = as_persona("pp")
    for turn in range(6):
        draft = a_declared_draft(personas["pp"], crn="X980026")
        edit, send = (Client(), Client())
        left = {"left_undecided": str(count_undecided(draft, draft.created_by).total)}
        for client in (edit, send):
            client.cookies.update(signed_in.cookies)
        section = reverse("referrals:risk_section", args=[draft.pk, "who-is-at-risk"])
        edited, sent = at_once(
            [
                lambda: edit.post(section, {"text": f"Undeclared {turn}.", "do": "save"}),  # noqa: B023
                lambda: send.post(reverse("referrals:send", args=[draft.pk]), left),  # noqa: B023
            ]
        )
        shared = ShareVersion.objects.unscoped().filter(received__key=draft.pk).first()
        assert (edited.status_code, sent.status_code) in {(302, 403), (410, 302), (403, 302)}
        assert (shared is not None) == (sent.status_code == 302)
        assert shared is None or "Undeclared" not in shared.who_is_at_risk_text
        left = RiskSection.objects.filter(risk=draft.risk).exclude(text="", source_text="")
        assert left.exists() == (sent.status_code == 403), "once sent, no text is left on this side"


def test_several_workers_at_one_entry_deliver_it_once(personas: dict[str, User], at_once: AtOnce) -> None:
    draft = a_draft(personas["pp"])
    told: list[str] = []
    outbox.handler("tests.tell")(lambda entry: told.append(entry.key))
    try:
        entry = OutboxEntry.objects.create(kind="tests.tell", key="once", referral=draft.pk)
        later = timezone.now() + timedelta(seconds=1)

        won = at_once([lambda: outbox.deliver_entry(entry.pk, now=later)] * 8)
    finally:
        del outbox.HANDLERS["tests.tell"]

    assert (won.count(True), told) == (1, ["once"])
