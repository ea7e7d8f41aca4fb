"""Booking an appointment in nDelius: what is sent, what is answered, and each way of being refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from integrations import failures
from integrations.ndelius import client as ndelius
from integrations.ndelius.types import Booking, Outcome
from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

CRN, OTHER = "X980001", "X980005"
REFERRAL = UUID("2f5f6c1e-0000-4000-8000-000000000001")


def booking(**changes: object) -> Booking:
    """One hour, in two days."""
    return replace(
        Booking(
            id=uuid4(),
            referral_id=REFERRAL,
            referral_reference="KW5219AC",
            starts_at=timezone.now() + timedelta(days=2),
            minutes=60,
            notes="Supplier assessment",
            counts_towards_enforceable_days=False,
        ),
        **changes,  # type: ignore[arg-type]
    )


def test_what_is_sent(stub: StubState) -> None:
    starts_at = datetime(2030, 7, 1, 9, 0, tzinfo=UTC)
    before = uuid4()
    asked = booking(starts_at=starts_at, office_code="CRS9001", previous_id=before, moved_by_provider=False)

    number = ndelius.record_appointment(CRN, asked)

    (call,) = stub.calls("ndelius", "/appointments")
    assert call.path == f"/probation-case/{CRN}/referrals/{REFERRAL}/appointments"
    assert call.body == {
        "id": str(asked.id),
        "referralId": str(REFERRAL),
        "referralReference": "KW5219AC",
        "serviceUserCrn": CRN,
        "start": "2030-07-01T09:00:00+00:00",
        "durationInMinutes": 60,
        "notes": "Supplier assessment",
        "officeLocationCode": "CRS9001",
        "countsTowardsRar": False,
        "previousId": str(before),
        "rescheduleRequestedBy": "Person on probation",
    }
    assert number > 0


def test_what_is_not_held_in_an_office_has_its_own_code(stub: StubState) -> None:
    ndelius.record_appointment(CRN, booking())

    assert stub.calls("ndelius", "/appointments")[0].body["officeLocationCode"] == "CRSEXTL"


@pytest.mark.parametrize(
    ("outcome", "sent"),
    [
        pytest.param(
            Outcome(happened=True, attended=True, notify_of_behaviour=True),
            {"attended": "YES", "didSessionHappen": True, "notifyProbationPractitionerOfAttendanceFailure": False,
             "notifyProbationPractitionerOfBehaviour": True, "notifyProbationPractitionerOfConcerns": False},
            id="held",
        ),
        pytest.param(
            Outcome(happened=False, attended=True, no_session_reason="LOGISTICS"),
            {"attended": "YES", "didSessionHappen": False, "noSessionReasonType": "LOGISTICS",
             "notifyProbationPractitionerOfAttendanceFailure": False,
             "notifyProbationPractitionerOfBehaviour": False, "notifyProbationPractitionerOfConcerns": False},
            id="not held",
        ),
        pytest.param(
            Outcome(happened=False, attended=False, notify_of_concerns=True),
            {"attended": "NO", "didSessionHappen": False, "notifyProbationPractitionerOfAttendanceFailure": True,
             "notifyProbationPractitionerOfBehaviour": False, "notifyProbationPractitionerOfConcerns": True},
            id="missed",
        ),
    ],
)  # fmt: skip
def test_an_outcome_as_it_is_sent(stub: StubState, outcome: Outcome, sent: dict[str, object]) -> None:
    ndelius.record_appointment(CRN, booking(starts_at=timezone.now() - timedelta(hours=1), outcome=outcome))

    assert stub.calls("ndelius", "/appointments")[0].body["outcome"] == sent


def test_the_same_appointment_again_is_the_same(stub: StubState) -> None:
    asked = booking()

    first = ndelius.record_appointment(CRN, asked)
    again = ndelius.record_appointment(CRN, replace(asked, ndelius_id=first))
    other = ndelius.record_appointment(CRN, booking(starts_at=asked.starts_at + timedelta(hours=1)))

    assert first == again
    assert other != first
    assert len(stub.appointments) == 2


def test_another_appointment_to_come_is_a_conflict(stub: StubState) -> None:
    there = booking()
    ndelius.record_appointment(CRN, there)

    with pytest.raises(failures.Conflict):
        ndelius.record_appointment(CRN, booking(starts_at=there.starts_at + timedelta(minutes=59)))
    ndelius.record_appointment(CRN, booking(starts_at=there.starts_at + timedelta(minutes=60)))
    ndelius.record_appointment(OTHER, booking(referral_id=uuid4(), starts_at=there.starts_at))


def test_what_replaces_an_appointment_does_not_clash_with_it(stub: StubState) -> None:
    there = booking()
    ndelius.record_appointment(CRN, there)

    ndelius.record_appointment(CRN, booking(previous_id=there.id, moved_by_provider=True))


@pytest.mark.parametrize(
    ("crn", "changes", "failure"),
    [
        pytest.param("X980035", {}, failures.Conflict, id="she clashes with everything"),
        pytest.param("X989999", {}, failures.NotFound, id="nobody"),
        pytest.param(
            CRN, {"starts_at": datetime(2026, 1, 5, 9, tzinfo=UTC)}, failures.Rejected, id="past, no outcome"
        ),
    ],
)
def test_refusals(
    stub: StubState, crn: str, changes: dict[str, object], failure: type[failures.UpstreamFailure]
) -> None:
    with pytest.raises(failure):
        ndelius.record_appointment(crn, booking(**changes))
    assert stub.appointments == {}


def test_no_answer_leaves_the_outcome_unknown(stub: StubState) -> None:
    stub.faults.append(Fault(Effect.TRUNCATE, method="PUT", path_regex=r"/appointments$"))

    with pytest.raises(failures.OutcomeUnknown):
        ndelius.record_appointment(CRN, booking())
    assert len(stub.appointments) == 1, "repeated under one id"


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ndelius.record_appointment(CRN, booking(starts_at=datetime(2030, 1, 1, 9)))
