"""A referral as it was sent, written down for an administrator: to the letter, whatever happened to it since."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from monitoring.actions.amend_referral import amend_referral
from monitoring.actions.share_again import recall_share
from monitoring.models import ReceivedReferral
from monitoring.rules import amendments as new
from risk.models import SectionKey
from tests.factories.referrals import a_declared_draft, a_sent_referral

pytestmark = pytest.mark.django_db
UNSHARED = "Words about risk that were never shared"


@pytest.fixture
def case(personas: dict[str, User]) -> ReceivedReferral:
    sent = a_sent_referral(personas["pp"], crn="X980010")
    return ReceivedReferral.objects.unscoped().get(pk=sent.received_id)


def _said(case: ReceivedReferral, to: Path) -> tuple[str, dict[str, Any]]:
    out = StringIO()
    call_command("as_sent", case.reference.lower(), out=to, by="admin", stdout=out)
    written = to / f"{case.reference}.json"
    assert written.stat().st_mode & 0o077 == 0
    return out.getvalue(), json.loads(written.read_text())


def _written() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(action=AuditAction.AS_SENT_EXPORTED)


def test_it_is_as_it_was_sent_after_a_change_and_a_recall(
    case: ReceivedReferral, personas: dict[str, User], tmp_path: Path
) -> None:
    # Given a referral of which a detail was changed, and whose risk information was recalled
    pp, days = personas["pp"], case.enforceable_days
    suicide = case.current_share().suicide_text
    assert suicide
    draft = a_declared_draft(pp, crn="X980010")
    section = draft.risk.section(SectionKey.SUICIDE)
    section.state, section.text = "EDITED", UNSHARED
    section.save()
    seen = new.NewEnforceableDays.standing(case).seen_as()
    amendment, why = new.NewEnforceableDays(days - 1), "The court said so."
    amend_referral(received=case, amendment=amendment, reason=why, seen=seen, form_key=uuid4(), by=pp)
    recall_share(received=case, number=1, reason="Shared in error.", by=pp)

    # When an administrator has it written down
    said, written = _said(case, tmp_path)

    # Then it is as it was sent, which its seal shows, and nothing unshared is in it
    assert "fits the seal it got when it was sent" in said
    assert written["fits_its_seal"]
    assert written["risk_recalled_at"]
    assert written["sent"]["enforceable_days"] == days
    assert written["sent"]["risk"]["suicide"]["text"] == suicide
    assert UNSHARED not in json.dumps(written)
    event = _written().get()
    assert (event.user, event.referral, event.facts) == (personas["admin"], case.pk, {"fits_its_seal": True})

    # And what was changed outside the service is told
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(reason_for_referral="Another one")
    (tmp_path / f"{case.reference}.json").unlink()
    said, written = _said(case, tmp_path)
    assert "DOES NOT FIT" in said
    assert not written["fits_its_seal"]


def test_who_may_not_and_what_is_not_there(
    case: ReceivedReferral, personas: dict[str, User], tmp_path: Path
) -> None:
    refused = {
        "not an administrator": ({"by": "pp"}, case.reference, "This account may not export"),
        "nobody": ({"by": "nobody"}, case.reference, "There is no account"),
        "no such referral": ({}, "AB1234CD", "No referral has this reference number"),
        "no reference number": ({}, "../KW", "Enter a reference number"),
        "no such folder": ({"out": tmp_path / "none"}, case.reference, "There is no such folder"),
    }
    for situation, (options, reference, words) in refused.items():
        with pytest.raises(CommandError, match=words):
            call_command("as_sent", reference, **{"out": tmp_path, "by": "admin"} | options)
        assert [*tmp_path.iterdir()] == [], situation
    assert [event.outcome for event in _written()] == [AuditEvent.Outcome.REFUSED]

    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(blanked_at=timezone.now())
    with pytest.raises(CommandError, match="were deleted"):
        call_command("as_sent", case.reference, out=tmp_path, by="admin")
