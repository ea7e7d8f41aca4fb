"""What the supplier has not submitted is on no page of the practitioner's: drafts of plans, feedback and reports.

Every text of a draft is a word found nowhere else. Walks the addresses: a page that is added tomorrow is read tomorrow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import EndOfServiceReport, Feedback, OutcomeAchievement, PlanActivity, ReceivedReferral
from referrals.models import Referral
from tests.addresses import addresses
from tests.architecture.test_routes import STAGES
from tests.factories.monitoring_work import rows_in_addresses
from tests.factories.referrals import a_sent_referral

SignIn = Callable[[str], Client]
WORD = "quillwort"
#: Rows of drafts, by how they are found among those of a case.
DRAFTS: dict[type[models.Model], dict[str, Any]] = {
    PlanActivity: {"plan__submitted_at": None},
    Feedback: {"submitted_at": None},
    OutcomeAchievement: {"report__submitted_at": None},
    EndOfServiceReport: {"submitted_at": None},
}


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    """Kept log records of refusals hold their frames, and collecting those takes longer than the test."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def cases(personas: dict[str, User]) -> list[Referral]:
    """Two cases that hold every kind of draft, each text with the word in it."""
    sent = []
    for stage in ("delivering", "reporting"):
        sent.append(a_sent_referral(personas["pp"], crn="X980017"))
        received = ReceivedReferral.objects.unscoped().get(pk=sent[-1].received_id)
        STAGES[stage](received, personas["sp.caseworker"])
    for model, unsubmitted in DRAFTS.items():
        texts = [field.name for field in model._meta.fields if isinstance(field, models.TextField)]
        drafts = model.objects.unscoped().filter(**unsubmitted)  # type: ignore[attr-defined]
        assert texts
        assert drafts.update(**dict.fromkeys(texts, WORD)), model
    return sent


def _read(
    client: Client, space: str, parts_of: Callable[[Referral], dict[str, Any]], cases: list[Referral]
) -> list[str]:
    """The pages that show the word, of all that can be asked for with these parts and opened."""
    showing, opened = [], 0
    for name, pattern in addresses():
        for case in cases if name.startswith(space) else ():
            for number in (1, 2, 3):  # versions, sessions, outcomes
                parts = {**parts_of(case), "number": number, "place": number}
                if not set(pattern.converters) <= parts.keys():
                    continue
                answer = client.get(
                    reverse(name, kwargs={part: parts[part] for part in pattern.converters})
                )
                opened += answer.status_code == 200
                if WORD in answer.content.decode():
                    showing.append(name)
    assert opened > 20
    return showing


@pytest.mark.thorough
def test_no_draft_is_on_a_page_of_the_practitioners(cases: list[Referral], as_persona: SignIn) -> None:
    def parts(case: Referral) -> dict[str, Any]:
        assert case.received is not None
        return {"referral_id": case.pk, **rows_in_addresses(case.received)}

    assert _read(as_persona("pp"), "referrals:", parts, cases) == []


@pytest.mark.thorough
def test_the_supplier_reads_each_of_them(cases: list[Referral], as_persona: SignIn) -> None:
    """Else the test before would show nothing."""

    def parts(case: Referral) -> dict[str, Any]:
        assert case.received is not None
        return {"received_id": case.received_id, **rows_in_addresses(case.received)}

    showing = set(_read(as_persona("sp.caseworker"), "monitoring:", parts, cases))

    assert {
        "monitoring:change_activity",
        "monitoring:feedback",
        "monitoring:report_outcome",
        "monitoring:report_further_information",
    } <= showing
