"""A value that cannot be read is shown as not known, with a note, and everything else is there (decision W6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from monitoring.handover import labels
from referrals.models import Referral
from tests.stories.referring import Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault
from upstream_stub.people.everyone import PEOPLE

AsPersona = Callable[[str], Client]
CRN = "X980001"


def text_of(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _says(path: str, body: dict[str, Any]) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=path, status=200, body=body))


def test_bad_values_of_each_system_cost_themselves(as_persona: AsPersona) -> None:
    # Given a draft
    me = Practitioner(as_persona("pp")).starts(CRN)
    # and a practitioner whose email and PDU cannot be read
    officer = {"name": {"forename": "PATIENCE", "surname": "OKONJO"}, "email": ["p@example.com"], "pdu": 4}
    _says("/responsible-officer$", {"communityManager": officer})
    me.answers_where()
    case: Any = PEOPLE[CRN].case

    # When nDelius sends a sex, an address and an email that cannot be read, and the rest as ever
    contact = {**case["contactDetails"], "mainAddress": ["4 Tern Court"], "emailAddress": {}}
    _says("/details$", {**case, "gender": ["Male"], "contactDetails": contact, "profile": {}})
    me.client.get(me.address("resume"))
    shown = text_of(me.open(me.address("personal-details")))

    # Then they are not known, which is not the same as not found, and the mobile number is there
    assert (
        "nDelius sent details that we cannot read: sex, email address and last known address. They are shown as "
        "“Not known”. Check them in nDelius."
    ) in shown
    draft = Referral.objects.get()
    assert (draft.sex, draft.unread_in_ndelius) == ("", ["address_lines", "email", "sex"])
    assert shown.count("Not known") >= 3
    assert draft.mobile in shown
    assert "Ethnicity Not found" in shown

    # And a sentence with an end date that cannot be read can be chosen
    _says(
        "/convictions$",
        {
            "convictions": [
                {"id": 17, "sentence": {"expectedEndDate": "soon"}, "mainOffence": {"category": "Burglary"}},
                {"id": "19", "mainOffence": {"category": "Theft"}},
            ]
        },
    )
    shown = text_of(me.open(me.address("relevant-sentence")))
    assert "nDelius sent details of sentences that we cannot read." in shown
    assert "Burglary" in shown
    assert f"{labels.SENTENCE_ENDS}: not known" in shown
    assert "Theft" not in shown

    # And the practitioner is named all the same
    shown = text_of(me.open(me.address("practitioner")))
    assert "Patience Okonjo" in shown
    assert (
        "cannot read: email address and probation delivery unit (PDU). They are shown as “Not known”."
        in shown
    )
