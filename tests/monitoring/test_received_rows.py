"""Cases in tests are written as rows: the rows are those that receiving leaves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from events.models import AuditEvent
from monitoring.actions.receive_referral import receive
from monitoring.actions.standing import facts_of
from monitoring.handover.seal import seal
from monitoring.models import ReceivedOutcome, ReceivedReferral, ShareVersion, Stage
from monitoring.rules.stages import standing_of
from tests.factories.monitoring import a_contract, received, sent_to
from tests.factories.monitoring_delivery import BUILDERS, at_stage, with_plan
from tests.referrals.test_copied_referrals import added

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("at", [AT, None], ids=["long ago", "now"])
def test_a_received_case_is_what_the_action_leaves(at: datetime | None) -> None:
    contract = a_contract()
    left = added(lambda: receive(sent_to(contract), at=at or timezone.now()))
    written = added(lambda: received(contract, at=at))

    assert written == left
    assert (len(written[AuditEvent]), len(written[ReceivedOutcome])) == (3, 2)
    assert written[ReceivedReferral][0]["stage"] == repr(str(Stage.ASSIGN))


def test_it_is_sealed_as_what_it_is() -> None:
    case = received()
    share = ShareVersion.objects.unscoped().get(received=case)

    assert share.handover_hash == seal(case.as_handover(share))


@pytest.mark.parametrize("stage", BUILDERS)
def test_a_case_stands_where_its_rows_say(stage: Stage) -> None:
    case = ReceivedReferral.objects.unscoped().get(pk=at_stage(stage).pk)

    assert case.stage == stage == standing_of(facts_of(case)).stage
    assert case.due_on == standing_of(facts_of(case)).due_on


def test_a_builder_used_alone_works_out_the_stage() -> None:
    case = ReceivedReferral.objects.unscoped().get(pk=with_plan(received(at=AT)).pk)

    assert case.stage == Stage.ARRANGE_SESSION
