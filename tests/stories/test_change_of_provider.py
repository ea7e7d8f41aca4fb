"""A contract goes to another service provider in the middle of its cases: at the minute, as it was said, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.disclosures.verifying import verify
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from events.refusals import Refused
from interventions.models import ContractGrant, ProviderChange, ProviderTerm
from monitoring.actions.change_provider import TO_PRACTITIONER, cancel, carry_out, effects_of
from monitoring.models import ReceivedReferral
from monitoring.rules.stages import stored
from monitoring.tasks import carry_out_provider_changes
from notifications.models import Notification
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.accounts import MembershipFactory, ProviderFactory, SupplierUserFactory
from tests.factories.interventions import ContractGrantFactory
from tests.factories.monitoring_work import delivered
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral
from tests.signing_in import sign_in


@pytest.mark.slow
def test_a_contract_changes_hands_with_its_open_cases(
    as_persona: Callable[[str], Client], personas: dict[str, User], page: Page
) -> None:
    # Given a contract with a case in delivery, and one that has ended
    worker = personas["sp.caseworker"]
    referral = a_sent_referral(personas["pp"])
    ended = _received(a_sent_referral(personas["pp"], crn="X980001").received_id)
    case = delivered(_received(referral.received_id), worker)
    stood = stored(case)
    yesterday = timezone.now() - timedelta(days=1)
    ReceivedReferral.objects.unscoped().filter(pk=ended.pk).update(
        concluded_at=yesterday, conclusion="CANCELLED", stage="CANCELLED", caseworker=worker
    )
    contract = case.contract

    # And someone at another service provider who was granted the contract beforehand
    lantern = ProviderFactory(name="Lantern Trust")
    newcomer = MembershipFactory(provider=lantern, user=SupplierUserFactory(username="sp.new")).user
    ContractGrantFactory(user=newcomer, contract=contract)
    old, new = as_persona("sp.caseworker"), Client()
    sign_in(new, newcomer)

    # When an administrator sets the change for tomorrow
    at = timezone.localtime(timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    admin = as_persona("admin")
    form = {
        "contract": contract.pk,
        "prime": lantern.pk,
        "incoming_email": "team@lantern.example",
        "takes_effect_at_0": f"{at:%Y-%m-%d}",
        "takes_effect_at_1": f"{at:%H:%M:%S}",
    }
    answer = admin.post(reverse("admin:interventions_providerchange_add"), form, follow=True)

    # Then the page says what it will do, and so does the command
    said = answer.content.decode()
    change = ProviderChange.objects.get()
    assert f"1: {case.reference}" in said
    assert "Lantern Trust" in said
    assert "sp.caseworker" in said
    planned = effects_of(change)
    out = StringIO()
    call_command("change_providers", dry_run=True, stdout=out)
    assert f"cases without a caseworker: {case.reference}" in out.getvalue()

    # And nothing has changed before its minute
    progress = reverse("monitoring:progress", args=[case.pk])
    assert carry_out_provider_changes() == 0
    assert (old.get(progress).status_code, new.get(progress).status_code) == (200, 404)

    # When the minute comes, the old provider sees nothing of it any more, before anything was carried out
    ProviderChange.objects.update(takes_effect_at=timezone.now())
    assert old.get(progress).status_code == 404
    assert case.reference not in old.get(reverse("monitoring:all_cases")).content.decode()
    assert new.get(progress).status_code == 404

    # And once it was, the run did what was said
    deliver_all()
    mail.outbox.clear()
    before, left = contract.incoming_email, contract.prime.name
    User.objects.filter(pk=personas["pp"].pk).update(email=case.practitioner_email)
    assert carry_out(change.pk, now=timezone.now()) == planned
    case.refresh_from_db()
    contract.refresh_from_db()
    assert (contract.prime, contract.incoming_email) == (lantern, "team@lantern.example")
    assert (case.caseworker, old.get(progress).status_code) == (None, 404)
    assert stored(case) == stood, "it is not new again: where it stands, and by when, stays"

    # Both providers are told, each what is theirs to do
    deliver_all()
    told = {email.to[0]: email.body for email in mail.outbox}
    practitioner = case.practitioner_email
    assert told.keys() == {before, "team@lantern.example", practitioner}
    assert "1 open case needs a caseworker" in told["team@lantern.example"]
    assert "You can no longer see its cases" in told[before]

    # So is the practitioner of the open case, whose page says who has it now
    (notified,) = Notification.objects.filter(kind="email.provider_changed")
    assert "You do not need to send the referral again" in told[practitioner]
    shown = page(as_persona("pp"), notified.path).select_one("#provider-change").get_text(" ", strip=True)
    assert f"{left} can no longer see it. Lantern Trust can now see it, with its history." in shown
    of_the_ended = reverse("referrals:case_progress", args=[Referral.objects.get(received=ended).pk])
    assert page(as_persona("pp"), of_the_ended).select_one("#provider-change") is None

    # The new provider has the case with its history, and no case that had ended
    shown = page(new, progress).main.get_text(" ", strip=True)
    assert "Assign a caseworker" in shown
    assert worker.display_name in shown  # in the history
    assert case.case_notes.count() > 0
    notes = page(new, reverse("monitoring:case_notes", args=[case.pk])).main.get_text(" ", strip=True)
    assert case.case_notes.all()[0].subject in notes
    assert new.get(reverse("monitoring:progress", args=[ended.pk])).status_code == 404
    assert "Caseworker Not assigned" in page(
        as_persona("pp"), reverse("referrals:case_progress", args=[referral.pk])
    ).main.get_text(" ", strip=True)

    # The disclosure record says who has it from when on, and verifies
    entry = DisclosureEvent.objects.get(referral=case.pk, kind=DisclosureEvent.Kind.HANDED_ON)
    assert (entry.recipient, entry.by) == (lantern, personas["admin"])
    assert verify().wrong == 0
    record = page(as_persona("pp"), reverse("referrals:case_disclosures", args=[referral.pk]))
    assert "Shared with a new service provider" in record.main.get_text(" ", strip=True)

    # And a second run changes nothing
    rows = _rows()
    assert carry_out(change.pk, now=timezone.now()) is None
    assert carry_out_provider_changes() == 0
    assert _rows() == rows
    assert deliver_all() == 0
    terms = {(term.provider.name, term.ended_at is None) for term in ProviderTerm.objects.all()}
    assert ("Lantern Trust", True) in terms
    assert not ContractGrant.objects.current().filter(contract=contract, user=worker).exists()


def _received(pk: object) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=pk)


def _rows() -> tuple[int, ...]:
    return (
        AuditEvent.objects.filter(action=AuditAction.PROVIDER_CHANGED).count(),
        DisclosureEvent.objects.count(),
        ProviderTerm.objects.count(),
        ContractGrant.objects.current().count(),
    )


def test_a_caseworker_of_a_subcontractor_that_stays_keeps_their_cases(personas: dict[str, User]) -> None:
    # Given a case with a caseworker of a subcontractor
    case = _received(a_sent_referral(personas["pp"]).received_id)
    contract = case.contract
    staying = ProviderFactory()
    contract.subcontractors.set([staying])
    worker = MembershipFactory(provider=staying, user=SupplierUserFactory()).user
    ContractGrantFactory(user=worker, contract=contract)
    case = delivered(case, worker)
    change = _change(case, personas["admin"], at=timezone.now())
    change.subcontractors.set([staying])

    # When only the prime provider changes, then the case stays with them, also in the minute itself
    assert ReceivedReferral.objects.open_to(worker).filter(pk=case.pk).exists()
    effects = carry_out(change.pk, now=timezone.now())

    assert effects is not None
    assert effects.without_caseworker == ()
    case.refresh_from_db()
    assert case.caseworker == worker
    assert ReceivedReferral.objects.open_to(worker).filter(pk=case.pk).exists()


def test_what_ended_between_the_minute_and_the_run_is_recorded_as_handed_on(
    personas: dict[str, User],
) -> None:
    """Those who join see it, for it had not ended when they came; nobody has to do anything about it."""
    case = delivered(_received(a_sent_referral(personas["pp"]).received_id), personas["sp.caseworker"])
    before = _received(a_sent_referral(personas["pp"], crn="X980001").received_id)
    at = timezone.now() - timedelta(minutes=5)
    change = _change(case, personas["admin"], at=at)
    for row, ended_at in ((case, at + timedelta(minutes=1)), (before, at - timedelta(minutes=1))):
        ReceivedReferral.objects.unscoped().filter(pk=row.pk).update(
            concluded_at=ended_at, conclusion="CANCELLED", stage="CANCELLED"
        )

    effects = carry_out(change.pk, now=timezone.now())

    assert effects is not None
    assert (effects.open_cases, effects.ended_cases) == ((), 1)
    handed_on = DisclosureEvent.objects.filter(kind=DisclosureEvent.Kind.HANDED_ON)
    assert [entry.referral for entry in handed_on] == [case.pk]
    assert _received(case.pk).caseworker == personas["sp.caseworker"]
    assert not OutboxEntry.objects.filter(kind=TO_PRACTITIONER).exists()


def test_a_cancelled_change_does_nothing_and_says_who_cancelled_it(
    as_persona: Callable[[str], Client], personas: dict[str, User]
) -> None:
    case, admin = _received(a_sent_referral(personas["pp"]).received_id), personas["admin"]
    change = _change(case, SupplierUserFactory(), at=timezone.now() + timedelta(hours=1))

    for _ in range(2):
        answer = as_persona("admin").post(
            reverse("admin:interventions_providerchange_changelist"),
            {"action": "cancel", "_selected_action": [change.pk]},
            follow=True,
        )

    change.refresh_from_db()
    assert (change.cancelled_by, change.cancelled_at is None) == (admin, False)
    (audited,) = AuditEvent.objects.filter(action="contract.change_cancelled")
    assert (audited.user, audited.facts["change"]) == (admin, change.pk)
    assert (
        LogEntry.objects.filter(user=admin, object_id=str(change.pk), change_message="Cancelled.").count()
        == 1
    )
    assert f"by {admin}" in answer.content.decode()
    with pytest.raises(Refused):
        cancel(change=change, by=personas["sp.caseworker"])
    with patch.object(timezone, "now", return_value=timezone.now() + timedelta(hours=2)):
        assert carry_out_provider_changes() == 0
    assert ReceivedReferral.objects.open_to(personas["sp.caseworker"]).filter(pk=case.pk).exists()


def _change(case: ReceivedReferral, by: User, *, at: datetime) -> ProviderChange:
    return ProviderChange.objects.create(
        contract=case.contract,
        prime=ProviderFactory(),
        incoming_email="new@provider.example",
        takes_effect_at=at,
        set_by=by,
        set_at=timezone.now(),
    )
