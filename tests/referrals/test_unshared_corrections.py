"""Corrected versions that were not shared before their case ended: OASys's text goes, and their author is told."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from encryption.models import ReferralKey
from events.models import AuditAction, AuditEvent
from monitoring.models import ReceivedReferral
from referrals.actions.correct_risk import begin_correction
from referrals.models import KeptText, Referral
from referrals.tasks import end_corrections
from risk.models import RiskInformation, RiskSection
from tests.conftest import Page
from tests.factories.monitoring_delivery import with_end_requested
from tests.factories.referrals import a_sent_referral

SignIn = Callable[[str], Client]


@pytest.fixture
def case(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"])


def _end(case: Referral) -> None:
    with_end_requested(ReceivedReferral.objects.unscoped().get(pk=case.received_id))


def _texts(risk: RiskInformation) -> set[tuple[bytes, bytes]]:
    return {*RiskSection.objects.filter(risk=risk).values_list("source_text", "text")}


def _purged() -> list[tuple[UUID | None, int | None]]:
    return [
        *AuditEvent.objects.filter(action=AuditAction.RISK_SOURCE_PURGED, user=None).values_list(
            "referral", "user"
        )
    ]


def test_its_text_and_key_go_when_the_case_has_ended_and_no_other_one_does(
    case: Referral, personas: dict[str, User], as_persona: SignIn, page: Page
) -> None:
    # Given unfinished corrected versions of two cases, with text that was typed and not saved
    pp, other = personas["pp"], a_sent_referral(personas["pp"], crn="X980001")
    unshared, kept = begin_correction(referral=case, by=pp), begin_correction(referral=other, by=pp)
    for risk, of in ((unshared, case), (kept, other)):
        KeptText.objects.create(
            referral=of, key_of=risk.pk, user=pp, path=f"/{risk.pk}", fields={"text": ["Typed."]}
        )
    assert end_corrections() == 0

    # When one of the cases ends
    _end(case)
    assert end_corrections() == 1
    assert end_corrections() == 0

    # Then nothing of OASys is left of it, and the trail says so
    assert _texts(unshared) == {(b"", b"")}
    assert not ReferralKey.objects.filter(referral_id=unshared.pk).exists()
    assert not KeptText.objects.filter(key_of=unshared.pk).exists()
    unshared.refresh_from_db()
    assert (unshared.purged_at is not None, unshared.shared_as) == (True, None)
    assert _purged() == [(case.pk, None)]

    # And its author is told why, wherever they had it open
    address = reverse("referrals:correction", args=[case.pk, unshared.pk])
    for gone in (
        page(as_persona("pp"), address, status=410),
        page.post(as_persona("pp"), address, {}, status=410),
    ):
        assert "The referral ended before you shared this corrected version" in gone.main.get_text(" ")

    # And the other one is as it was
    assert _texts(kept) != {(b"", b"")}
    assert KeptText.objects.filter(key_of=kept.pk).exists()


def test_whoever_ends_the_case_is_told_before(
    case: Referral, personas: dict[str, User], as_persona: SignIn, page: Page
) -> None:
    answers = {"reason": "MOV", "comments": "Moved to York."}
    address, warning = reverse("referrals:end_case", args=[case.pk]), "a corrected version of the risk information that"
    assert warning not in page.post(as_persona("pp"), address, answers, status=200).main.get_text(" ")

    begin_correction(referral=case, by=personas["pp"])

    assert warning in page.post(as_persona("pp"), address, answers, status=200).main.get_text(" ")
