"""Changing keys while people work: what was declared, shared and recorded still holds, and nobody is signed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from encryption.declaration_keys import key_of, name_of
from events.disclosures.blanking import blank
from events.disclosures.verifying import verify
from events.models import DisclosureEvent
from monitoring.actions.as_sent import as_sent
from monitoring.actions.calendar_feed import make_feed
from monitoring.handover.seal import fits
from monitoring.models import CalendarFeed, ReceivedReferral, ShareVersion
from referrals.actions.check_oasys import check_oasys
from referrals.actions.send_referral import send_referral
from referrals.models import Referral
from referrals.sensitive_details.undecided import undecided_by_place
from risk.actions.pull_risk_information import compare_with_oasys
from risk.models import Declaration
from risk.redaction import is_declared
from tests.factories.referrals import a_declared_draft, a_sent_referral

pytestmark = pytest.mark.django_db
OLD, NEW = "o" * 50, "n" * 50
Uses = Callable[..., None]


@pytest.fixture
def uses(settings: Any) -> Uses:
    """A function that has this process use a key, and know others."""

    def restart(key: str, *known: str) -> None:
        settings.DECLARATION_KEY, settings.DECLARATION_KEY_FALLBACKS = key, [*known]
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, [*known]

    settings.COMPARISON_KEY = OLD
    restart(OLD)
    return restart


def _said() -> str:
    said = StringIO()
    call_command("declaration_keys", stdout=said)
    return said.getvalue()


# --- What was declared, shared and recorded


def test_a_draft_declared_before_is_sent_after(uses: Uses, personas: dict[str, User]) -> None:
    draft = a_declared_draft(personas["pp"])
    assert key_of(Declaration.objects.get(risk=draft.risk).content_hash) == name_of(OLD)

    uses(NEW, OLD)
    draft = Referral.objects.get(pk=draft.pk)
    assert is_declared(draft.risk)
    sent = send_referral(draft=draft, by=personas["pp"])

    share = ShareVersion.objects.unscoped().get(received=sent.received_id)
    assert (key_of(share.content_hash), key_of(share.handover_hash)) == (name_of(OLD), name_of(NEW))


def test_a_draft_declared_by_a_process_that_has_the_new_key_is_sent_by_one_that_only_knows_it(
    uses: Uses, personas: dict[str, User]
) -> None:
    uses(NEW, OLD)
    draft = a_declared_draft(personas["pp"])

    uses(OLD, NEW)

    assert send_referral(draft=Referral.objects.get(pk=draft.pk), by=personas["pp"]).sent_at


def test_a_declaration_under_a_key_that_is_gone_holds_nothing(uses: Uses, personas: dict[str, User]) -> None:
    draft = a_declared_draft(personas["pp"])

    uses(NEW)

    assert not is_declared(Referral.objects.get(pk=draft.pk).risk)


@pytest.fixture
def three(uses: Uses, personas: dict[str, User]) -> list[ReceivedReferral]:
    """Sent before the key was changed, while both were used, and after; what is of the first was blanked since."""
    cases = []
    for keys in ([OLD], [OLD, NEW], [NEW, OLD]):
        uses(*keys)
        sent = a_sent_referral(personas["pp"])
        cases.append(ReceivedReferral.objects.unscoped().get(pk=sent.received_id))
    return cases


def test_what_was_shared_and_recorded_is_verified_under_each_key(three: list[ReceivedReferral]) -> None:
    assert verify().wrong == 0
    for case in three:
        assert fits(as_sent(case), case.shares.get(number=1).handover_hash)
    made_by = {key_of(hash_) for hash_ in DisclosureEvent.objects.values_list("hash", flat=True)}
    assert made_by == {name_of(OLD), name_of(NEW)}


def test_an_entry_under_a_key_that_is_not_in_the_list_is_named(
    three: list[ReceivedReferral], uses: Uses
) -> None:
    uses(NEW)

    found = verify()

    of_the_old_key = [entry for entry in DisclosureEvent.objects.all() if key_of(entry.hash) == name_of(OLD)]
    assert found.wrong == len(of_the_old_key) > 0
    assert {fault.what for fault in found.faults} == {"the hash names a key that is not in the list"}


def test_what_was_blanked_under_the_old_key_is_verified(three: list[ReceivedReferral], uses: Uses) -> None:
    uses(OLD)
    blank(three[0].pk, at=timezone.now())
    uses(NEW, OLD)

    found = verify()

    assert (found.wrong, found.blanked > 0) == (0, True)


# --- What is only compared


def test_nothing_seems_to_have_changed(uses: Uses, personas: dict[str, User]) -> None:
    pp = personas["pp"]
    draft = a_declared_draft(pp, reason_for_referral="Her sister Mary Jones called 07700 900123.")
    sent = a_sent_referral(pp, crn="X980017")
    undecided = undecided_by_place(draft, pp)
    assert undecided

    uses(NEW, OLD)

    assert compare_with_oasys(risk=draft.risk, by=pp) is not None
    draft.risk.refresh_from_db()
    assert not draft.risk.newer_hash
    assert not check_oasys(referral=sent, by=pp).has_newer
    assert undecided_by_place(Referral.objects.get(pk=draft.pk), pp) == undecided


# --- Which key made what


def test_the_command_says_which_keys_are_needed(
    three: list[ReceivedReferral], uses: Uses, personas: dict[str, User]
) -> None:
    unused = "u" * 50
    a_declared_draft(personas["pp"], crn="X980001")
    uses(NEW, OLD, unused)

    said = dict(line.split(": ", 1) for line in _said().splitlines()[:3])

    assert said[name_of(NEW)].startswith("in use (1 declarations of drafts, ")
    assert "1 seals of what was shared" in said[name_of(NEW)]
    assert said[name_of(OLD)].startswith("an earlier key, still needed (")
    assert "2 seals of what was shared" in said[name_of(OLD)]
    assert said[name_of(unused)] == "not used: can be taken off the list"
    assert not any(key in _said() for key in (OLD, NEW, unused))


def test_the_command_fails_when_a_key_is_missing(three: list[ReceivedReferral], uses: Uses) -> None:
    uses(NEW)
    said = StringIO()

    with pytest.raises(CommandError, match="not in the list"):
        call_command("declaration_keys", stdout=said)

    assert f"{name_of(OLD)}: NOT IN THE LIST" in said.getvalue()


def test_hashes_that_do_not_name_their_key_keep_the_first_one(uses: Uses, personas: dict[str, User]) -> None:
    a_declared_draft(personas["pp"])
    Declaration.objects.update(content_hash="a" * 64)

    uses(NEW, OLD)

    assert "Made before hashes named their key (1 declarations of drafts)" in _said()
    assert f"{name_of(OLD)}: made nothing that names its key; needed if it was the first key" in _said()


def test_what_was_deleted_or_sent_needs_no_key(three: list[ReceivedReferral], uses: Uses) -> None:
    for case in three:
        blank(case.pk, at=timezone.now())
    uses(NEW, OLD)

    said = _said()

    assert "entries of the disclosure record" not in said
    assert "3 records of deletion" in said


# --- The secret key


def test_nobody_is_signed_out_while_processes_change_the_secret_key_one_by_one(
    uses: Uses, as_persona: Callable[[str], Client]
) -> None:
    client, home = as_persona("pp"), reverse("referrals:home")
    web_session = client.cookies["sessionid"].value

    # Which process answers changes from request to request, first as all know the new key, then as some use it
    for keys in ([OLD], [OLD, NEW], [OLD], [OLD, NEW], [NEW, OLD], [OLD, NEW], [NEW, OLD], [NEW, OLD]):
        uses(*keys)
        assert client.get(home).status_code == 200, keys

    assert client.cookies["sessionid"].value == web_session, (
        "else what it asks for at the same moment is refused"
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):  # it is kept anew once a minute
        assert client.get(home).status_code == 200
        uses(NEW)
        assert client.get(home).status_code == 200


def test_without_the_old_key_at_once_everybody_is_signed_out(
    uses: Uses, as_persona: Callable[[str], Client]
) -> None:
    client = as_persona("pp")

    uses(NEW)

    assert client.get(reverse("referrals:home")).status_code == 302


def test_a_new_password_still_ends_web_sessions(
    as_persona: Callable[[str], Client], personas: dict[str, User]
) -> None:
    client = as_persona("pp")

    personas["pp"].set_password("another one entirely")
    personas["pp"].save()

    assert client.get(reverse("referrals:home")).status_code == 302


def test_a_web_session_of_the_release_before_goes_on(
    as_persona: Callable[[str], Client], personas: dict[str, User]
) -> None:
    client = as_persona("pp")
    session = client.session
    salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
    session["_auth_user_hash"] = salted_hmac(salt, personas["pp"].password, algorithm="sha256").hexdigest()
    session.save()

    for _ in range(2):
        assert client.get(reverse("referrals:home")).status_code == 200


def test_calendars_are_read_after_a_change(uses: Uses, personas: dict[str, User], client: Client) -> None:
    secret = make_feed(by=personas["sp.caseworker"])
    from_before = make_feed(by=personas["sp.manager"])
    keyed = salted_hmac("monitoring.calendar_feed", from_before, algorithm="sha256").hexdigest()
    CalendarFeed.objects.unscoped().filter(user=personas["sp.manager"]).update(secret_hash=keyed)
    now = timezone.now()

    def is_good(secret: str) -> bool:
        return CalendarFeed.objects.open_by(secret, now=now + timedelta(days=1)).exists()

    uses(NEW, OLD)
    assert is_good(secret)
    assert is_good(from_before)
    uses(NEW)
    assert is_good(secret)
    assert not is_good(from_before), "as stored until version 1.0"
    assert not is_good(secret[:-1])
