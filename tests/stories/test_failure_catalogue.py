"""What other systems can do to a page, row by row: what the user sees, how often it was tried, and what was saved.

The rows are those of the catalogue of failures of the live service, by number; what each says here is ours.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from events.models import OutboxEntry
from integrations.transport import close_breakers
from interventions.models import Contract
from referrals.models import Referral
from risk.models import OasysOutcome, RiskInformation
from tests.factories.outbox import deliver_all
from tests.factories.referrals import (
    ACCOMMODATION,
    a_declared_draft,
    a_draft,
    a_sent_referral,
    an_answered_draft,
)
from tests.pages import assert_page
from tests.stories.referring import Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
#: A read that may pass by itself is tried so often; all else once.
AGAIN, ONCE, WITH_A_NEW_TOKEN = 3, 1, 2
TELL = "Tell the support team of nDelius."


@dataclass
class World:
    """A practitioner with a draft, one whose person is in custody, one to send, and a sent referral."""

    client: Client
    barred: Client
    draft: Referral
    in_custody: Referral
    to_send: Referral
    sent: Referral

    def get(self, name: str, referral: Referral | None = None) -> HttpResponse:
        args = [referral.pk] if referral else []
        return self.client.get(reverse(f"referrals:{name}", args=args), follow=True)

    def post(self, name: str, referral: Referral) -> HttpResponse:
        return self.client.post(reverse(f"referrals:{name}", args=[referral.pk]), follow=True)

    def looks_up(self, crn: str, client: Client | None = None) -> HttpResponse:
        start = reverse("referrals:start", args=[Contract.objects.get(reference=ACCOMMODATION).pk])
        return (client or self.client).post(start, {"crn": crn}, follow=True)

    def sends(self) -> HttpResponse:
        Practitioner(self.client, str(self.to_send.pk)).sends()
        deliver_all()
        return self.get("case", self.to_send)


def _draft_is_as_it_was(world: World) -> bool:
    kept = Referral.objects.get(pk=world.draft.pk)
    same = (
        "first_name",
        "ethnicity",
        "person_pulled_at",
        "sentence_id",
        "practitioner_name",
        "establishment",
    )
    return Referral.objects.count() == 4 and all(
        getattr(kept, one) == getattr(world.draft, one) for one in same
    )


def _oasys_outcome(outcome: OasysOutcome) -> Callable[[World], bool]:
    """How OASys was of no use is kept; no snapshot is."""

    def is_kept(world: World) -> bool:
        risk = RiskInformation.objects.get(pk=world.in_custody.pk)
        return (risk.last_outcome, risk.oasys_snapshot) == (outcome, None)

    return is_kept


def _is_sent_and_waits(world: World) -> bool:
    entry = OutboxEntry.objects.get(kind="ndelius.referral", referral=world.to_send.pk)
    return Referral.objects.get(pk=world.to_send.pk).sent_at is not None and (
        entry.state,
        entry.attempts,
    ) == (
        OutboxEntry.State.WAITING,
        1,
    )


@dataclass(frozen=True)
class Row:
    """One failure. ``tried``: how often the system was asked at ``path``."""

    number: str
    fault: Fault | None
    does: Callable[[World], HttpResponse]
    status: int
    says: str
    path: str
    tried: int
    saved: Callable[[World], bool] = _draft_is_as_it_was


def _status(path: str, status: int, body: Any = None) -> Fault:
    return Fault(Effect.STATUS, path_regex=path, status=status, body=body)


DETAILS, SENTENCES, OFFICER = "/details$", "/convictions$", "/responsible-officer$"
RISK, MANAGED, ACCESS = "^/risks/", "/managed-cases$", "/access$"
PRISONS, HOMES, PRISONER = "^/prisons/names", "^/api/agencies", "^/prisoner/"


def _risk(world: World) -> HttpResponse:
    return world.get("risk_information", world.in_custody)


ROWS = (
    Row("1", None, lambda w: w.looks_up("X989999"), 422,
        "No person with this CRN was found in nDelius.", DETAILS, ONCE),
    Row("2 silent", _status(DETAILS, 503), lambda w: w.looks_up("X980001"), 422,
        "nDelius is not answering, so we cannot look up this CRN. Nothing is lost. Try again in a few minutes",
        DETAILS, AGAIN),
    Row("2 refused", _status(DETAILS, 403), lambda w: w.looks_up("X980001"), 422,
        "nDelius does not permit this, so we cannot look up this CRN.", DETAILS, ONCE),
    Row("3", None, lambda w: w.looks_up("X980017", w.barred), 403,
        "You are excluded from viewing this person", DETAILS, 0),
    Row("5", _status(DETAILS, 404), lambda w: w.get("case", w.sent), 200, "Kezia Brackenridge", DETAILS, 0),
    Row("6", _status(DETAILS, 503), lambda w: w.get("resume", w.draft), 200,
        "nDelius is not answering, so these are the personal details from the last time we checked. Try again",
        DETAILS, AGAIN),
    Row("6 gone", _status(DETAILS, 404), lambda w: w.get("resume", w.draft), 200,
        "nDelius no longer has this CRN, so these are the personal details from the last time we checked.",
        DETAILS, ONCE),
    Row("7", _status(SENTENCES, 200, {"convictions": []}), lambda w: w.get("relevant-sentence", w.draft), 200,
        "nDelius shows no active sentence for this person.", SENTENCES, ONCE),
    Row("8 gone", _status(SENTENCES, 404), lambda w: w.get("relevant-sentence", w.draft), 200,
        "nDelius no longer has this CRN, so you cannot select a sentence.", SENTENCES, ONCE),
    Row("8 broken", _status(SENTENCES, 500), lambda w: w.get("relevant-sentence", w.draft), 200,
        "nDelius could not answer because of a fault, so you cannot select a sentence now. Try again in a few",
        SENTENCES, AGAIN),
    Row("9 bad data", _status(OFFICER, 200, {"communityManager": 7}),
        lambda w: w.post("practitioner_pull", w.draft), 200,
        f"an answer that we cannot read, so we could not fill in the probation practitioner’s details. {TELL}",
        OFFICER, ONCE),
    Row("10", _status("^/users/.*/details$", 404), lambda w: w.get("case", w.sent), 200, "Kezia", DETAILS, 0),
    Row("11 refused", _status(RISK, 403), _risk, 200, "You do not have permission to see this person’s OASys record.",
        RISK, ONCE, _oasys_outcome(OasysOutcome.NOT_PERMITTED)),
    Row("13", _status(RISK, 500), _risk, 200, "OASys cannot be reached, so we could not fill anything in",
        RISK, AGAIN, _oasys_outcome(OasysOutcome.UNREACHABLE)),
    Row("13 question", _status(RISK, 400), _risk, 200, "OASys did not accept our question about this person",
        RISK, ONCE, _oasys_outcome(OasysOutcome.REFUSED)),
    Row("14", Fault(Effect.HANG, path_regex=RISK), _risk, 200, "OASys took too long to answer, so we could not",
        RISK, AGAIN, _oasys_outcome(OasysOutcome.TOO_SLOW)),
    # What the prison records say is kept for an hour: silence before an answer.
    Row("17 silent", _status(PRISONER, 503), lambda w: w.get("establishment", w.in_custody), 200,
        "Prison records are not answering, so we could not fill this in for you. Try again in a few minutes.",
        PRISONER, AGAIN),
    Row("17", _status(PRISONER, 404), lambda w: w.get("establishment", w.in_custody), 200,
        "Prison records do not have this person’s prison number.", PRISONER, ONCE),
    Row("16 prisons", _status(PRISONS, 503), lambda w: w.get("establishment", w.in_custody), 200,
        "The prison register is not answering, so the list of establishments is incomplete. Try again in a few",
        PRISONS, AGAIN),
    Row("16 homes", _status(HOMES, 401), lambda w: w.get("establishment", w.in_custody), 200,
        "did not accept our sign-in, so the list of establishments is incomplete.", HOMES, WITH_A_NEW_TOKEN),
    Row("26", _status(MANAGED, 403), lambda w: w.get("cases"), 200,
        f"nDelius does not permit this, so we can only show referrals you sent yourself. {TELL}", MANAGED, ONCE),
    Row("27", Fault(Effect.HANG, path_regex=MANAGED), lambda w: w.get("cases"), 200,
        "nDelius took too long to answer, so we can only show referrals you sent yourself. Try again in a minute.",
        MANAGED, AGAIN),
    Row("access", _status(ACCESS, 503), lambda w: w.get("case", w.sent), 503,
        "nDelius is not answering, so we cannot check whether you may see this person.", ACCESS, AGAIN),
    Row("access bad data", _status(ACCESS, 200, {"access": 7}), lambda w: w.get("case", w.sent), 503,
        "nDelius sent an answer that we cannot read, so we cannot check whether you may see this person.",
        ACCESS, ONCE),
    Row("access listed", _status(ACCESS, 503), lambda w: w.get("drafts"), 200,
        "nDelius is not answering, so we cannot check if you may see every person. 3 drafts are not shown.",
        ACCESS, AGAIN),
    Row("12", _status(RISK, 200, {"summary": {}}), _risk, 200, "OASys has no assessment of this person completed",
        RISK, ONCE, lambda w: RiskInformation.objects.get(pk=w.in_custody.pk).oasys_snapshot is not None),
    Row("20", _status("/referrals$", 503), lambda w: w.sends(), 200, "Waiting to update nDelius.", "/referrals$", AGAIN,
        _is_sent_and_waits),
)  # fmt: skip

#: Rows that are a table elsewhere, because they need a case further on.
ELSEWHERE = {
    "9": "tests.referrals.test_practitioner_details",
    "11 not found": "tests.stories.test_oasys_answers",
    "22": "tests.stories.test_branches",
    "23": "tests.monitoring.test_appointment_deliveries",
    "24": "tests.monitoring.test_appointment_deliveries",
    "25": "tests.integrations.test_appointments",
    "28": "tests.architecture.test_routes",
    "29": "tests.stories.test_signed_out",
    "31": "tests.events.test_outbox",
    "34": "tests.referrals.test_bad_input",
}
#: Rows of systems that this service does not call, or of what it keeps itself.
NOT_ASKED = {
    "4": "what was looked up is recorded in our own database",
    "15": "what was shared is kept here",
    "18": "caseworkers are accounts of ours",
    "19": "names of users are kept here",
    "21": "what was shared is kept here",
    "30": "accounts are ours",
    "32": "nothing is published to other systems",
    "33": "drafts are rows, and are not lost after a day",
    "35": "names of authors are kept here",
}


@pytest.fixture
def world(as_persona: AsPersona, personas: dict[str, User], settings: Settings) -> World:
    settings.UPSTREAM_BACKOFF = 0
    pp = personas["pp"]
    in_custody = a_draft(pp, crn="X980012")
    Referral.objects.filter(pk=in_custody.pk).update(has_practitioner=True, location="CUSTODY")
    sent = a_sent_referral(pp)
    deliver_all()
    return World(
        client=as_persona("pp"),
        barred=as_persona("pp.barred"),
        draft=an_answered_draft(pp),
        in_custody=in_custody,
        to_send=a_declared_draft(pp),
        sent=sent,
    )


@pytest.mark.slow
def test_each_failure_is_said_and_loses_nothing(world: World, settings: Settings) -> None:
    for row in ROWS:
        cache.clear()
        close_breakers()
        adapter.reset()
        limits = (1, 0.1, 0.1) if row.fault and row.fault.effect is Effect.HANG else (10, 20, 20)
        settings.NDELIUS_TIMEOUTS = settings.OASYS_TIMEOUTS = limits
        adapter.state().faults += [row.fault] if row.fault else []

        response = row.does(world)

        said = " ".join(assert_page(response, row.status).get_text(" ").split())
        assert row.says in said, (row.number, said)
        calls = [call for call in adapter.state().calls() if _is_at(call.path, row.path)]
        assert len(calls) == row.tried, row.number
        assert row.saved(world), row.number


def _is_at(path: str, pattern: str) -> bool:
    return Fault(Effect.STATUS, path_regex=pattern).meets("", "", path, frozenset())


def test_every_row_of_the_catalogue_is_somewhere() -> None:
    numbers = {name.partition(" ")[0] for name in [*(row.number for row in ROWS), *ELSEWHERE, *NOT_ASKED]}
    assert numbers >= {str(number) for number in range(1, 36)}
    for module in ELSEWHERE.values():
        importlib.import_module(module)
