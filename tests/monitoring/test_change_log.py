"""The change log of a sent referral: what is kept of a change, and who reads it."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import User
from events.models import AuditAction, AuditEvent
from monitoring.actions.record_change import record_change
from monitoring.models import ReferralChange, Topic
from tests.factories.accounts import PractitionerFactory
from tests.factories.monitoring import a_contract, received

pytestmark = pytest.mark.django_db


def test_a_change_is_kept_in_words_with_its_author_and_audited_without_them() -> None:
    case = received(a_contract())
    practitioner: User = PractitionerFactory(first_name="Pat", last_name="Wood")
    service = case.services.get()

    with transaction.atomic():
        record_change(
            case,
            topic=Topic.COMPLEXITY_LEVEL,
            before="Low complexity",
            after="High complexity",
            reason="They lost their flat.",
            by=practitioner,
            service=service,
        )

    change = ReferralChange.objects.unscoped().get()
    assert (change.category_name, change.by_name) == (service.category_name, "Pat Wood")
    event = AuditEvent.objects.get(action=AuditAction.REFERRAL_CHANGED)
    assert (event.user, event.referral, event.facts) == (practitioner, case.pk, {"topic": "COMPLEXITY_LEVEL"})
