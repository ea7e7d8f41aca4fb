"""Risk information that was shared, corrected and recalled: what is current, what is recorded, who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import transaction

from accounts.models import User
from events.models import AuditAction, AuditEvent, DisclosureEvent
from events.refusals import OutOfDate, Refused
from monitoring.actions.open_share import open_share
from monitoring.actions.share_again import (
    Correction,
    DoneBefore,
    RecalledMeanwhile,
    SharedMeanwhile,
    recall_share,
    share_corrected_version,
)
from monitoring.handover.contents import SharedDeclaration, SharedRiskSection
from monitoring.models import ReceivedReferral, ReferralChange, ShareOpening, ShareVersion, Stage
from monitoring.models.share_versions import NOTHING_SHARED
from monitoring.presenters.shared_again import last_opened_before, what_changed
from tests.factories.accounts import PractitionerFactory, SupplierUserFactory
from tests.factories.monitoring import a_risk, received
from tests.factories.monitoring_delivery import assigned
from tests.factories.outbox import deliver_all

WRONG = "The neighbour Orla Finnegan is at risk."
RIGHT = replace(a_risk(), who_is_at_risk=SharedRiskSection(text="Neighbours."))


@pytest.fixture
def case(db: None) -> ReceivedReferral:
    return received(risk=replace(a_risk(), who_is_at_risk=SharedRiskSection(text=WRONG)))


@pytest.fixture
def pp(db: None) -> User:
    return PractitionerFactory()


def _correction(replaces: int = 1, reason: str = "Names a neighbour.") -> Correction:
    return Correction(
        risk=RIGHT,
        declaration=SharedDeclaration(
            declared_by="Pat Jones",
            declared_at=datetime(2026, 6, 1, 9, tzinfo=UTC),
            wording_version="2026-1-corrected",
            content_hash="d" * 64,
        ),
        reason=reason,
        replaces=replaces,
    )


def _recorded(case: ReceivedReferral) -> list[tuple[str, int, str]]:
    rows = DisclosureEvent.objects.filter(referral=case.pk).order_by("number")
    return [*rows.values_list("kind", "share_version", "reason")]


def test_a_corrected_version_takes_the_place_of_the_one_before(case: ReceivedReferral, pp: User) -> None:
    share = share_corrected_version(case, _correction(), by=pp)

    assert (share.number, case.current_share().shared_risk()) == (2, RIGHT)
    earlier = case.shares.get(number=1)
    assert (earlier.superseded_at, earlier.recalled_at) == (share.shared_at, None)
    assert _recorded(case)[1:] == [("CORRECTED", 2, "Names a neighbour.")]
    change = ReferralChange.objects.unscoped().get(received=case)
    assert (change.before, change.after) == ("Version 1", "Version 2. Changed: “Who is at risk”")
    assert WRONG not in repr(vars(change))
    assert AuditEvent.objects.filter(action=AuditAction.RISK_CORRECTED, share_version=2).exists()


def test_who_compared_with_another_version_shares_nothing(case: ReceivedReferral, pp: User) -> None:
    share_corrected_version(case, _correction(), by=pp)

    with transaction.atomic(), pytest.raises(SharedMeanwhile):
        share_corrected_version(case, _correction(), by=PractitionerFactory())

    assert case.shares.count() == 2


def test_a_recalled_version_shows_nothing_and_a_corrected_one_may_follow(
    case: ReceivedReferral, pp: User
) -> None:
    recall_share(received=case, number=1, reason="Sent to the wrong team.", by=pp)
    recall_share(received=case, number=1, reason="Sent to the wrong team.", by=pp)

    assert case.current_share().shared_risk() == NOTHING_SHARED
    assert case.as_handover().risk == NOTHING_SHARED
    recalled = DisclosureEvent.objects.get(referral=case.pk, kind="RECALLED")
    assert recalled.reason == "Sent to the wrong team."
    assert {part.partition(".")[0] for part in recalled.shared} == {"risk"}

    with transaction.atomic(), pytest.raises(RecalledMeanwhile):  # it may say the same again
        share_corrected_version(case, _correction(), by=pp)
    share = share_corrected_version(case, replace(_correction(), recall_seen=True), by=pp)
    assert (share.number, case.current_share().shared_risk()) == (2, RIGHT)
    with transaction.atomic(), pytest.raises(OutOfDate):
        recall_share(received=case, number=1, reason="Wrong.", by=pp)


def test_a_recall_for_another_reason_is_refused_with_both(case: ReceivedReferral, pp: User) -> None:
    def recall(reason: str, by: User = pp) -> ShareVersion:
        return recall_share(received=case, number=1, reason=reason, by=by)

    first = recall("Sent to the wrong team.")
    assert recall("Sent to the wrong team.") == first
    for reason, by in (("Names a neighbour.", pp), ("Sent to the wrong team.", PractitionerFactory())):
        with transaction.atomic(), pytest.raises(DoneBefore) as refused:
            recall(reason, by)
        assert refused.value.stored == [("Reason", "Sent to the wrong team.")]
        assert refused.value.typed == [("Reason", reason)]
        assert f"{pp.display_name} recalled version 1" in refused.value.reason


@pytest.mark.parametrize(
    ("reason", "by_supplier", "code"),
    [
        pytest.param("  ", False, "reason", id="no reason"),
        pytest.param("x" * 2001, False, "reason", id="too long a reason"),
        pytest.param("Wrong.", True, "not_granted", id="somebody at a service provider"),
    ],
)
def test_it_is_refused(case: ReceivedReferral, reason: str, by_supplier: bool, code: str) -> None:
    by = SupplierUserFactory() if by_supplier else PractitionerFactory()

    for act in (
        lambda: share_corrected_version(case, _correction(reason=reason), by=by),
        lambda: recall_share(received=case, number=1, reason=reason, by=by),
    ):
        with transaction.atomic(), pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == code
    assert case.current_share().shared_risk().who_is_at_risk.text == WRONG


def test_after_the_end_of_a_case_only_a_recall_is_possible(case: ReceivedReferral, pp: User) -> None:
    ReceivedReferral.objects.unscoped().filter(pk=case.pk).update(stage=Stage.CANCELLED)

    with transaction.atomic(), pytest.raises(Refused):
        share_corrected_version(case, _correction(), by=pp)
    recall_share(received=case, number=1, reason="Wrong person.", by=pp)

    assert case.current_share().recalled_at is not None


def test_the_caseworker_is_told_without_a_word_of_it(case: ReceivedReferral, pp: User) -> None:
    case = assigned(case)
    deliver_all()
    mail.outbox.clear()
    share_corrected_version(case, _correction(), by=pp)
    recall_share(received=case, number=2, reason="Still names Orla Finnegan.", by=pp)
    deliver_all()

    subjects = [message.subject.partition(" –")[0] for message in mail.outbox]
    assert subjects == ["Risk information was corrected", "Risk information was recalled"]
    written = " ".join(f"{message.subject} {message.body}" for message in mail.outbox)
    assert not any(word in written for word in ("Finnegan", "eighbour", case.crn, case.person_last_name))


def test_what_changed_is_said_since_the_version_that_this_reader_opened(
    case: ReceivedReferral, pp: User
) -> None:
    reader, other = SupplierUserFactory(), SupplierUserFactory()
    first: ShareVersion = case.current_share()
    open_share(first, shown=case.as_handover(first), by=reader)
    share = share_corrected_version(case, _correction(), by=pp)

    since = what_changed(share, last_opened_before(share, reader.pk))
    never = what_changed(share, last_opened_before(share, other.pk))

    assert since is not None
    assert never is not None
    assert since.sections == ("Who is at risk",)
    assert since.more.startswith("Changed since you last opened it on")
    assert (never.sections, never.more) == ((), "You had not opened an earlier version.")
    assert what_changed(first, None) is None


def test_a_recalled_version_is_not_opened_any_more(case: ReceivedReferral, pp: User) -> None:
    share = recall_share(received=case, number=1, reason="Wrong.", by=pp)

    open_share(share, shown=case.as_handover(share), by=SupplierUserFactory())

    assert not ShareOpening.objects.unscoped().exists()
    opened = DisclosureEvent.objects.get(referral=case.pk, kind="OPENED")
    assert not [part for part in opened.shared if part.startswith("risk.")]
