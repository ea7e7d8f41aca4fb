"""The one way into the supplier's side: all or nothing, once a key, and nothing that may not cross."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from events.models import AuditAction, AuditEvent
from integrations.risk_answers import SharedAnswer
from monitoring.actions.receive_referral import ReferenceTaken, receive
from monitoring.handover.acceptance import MAY_BE_WITHHELD, NotAcceptable
from monitoring.handover.contents import Handover, SharedRiskSection
from monitoring.models import (
    ReceivedCriminogenicNeed,
    ReceivedOutcome,
    ReceivedReferral,
    ReceivedService,
    ServiceLevel,
    ShareVersion,
)
from tests.factories.accounts import PractitionerFactory
from tests.factories.monitoring import a_contract, a_handover, a_person, a_risk, a_service, sent_to
from tests.factories.monitoring import received_by_the_action as received

pytestmark = pytest.mark.django_db


def test_what_was_handed_over_is_what_is_kept() -> None:
    handover = sent_to(a_contract())

    kept = receive(handover)

    assert ReceivedReferral.objects.unscoped().get().as_handover() == handover
    assert kept.as_handover() == handover


def test_a_handover_of_nothing_but_musts_is_kept() -> None:
    bare = sent_to(
        a_contract(),
        person=a_person(
            disabilities=(), address_lines=(), no_fixed_abode=True, telephone="", mobile="", email=""
        ),
        risk=a_risk(self_harm=SharedRiskSection(), suicide=SharedRiskSection()),
        further_information="",
    )
    bare = replace(
        bare, needs=replace(bare.needs, criminogenic=()), sentence=replace(bare.sentence, ends_on=None)
    )

    assert receive(bare).as_handover() == bare


def test_everything_that_may_be_kept_back_can_be() -> None:
    kept_back = a_person(
        sex="", ethnicity="", preferred_language="", religion_or_belief="", disabilities=(), address_lines=(),
        telephone="", mobile="", email="", withheld=tuple(MAY_BE_WITHHELD),
    )  # fmt: skip

    assert received(person=kept_back).as_handover().person == kept_back


def test_it_says_when_it_was_received() -> None:
    moment = datetime(2026, 3, 2, 9, 31, tzinfo=UTC)

    kept = received(at=moment)

    assert (kept.received_at, kept.current_share().shared_at) == (moment, moment)


def test_the_same_key_again_changes_nothing() -> None:
    handover = sent_to(a_contract())
    first = receive(handover)

    again = receive(replace(handover, reason_for_referral="Something else", reference="AB1234CD"))

    assert again.pk == first.pk
    assert again.as_handover() == handover
    rows = (ReceivedReferral, ReceivedService, ReceivedOutcome, ReceivedCriminogenicNeed, ShareVersion)
    assert [model.objects.unscoped().count() for model in rows] == [1, 1, 2, 1, 1]
    assert AuditEvent.objects.filter(action=AuditAction.REFERRAL_RECEIVED).count() == 1


def test_a_key_that_arrives_as_late_as_can_be_is_found_by_the_write(
    django_assert_num_queries: Any,
) -> None:
    """Nobody looks before: whatever is there already, the unique key refuses the row, and nothing else was written."""
    handover = sent_to(a_contract())
    first = receive(handover)
    ServiceLevel.objects.holding_on(first.received_at.date())  # prepared from here on
    with django_assert_num_queries(6) as asked:  # a savepoint and its end (2), time limits, the row, what is there
        assert receive(handover).pk == first.pk
    written = [one["sql"] for one in asked.captured_queries if one["sql"].startswith("INSERT")]
    assert len(written) == 1
    assert ReceivedReferral.objects.unscoped().count() == 1


def test_a_reference_of_another_referral_is_told_apart() -> None:
    contract = a_contract()
    taken = received(contract).reference
    handover = sent_to(contract, reference=taken)

    with pytest.raises(ReferenceTaken):
        receive(handover)

    assert ReceivedReferral.objects.unscoped().count() == 1
    assert receive(replace(handover, reference="AB1234CD")).reference == "AB1234CD"


def test_a_failure_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> str:
        raise RuntimeError

    monkeypatch.setattr("monitoring.actions.receive_referral.seal", fails)

    with pytest.raises(RuntimeError):
        received()

    assert not ReceivedReferral.objects.unscoped().exists()
    assert not ReceivedService.objects.unscoped().exists()


def test_receiving_is_audited_without_a_text() -> None:
    practitioner = PractitionerFactory()
    kept = receive(sent_to(a_contract()), sent_by_user=practitioner)

    disclosed, *events = AuditEvent.objects.filter(referral=kept.pk).order_by("action")

    assert (disclosed.action, disclosed.facts["number"]) == (AuditAction.DISCLOSURE_RECORDED, 1)
    assert [(event.action, event.user, event.crn, event.share_version, event.facts) for event in events] == [
        (AuditAction.REFERRAL_RECEIVED, practitioner, "X980010", 1, {}),
        (AuditAction.RISK_SHARED, practitioner, "X980010", 1, {}),
    ]


class NotAPlainValue(str):
    """Text that could carry more than its letters."""


def _with_risk(**changes: Any) -> Handover:
    return a_handover(risk=a_risk(**changes))


@pytest.mark.parametrize(
    ("handover", "complaint"),
    [
        pytest.param(
            lambda: _with_risk(suicide="Yes"), "risk.suicide is not SharedRiskSection", id="section as text"
        ),
        pytest.param(
            lambda: _with_risk(suicide=None), "risk.suicide is not SharedRiskSection", id="section missing"
        ),
        pytest.param(
            lambda: _with_risk(suicide=SharedRiskSection(text="x" * 4001)),
            "4001 characters",
            id="4,001 characters",
        ),
        pytest.param(
            lambda: _with_risk(suicide=SharedRiskSection(answer="YES")),  # type: ignore[arg-type]
            "suicide.answer is not SharedAnswer",
            id="answer as text",
        ),
        pytest.param(
            lambda: _with_risk(suicide=SharedRiskSection(answer=SharedAnswer.YES, no_identified_risk=True)),
            "says yes and no identified risk",
            id="yes and no identified risk",
        ),
        pytest.param(lambda: a_handover(reason_for_referral="a\x00b"), "cannot be stored", id="null byte"),
        pytest.param(
            lambda: a_handover(reason_for_referral="a\ud800b"), "cannot be stored", id="lone surrogate"
        ),
        pytest.param(lambda: a_handover(reason_for_referral="x" * 4001), "4001 characters", id="long reason"),
        pytest.param(
            lambda: a_handover(sent_by=NotAPlainValue("B")), "sent_by is not str", id="subclass of text"
        ),
        pytest.param(lambda: a_handover(sent_by=None), "sent_by is not str", id="nothing for text"),
        pytest.param(lambda: a_handover(services=[a_service()]), "services is not a tuple", id="list"),
        pytest.param(lambda: a_handover(services=({"name": "A"},)), r"services\[0\] is not", id="free-form"),
        pytest.param(lambda: a_handover(services=()), "one or more categories", id="no service"),
        pytest.param(
            lambda: a_handover(services=(a_service(), a_service())), "each once", id="category twice"
        ),
        pytest.param(
            lambda: a_handover(services=(a_service(outcomes=a_service().outcomes * 2),)),
            "outcome twice",
            id="outcome twice",
        ),
        pytest.param(
            lambda: a_handover(services=(a_service(complexity="HUGE"),)), "LOW, MEDIUM", id="complexity"
        ),
        pytest.param(lambda: a_handover(enforceable_days=0), "1 to 40", id="0 days"),
        pytest.param(lambda: a_handover(enforceable_days=41), "1 to 40", id="41 days"),
        pytest.param(lambda: a_handover(enforceable_days=True), "is not int", id="true for a number"),
        pytest.param(lambda: a_handover(sent_at=datetime(2026, 3, 2)), "time zone", id="naive time"),
        pytest.param(lambda: a_handover(completion_date=timezone.now()), "is not date", id="time for a date"),
        pytest.param(lambda: a_handover(reference="KI5219AC"), "reference is not", id="reference with I"),
        pytest.param(lambda: a_handover(crn="x980010"), "crn is not", id="CRN in small letters"),
        pytest.param(
            lambda: a_handover(person=a_person(withheld=("first_name",))),
            "cannot be kept back",
            id="name withheld",
        ),
        pytest.param(
            lambda: a_handover(person=a_person(withheld=("email",))),
            "withheld and yet given",
            id="withheld and given",
        ),
        pytest.param(
            lambda: a_handover(person=a_person(withheld=("address",), address_lines=(), no_fixed_abode=True)),
            "address is withheld and yet given",
            id="address withheld, no fixed abode given",
        ),
    ],
)
def test_what_may_not_cross_is_refused(handover: Any, complaint: str) -> None:
    with pytest.raises(NotAcceptable, match=complaint):
        receive(handover())

    assert not ReceivedReferral.objects.unscoped().exists()


def test_a_refusal_never_quotes_the_text() -> None:
    secret = "zebra" * 1000

    with pytest.raises(NotAcceptable) as refusal:
        receive(a_handover(reason_for_referral=secret))

    assert "zebra" not in str(refusal.value)


CONTENT = [
    field.name
    for field in ShareVersion._meta.local_concrete_fields
    if field.name not in {"id", "superseded_at", "recalled_at"}
]


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, datetime | date):
        return datetime(2031, 1, 1, tzinfo=UTC)
    return "ANOTHER"


@pytest.mark.parametrize("column", CONTENT)
def test_the_database_refuses_to_change_a_share_version(column: str) -> None:
    share = received().current_share()
    others = {"received": received, "blanked_at": timezone.now}  # a stamp alone blanks nothing (decision 23)
    value = others[column]() if column in others else _another(getattr(share, column))

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ShareVersion.objects.unscoped().filter(pk=share.pk).update(**{column: value})


def test_the_database_refuses_to_delete_a_share_version() -> None:
    share = received().current_share()

    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        share.delete()


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_refuses_to_empty_the_table() -> None:
    with (
        pytest.raises(DatabaseError, match="never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE monitoring_shareversion CASCADE")


@pytest.mark.parametrize("column", ["superseded_at", "recalled_at"])
def test_a_version_stops_being_current_once(column: str) -> None:
    share = received().current_share()
    rows = ShareVersion.objects.unscoped().filter(pk=share.pk)

    assert rows.update(**{column: datetime(2026, 4, 1, tzinfo=UTC)}) == 1
    for later in (datetime(2026, 4, 2, tzinfo=UTC), None):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            rows.update(**{column: later})


def test_there_is_one_current_share_version() -> None:
    kept = received()
    second = ShareVersion.from_handover(
        a_handover(), received=kept, number=2, handover_hash="d" * 64, shared_at=timezone.now()
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        second.save(force_insert=True)
    kept.shares.filter(number=1).update(superseded_at=timezone.now())
    second.save(force_insert=True)

    assert kept.current_share() == second


def test_a_recalled_version_shows_nothing() -> None:
    kept = received()
    kept.shares.update(recalled_at=timezone.now())

    risk = kept.as_handover().risk

    assert {getattr(risk, name) for name in risk.__dataclass_fields__} == {SharedRiskSection()}
