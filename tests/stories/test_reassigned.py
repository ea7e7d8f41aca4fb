"""A case changes hands in the middle: what the first caseworker did stays, the second goes on, both sides see who."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events import outbox
from events.models import OutboxEntry
from monitoring.models import ReceivedReferral, Stage
from tests.conftest import Page
from tests.factories.monitoring_delivery import assessed
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in


@pytest.mark.slow
def test_a_case_is_reassigned_in_the_middle(
    as_persona: Callable[[str], Client], personas: dict[str, User], page: Page
) -> None:
    # Given a case that a caseworker took and assessed, with a note of theirs
    first, second = personas["sp.caseworker"], personas["sp.manager"]
    referral = a_sent_referral(personas["pp"])
    received = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    caseworker, manager, practitioner = (
        as_persona("sp.caseworker"),
        as_persona("sp.manager"),
        as_persona("pp"),
    )
    _assign(caseworker, page, received, first)
    received.refresh_from_db()
    assert received.caseworker == first
    assessed(received)
    _write(
        caseworker, page, reverse("monitoring:add_case_note", args=[received.pk]), "What I have seen so far."
    )

    # When the manager takes the case over in the middle
    _assign(manager, page, received, second)

    # Then the case stands where it stood, and the page says who has it now and who had it before
    received.refresh_from_db()
    assert (received.caseworker, received.stage) == (second, Stage.PLAN)
    progress = page(manager, reverse("monitoring:progress", args=[received.pk])).main.get_text(
        " ", strip=True
    )
    assert f"Caseworker {second.display_name}" in progress
    assert f"Case assigned to {first.display_name}" in progress
    assert f"Case reassigned to {second.display_name}" in progress
    assert "Next step Submit the action plan" in progress
    notes = page(manager, reverse("monitoring:case_notes", args=[received.pk])).main.get_text()
    assert "What I have seen so far." in notes

    # And the practitioner sees the new caseworker, to whom their note is sent
    shown = page(practitioner, reverse("referrals:case_progress", args=[referral.pk])).main.get_text(
        " ", strip=True
    )
    assert f"Caseworker {second.display_name}" in shown
    _write(practitioner, page, reverse("referrals:add_case_note", args=[referral.pk]), "Welcome.", tell="YES")
    OutboxEntry.objects.exclude(kind="email.case_note_to_caseworker").update(
        state=OutboxEntry.State.DELIVERED
    )
    assert outbox.deliver_entry(OutboxEntry.objects.get(kind="email.case_note_to_caseworker").pk)
    assert mail.outbox[-1].to == [second.email]


def _assign(client: Client, page: Page, received: ReceivedReferral, to: User) -> None:
    """Choose a colleague on the page, and confirm."""
    choose = reverse("monitoring:choose_caseworker", args=[received.pk])
    asked = filled_in(page(client, choose)) | {"caseworker": str(to.pk)}
    confirm = client.post(choose, asked)["Location"]
    done = client.post(confirm, filled_in(page(client, confirm)))
    assert done.status_code == 302
    page(client, done["Location"])


def _write(client: Client, page: Page, address: str, body: str, tell: str = "NO") -> None:
    """Write a note, check it, add it."""
    typed = {"subject": "For you", "body": body, "tell_other_side": tell}
    check = page.post(client, address, filled_in(page(client, address)) | typed, status=200)
    page.post(client, address, filled_in(check) | {"do": "save"})
