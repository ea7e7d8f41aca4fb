"""nDelius's answers: nulls are left out, and an unknown person is an empty 404."""

from datetime import datetime, timedelta
from typing import Any, Final

from upstream_stub.exchange import StubResponse
from upstream_stub.people.practitioners import USERS
from upstream_stub.question import CRN, Question, Route, from_ndelius, ndelius_404

#: Contract types that nDelius has a code for; any other breaks it.
MAPPED_CONTRACT_TYPES: Final = frozenset(
    """
    ACC ETE PWB WOS DNR MTR WSM
    FBD-B FBD-BU FBD-EM FBD-M FBD-R FBD-WM FBD-L FBD-SA FBD-SC FBD-SP FBD-NE FBD-SW FBD-TA FBD-TR FBD-W FBD-WI
    FBD-Y FBD-NW
    DNR-K DNR-L DNR-NE DNR-Y DNR-NEN DNR-SC DNR-SY DNR-WM DNR-SW
    """.split()  # noqa: SIM905 (reads as the table it was taken from)
)


def _case_details(question: Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.case is None:
        return StubResponse(404)
    return from_ndelius(question, 200, person.case)


def _identifiers(question: Question, crn: str) -> StubResponse:
    """Answered 200 for anybody: a person whom nDelius does not know has no number."""
    person = question.person(crn)
    is_there = person is not None and person.case is not None
    return from_ndelius(
        question,
        200,
        {"crn": crn.upper(), "nomsId": person.prison_number if person and is_there else None},
    )


def _responsible_officer(question: Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.officers is None:
        return ndelius_404(question, f"Person with crn of {crn} not found")
    return from_ndelius(question, 200, person.officers)


def _convictions(question: Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.case is None:
        return ndelius_404(question, f"Person with crn of {crn} not found")
    return from_ndelius(question, 200, {"caseDetail": person.case, "convictions": person.sentences})


def _conviction(question: Question, crn: str, sentence_id: str) -> StubResponse:
    person = question.person(crn)
    if person is not None and person.case is not None:
        for sentence in person.all_sentences:
            if sentence["id"] == int(sentence_id):
                return from_ndelius(question, 200, {"caseDetail": person.case, "conviction": sentence})
    return ndelius_404(question, f"Event with id of {sentence_id} not found")


def _access(question: Question, username: str) -> StubResponse:
    if not isinstance(question.asked, list):
        return from_ndelius(question, 400, {"status": 400, "message": "Required request body is missing"})
    if not 1 <= len(question.asked) <= 500:
        return from_ndelius(
            question, 500, {"status": 500, "message": "getAccess.crns: size must be 1 to 500"}
        )
    entries = []
    for crn in question.asked:
        person = question.person(str(crn))
        if person is None:  # nDelius says "allowed" of a person it has never heard of
            entries.append({"crn": crn, "userExcluded": False, "userRestricted": False})
        elif not person.is_left_out_of_access:
            entries.append(
                {"crn": crn} | person.access_of(username.upper(), is_known=username.upper() in USERS)
            )
    return from_ndelius(question, 200, {"access": entries})


def _managed_cases(question: Question, username: str) -> StubResponse:
    people = [person for crn in question.people if (person := question.person(crn))]
    managed = [{"crn": person.crn} for person in people if person.managed_by == username.upper()]
    return from_ndelius(question, 200, {"managedCases": managed})


def _user_details(question: Question, username: str) -> StubResponse:
    user = USERS.get(username.upper())
    return StubResponse(404) if user is None else from_ndelius(question, 200, user)


def _start_referral(question: Question, crn: str) -> StubResponse:
    """Idempotent on the referral's id: a repeat changes nothing and is answered the same."""
    person, asked = question.person(crn), question.asked
    needed = {"referralId", "startedAt", "contractType", "sentenceId", "notes"}
    if not isinstance(asked, dict) or not needed <= asked.keys():
        return from_ndelius(question, 400, {"status": 400, "message": "Validation failure"})
    if person is None or person.case is None:
        return ndelius_404(question, f"Person with crn of {crn} not found")
    if asked["sentenceId"] not in [sentence["id"] for sentence in person.all_sentences]:
        return ndelius_404(question, f"Event with id of {asked['sentenceId']} not found")
    if asked["contractType"] not in MAPPED_CONTRACT_TYPES:
        return from_ndelius(question, 500, {"status": 500, "message": "Unexpected contract type"})
    known = {"crn": question.surviving(crn)} | asked
    question.state.referrals.setdefault(str(asked["referralId"]), known)
    return StubResponse(204)


def _book_appointment(question: Question, crn: str, referral_id: str) -> StubResponse:
    """Idempotent on the appointment's id: a repeat updates it and is answered with the same number.

    A referral that this stub was never told of counts as known: it forgets at every start, the service does not.
    """
    person, asked = question.person(crn), question.asked
    needed = {"id", "referralId", "start", "durationInMinutes", "officeLocationCode", "countsTowardsRar"}
    if not isinstance(asked, dict) or not needed <= asked.keys() or asked["referralId"] != referral_id:
        return from_ndelius(question, 400, {"status": 400, "message": "Validation failure"})
    known = question.state.referrals.get(referral_id)
    crn = question.surviving(crn)
    if person is None or person.case is None or (known is not None and known["crn"] != crn):
        return ndelius_404(question, f"Referral with id of {referral_id} not found")
    begins = datetime.fromisoformat(asked["start"])
    if begins <= question.now and "outcome" not in asked:
        return from_ndelius(question, 400, {"status": 400, "message": "An outcome is needed in the past"})
    booked = question.state.appointments
    if begins > question.now and any(_clashes(asked, other, crn, question.now) for other in booked.values()):
        return from_ndelius(question, 409, {"status": 409, "message": "Appointment conflicts with another"})
    number = booked.get(asked["id"], {}).get("appointmentId", 4_000_000 + len(booked))
    booked[asked["id"]] = asked | {"crn": crn, "appointmentId": number}
    return from_ndelius(question, 200, {"appointmentId": number})


def _clashes(asked: Any, other: dict[str, Any], crn: str, now: datetime) -> bool:
    """Whether another appointment to come of the same person takes up the same time."""
    if other["crn"] != crn or other["id"] in (asked["id"], asked.get("previousId")) or "outcome" in other:
        return False
    (begins, ends), (other_begins, other_ends) = _span(asked), _span(other)
    return other_begins > now and begins < other_ends and other_begins < ends


def _span(appointment: Any) -> tuple[datetime, datetime]:
    begins = datetime.fromisoformat(appointment["start"])
    return begins, begins + timedelta(minutes=appointment["durationInMinutes"])


ROUTES: Final[list[Route]] = [
    ("GET", rf"/probation-case/(?P<crn>{CRN})/details", _case_details),
    ("GET", rf"/probation-case/(?P<crn>{CRN})/identifiers", _identifiers),
    ("GET", rf"/probation-case/(?P<crn>{CRN})/responsible-officer", _responsible_officer),
    ("GET", rf"/probation-case/(?P<crn>{CRN})/convictions", _convictions),
    ("GET", rf"/probation-case/(?P<crn>{CRN})/convictions/(?P<sentence_id>\d+)", _conviction),
    ("PUT", rf"/probation-case/(?P<crn>{CRN})/referrals", _start_referral),
    (
        "PUT",
        rf"/probation-case/(?P<crn>{CRN})/referrals/(?P<referral_id>[0-9a-f-]{{36}})/appointments",
        _book_appointment,
    ),
    ("ANY", r"/users/(?P<username>[^/]+)/access", _access),
    ("GET", r"/users/(?P<username>[^/]+)/managed-cases", _managed_cases),
    ("GET", r"/users/(?P<username>[^/]+)/details", _user_details),
]
