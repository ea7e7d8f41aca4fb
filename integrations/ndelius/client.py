"""nDelius, through its refer-and-monitor service (client credentials; nulls are left out of its answers).

| Function | Call | Answers beyond 200 |
|---|---|---|
| person | GET /probation-case/{crn}/details | 404 unknown, or merged away |
| noms_number | GET /probation-case/{crn}/identifiers | none: an unknown person is answered 200, without it |
| responsible_officer | GET /probation-case/{crn}/responsible-officer | 404 no active community manager |
| active_sentences | GET /probation-case/{crn}/convictions | 404 unknown person; an empty list is an answer |
| sentence | GET /probation-case/{crn}/convictions/{id} | 404; finds ended sentences too |
| access | POST /users/{username}/access | 500 for a list that is empty or longer than 500 |
| managed_crns | GET /users/{username}/managed-cases | |
| practitioner | GET /users/{username}/details | 404 no longer in the directory |
| record_referral | PUT /probation-case/{crn}/referrals | 204; 404 person or sentence; 500 unmapped contract type |
| record_appointment | PUT /probation-case/{crn}/referrals/{id}/appointments | 400 past, no outcome; 404; 409 clash |

nDelius itself checks no limited access on these reads: ask ``access`` before showing anything. Every function
raises the types of ``integrations.failures``. Must not know our models, or what a page does about a gap.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from integrations.hmpps_auth.tokens import ServiceToken
from integrations.ndelius import decoding
from integrations.ndelius.types import (
    Access,
    Booking,
    Outcome,
    Person,
    Practitioner,
    ResponsibleOfficer,
    Sentence,
    Sentences,
)
from integrations.transport import Transport

SYSTEM: Final = "ndelius"
#: nDelius answers 500 to a longer list.
LARGEST_ACCESS_QUESTION: Final = 500
#: Where nDelius puts what is not held in a probation office.
NOT_IN_AN_OFFICE: Final = "CRSEXTL"

_ndelius = Transport(
    SYSTEM,
    url_setting="NDELIUS_URL",
    timeouts_setting="NDELIUS_TIMEOUTS",
    timeouts=(2.0, 5.0, 10.0),
    credentials=ServiceToken(),
)


def person(crn: str) -> Person:
    """The person's details now. Raises ``NotFound`` when nDelius does not know the CRN."""
    reply = _ndelius.read("person", "/probation-case/{crn}/details", crn=crn)
    wire, was_mended = reply.decoded_as(decoding.CaseDetail)
    found = decoding.person_from(wire, was_mended=was_mended)
    if found.crn != crn.strip().upper():
        raise reply.malformed("details of another person")
    return found


def noms_number(crn: str) -> str | None:
    """The person's prison number, or ``None`` when nDelius holds none or does not know the CRN."""
    reply = _ndelius.read("noms_number", "/probation-case/{crn}/identifiers", crn=crn)
    wire, _ = reply.decoded_as(decoding.Identifiers)
    if wire.crn.strip().upper() != crn.strip().upper():
        raise reply.malformed("identifiers of another person")
    try:
        return decoding.noms_number_from(wire)
    except ValueError as error:  # not the same as holding none
        problem = str(error)
    raise reply.malformed(problem)


def responsible_officer(crn: str) -> ResponsibleOfficer:
    """The person's community manager. Raises ``NotFound`` when there is none."""
    reply = _ndelius.read("responsible_officer", "/probation-case/{crn}/responsible-officer", crn=crn)
    wire, was_mended = reply.decoded_as(decoding.Officers)
    return decoding.officer_from(wire, was_mended=was_mended)


def active_sentences(crn: str) -> Sentences:
    """Sentences that a referral can be made for; there may be none. Raises ``NotFound``."""
    reply = _ndelius.read("active_sentences", "/probation-case/{crn}/convictions", crn=crn)
    wire, was_mended = reply.decoded_as(decoding.Convictions)
    return decoding.sentences_from(wire, was_mended=was_mended)


def sentence(crn: str, sentence_id: int) -> Sentence:
    """One sentence, ended or not. Raises ``NotFound``."""
    reply = _ndelius.read(
        "sentence", "/probation-case/{crn}/convictions/{sentence_id}", crn=crn, sentence_id=sentence_id
    )
    wire, was_mended = reply.decoded_as(decoding.OneConviction)
    return decoding.sentence_from(wire.conviction, was_mended=was_mended)


def access(username: str, crns: Sequence[str]) -> dict[str, Access]:
    """For each CRN asked, whether this user may see the person. A person left out of the answer is denied.

    So is one whose entry cannot be read (``is_readable``): of them nothing was said.

    Asks in lists of at most 500; if one fails, all fail: half an answer would look like a whole one.
    """
    distinct_crns = list(dict.fromkeys(crns))
    answers: dict[str, Access] = {}
    for start in range(0, len(distinct_crns), LARGEST_ACCESS_QUESTION):
        batch = distinct_crns[start : start + LARGEST_ACCESS_QUESTION]
        reply = _ndelius.read("access", "/users/{username}/access", asking=batch, username=username)
        wire, _ = reply.decoded_as(decoding.AccessReply)
        answers |= {entry.crn.upper(): decoding.access_from(entry) for entry in wire.access}
    return {crn: answers.get(crn.upper(), decoding.UNANSWERED) for crn in distinct_crns}


def managed_crns(username: str) -> frozenset[str]:
    """The CRNs of the people this user manages."""
    reply = _ndelius.read("managed_crns", "/users/{username}/managed-cases", username=username)
    wire, _ = reply.decoded_as(decoding.ManagedCases)
    return frozenset(case.crn.upper() for case in wire.managed_cases)


def practitioner(username: str) -> Practitioner:
    """A user's name and email. Raises ``NotFound`` when they have left."""
    reply = _ndelius.read("practitioner", "/users/{username}/details", username=username)
    wire, was_mended = reply.decoded_as(decoding.UserDetails)
    return decoding.practitioner_from(wire, username, was_mended=was_mended)


def record_referral(
    crn: str, referral_id: UUID, started_at: datetime, contract_type: str, sentence_id: int, notes: str
) -> None:
    """Tell nDelius that a referral has begun. Safe to repeat: nDelius knows the referral by its id.

    ``started_at`` must be aware. Raises ``NotFound`` (person or sentence), ``ServerFault`` (also for a
    contract type that nDelius has no code for), ``OutcomeUnknown`` (repeat later) and the rest.
    """
    if started_at.tzinfo is None:
        raise ValueError("started_at must say its time zone")
    body = {
        "referralId": str(referral_id),
        "startedAt": started_at.isoformat(),
        "contractType": contract_type,
        "sentenceId": sentence_id,
        "notes": notes,
    }
    _ndelius.put("record_referral", "/probation-case/{crn}/referrals", body, crn=crn)


def record_appointment(crn: str, booking: Booking) -> int:
    """Book an appointment, or give its outcome; answers nDelius's id of it. Safe to repeat: the booking has an id.

    Raises ``Conflict`` (another appointment to come), ``Rejected`` (in the past without an outcome), ``NotFound``
    (referral or office), ``OutcomeUnknown`` (repeat later) and the rest.
    """
    if booking.starts_at.tzinfo is None:
        raise ValueError("starts_at must say its time zone")
    reply = _ndelius.put(
        "record_appointment",
        "/probation-case/{crn}/referrals/{referral_id}/appointments",
        _booking_body(crn, booking),
        crn=crn,
        referral_id=booking.referral_id,
    )
    wire, _ = reply.decoded_as(decoding.BookedAppointment)
    return wire.appointment_id


def _booking_body(crn: str, booking: Booking) -> dict[str, Any]:
    """In nDelius's words, without what is not there."""
    asked_by = {True: "Service Provider", False: "Person on probation", None: None}
    return _without_unknowns(
        {
            "id": str(booking.id),
            "referralId": str(booking.referral_id),
            "referralReference": booking.referral_reference,
            "serviceUserCrn": crn,
            "start": booking.starts_at.isoformat(),
            "durationInMinutes": booking.minutes,
            "notes": booking.notes,
            "officeLocationCode": booking.office_code or NOT_IN_AN_OFFICE,
            "countsTowardsRar": booking.counts_towards_enforceable_days,
            "outcome": _outcome_body(booking.outcome) if booking.outcome else None,
            "previousId": str(booking.previous_id) if booking.previous_id else None,
            "deliusId": booking.ndelius_id,
            "rescheduleRequestedBy": asked_by[booking.moved_by_provider],
        }
    )


def _outcome_body(outcome: Outcome) -> dict[str, Any]:
    return _without_unknowns(
        {
            "attended": "YES" if outcome.attended else "NO",
            "didSessionHappen": outcome.happened,
            "noSessionReasonType": outcome.no_session_reason,
            "notifyProbationPractitionerOfAttendanceFailure": not outcome.attended,
            "notifyProbationPractitionerOfBehaviour": outcome.notify_of_behaviour,
            "notifyProbationPractitionerOfConcerns": outcome.notify_of_concerns,
        }
    )


def _without_unknowns(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
