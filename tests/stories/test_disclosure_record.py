"""A complaint is answered from the disclosure record alone: who shared what with whom, and who opened it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral
from tests.flushing import triggers_lifted
from tests.pages import assert_page
from tests.stories.referring import Practitioner


@pytest.mark.slow
def test_a_complaint_is_answered_from_the_disclosure_record(
    as_persona: Callable[[str], Client], personas: dict[str, User]
) -> None:
    # Given a practitioner who sent a referral, with one section of risk information removed
    practitioner = Practitioner(as_persona("pp")).starts("X980010").answers_all_but_risk()
    practitioner.reviews_risk()
    practitioner.presses("suicide", "remove")
    for section in practitioner.draft.risk.in_order():
        if section.needs_decision and section.state == "UNREVIEWED":
            practitioner.presses(section.section_key.slug, "none")
    practitioner.declares()
    practitioner.sends()
    received = ReceivedReferral.objects.unscoped().get()

    # And two people at the service provider who opened it, one of them twice
    for persona in ("sp.caseworker", "sp.caseworker", "sp.manager"):
        details = reverse("monitoring:referral_details", args=[received.pk])
        assert_page(as_persona(persona).get(details))

    # When somebody asks what was shared, and who has seen it
    record = practitioner.open(practitioner.address("case_disclosures"))
    cards = [card.get_text(" ", strip=True) for card in record.select(".govuk-summary-card")]

    # Then the record says it, the newest first: each person once a day
    manager, caseworker, shared = cards
    assert personas["sp.manager"].display_name in manager
    assert personas["sp.caseworker"].display_name in caseworker
    assert f"Shared by {personas['pp'].display_name}" in shared
    information, nothing = shared.split("Information shared ")[1].split("No information shared ")
    assert "Reason for referral" in information
    assert "Concerns in relation to suicide" in nothing
    assert "Concerns in relation to suicide" not in information

    # And the same as a file
    file = practitioner.client.get(practitioner.address("download_disclosures"))
    rows = [*csv.DictReader(io.StringIO(file.content.decode()))]
    assert [row["entry"] for row in rows] == ["1", "2", "3"]

    # And it can be shown that nobody changed it
    said = StringIO()
    call_command("verify_disclosures", stdout=said)
    assert said.getvalue() == "Referrals checked: 1. Entries: 3.\n"

    # But when somebody who can write to the database takes an entry out
    if connection.vendor == "postgresql":
        connection.check_constraints()  # what waits to be checked would keep the triggers from being lifted
    with triggers_lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_disclosureevent WHERE number = 2")
        connection.check_constraints()

    # Then it is missed
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_disclosures", stdout=said)
    assert f"{received.pk}, entry 2: missing" in said.getvalue()
