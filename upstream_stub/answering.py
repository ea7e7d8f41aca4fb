"""What the outside systems would answer: one function over synthetic people, used in process and over HTTP.

Wire shapes, statuses and quirks are those of the reference on upstream systems: nDelius leaves nulls out and
answers an unknown person with an empty 404; OASys and the prison systems write nulls and explain themselves in
JSON; the prison register asks for no token. It must not know requests, sockets or our clients; the two ways in
(``adapter``, ``server``) add nothing to what it says.

OASys is asked with a token that is nobody's in nDelius. Such a token is refused for a person whose case is open
to named users only, and not for one who is merely closed to a named user.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from upstream_stub.dates import written_out
from upstream_stub.exchange import Breakage, StubRequest, StubResponse
from upstream_stub.faults import Effect, Fault
from upstream_stub.people.persona import Persona
from upstream_stub.people.practitioners import USERS
from upstream_stub.places import PRISONS, SECURE_CHILDRENS_HOMES
from upstream_stub.state import JournalEntry, StubState

NDELIUS: Final = "ndelius"
OASYS: Final = "oasys"
PRISON_REGISTER: Final = "prison_register"
PRISON_API: Final = "prison_api"
PRISONER_SEARCH: Final = "prisoner_search"
#: Which system a path is asked of, by how it begins; all others are nDelius's.
SYSTEMS: Final = {
    "/risks/": OASYS,
    "/needs/": OASYS,
    "/prisons/": PRISON_REGISTER,
    "/api/agencies/": PRISON_API,
    "/prisoner/": PRISONER_SEARCH,
}
CRN: Final = r"[A-Za-z]\d{6}"

People = Mapping[str, Persona]
JSON_HEADERS: Final = {"content-type": "application/json"}

#: Contract types that nDelius has a code for; any other breaks it.
MAPPED_CONTRACT_TYPES: Final = frozenset(
    """
    ACC ETE PWB WOS DNR MTR WSM
    FBD-B FBD-BU FBD-EM FBD-M FBD-R FBD-WM FBD-L FBD-SA FBD-SC FBD-SP FBD-NE FBD-SW FBD-TA FBD-TR FBD-W FBD-WI
    FBD-Y FBD-NW
    DNR-K DNR-L DNR-NE DNR-Y DNR-NEN DNR-SC DNR-SY DNR-WM DNR-SW
    """.split()  # noqa: SIM905 (reads as the table it was taken from)
)


def answer(request: StubRequest, people: People, state: StubState, now: datetime) -> StubResponse:
    """The answer to one request. Changes nothing but ``state``."""
    path = unquote(request.path)
    system = next((name for begin, name in SYSTEMS.items() if path.startswith(begin)), NDELIUS)
    asked = _json_of(request.body)
    crns = _crns_named(path, asked, people)
    carried = {crn: people[crn].faults for crn in sorted(crns) if crn in people and people[crn].faults}
    fault = state.take_fault(system, request.method, path, crns, carried)

    def straight() -> StubResponse:
        return _straight_answer(_Question(request, system, path, asked, people, state, now))

    response = straight() if fault is None else _gone_wrong(fault, straight)
    is_answered = response.breakage in (None, Breakage.TRUNCATE)
    headers = {name: value for name, value in request.headers.items() if name != "authorization"}
    state.note(
        JournalEntry(system, request.method, path, headers, asked, response.status if is_answered else None)
    )
    return response


# --- Faults --------------------------------------------------------------------------------------


def _gone_wrong(fault: Fault, straight: Callable[[], StubResponse]) -> StubResponse:
    match fault.effect:
        case Effect.HANG:
            return StubResponse(0, breakage=Breakage.HANG)
        case Effect.RESET:
            return StubResponse(0, breakage=Breakage.RESET)
        case Effect.HTML:
            page = b"<html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>"
            return StubResponse(fault.status, page, {"content-type": "text/html"})
        case Effect.DELAY:
            late = straight()
            return StubResponse(late.status, late.body, late.headers, delay=fault.seconds)
        case Effect.TRUNCATE:
            cut = straight()
            return StubResponse(cut.status, cut.body, cut.headers, breakage=Breakage.TRUNCATE)
        case Effect.NOT_JSON:
            garbled = straight()
            return StubResponse(garbled.status, garbled.body[: len(garbled.body) // 2] + b"}", JSON_HEADERS)
    retry_after = {"retry-after": fault.retry_after} if fault.retry_after else {}
    if fault.body is None:
        return StubResponse(fault.status, b"", retry_after)
    if isinstance(fault.body, bytes):
        return StubResponse(fault.status, fault.body, JSON_HEADERS | retry_after)
    return StubResponse(fault.status, _as_json(fault.body), JSON_HEADERS | retry_after)


# --- Straight answers ----------------------------------------------------------------------------


class _Question:
    """A request with all that an answer may depend on."""

    def __init__(
        self,
        request: StubRequest,
        system: str,
        path: str,
        asked: Any,
        people: People,
        state: StubState,
        now: datetime,
    ) -> None:
        self.method = request.method
        self.query = parse_qs(request.query)
        self.system = system
        self.path = path
        self.authorization = request.headers.get("authorization")
        self.asked = asked
        self.people = people
        self.state = state
        self.now = now

    def person(self, crn: str) -> Persona | None:
        return self.people.get(crn.upper())


def _straight_answer(question: _Question) -> StubResponse:
    is_known = (question.authorization or "").strip() == f"Bearer {question.state.token}".strip()
    if not is_known and question.system != PRISON_REGISTER:
        return StubResponse(401)
    for method, pattern, answering in _ROUTES:
        found = re.fullmatch(pattern, question.path)
        if found and method in (question.method, "ANY"):
            return answering(question, **found.groupdict())
    return _from_ndelius(question, 404, {"status": 404, "error": "Not Found", "path": question.path})


def _case_details(question: _Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.case is None:
        return StubResponse(404)
    return _from_ndelius(question, 200, person.case)


def _identifiers(question: _Question, crn: str) -> StubResponse:
    """Answered 200 for anybody: a person whom nDelius does not know has no number."""
    person = question.person(crn)
    is_there = person is not None and person.case is not None
    return _from_ndelius(
        question,
        200,
        {"crn": crn.upper(), "nomsId": person.prison_number if person and is_there else None},
    )


def _responsible_officer(question: _Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.officers is None:
        return _ndelius_404(question, f"Person with crn of {crn} not found")
    return _from_ndelius(question, 200, person.officers)


def _convictions(question: _Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.case is None:
        return _ndelius_404(question, f"Person with crn of {crn} not found")
    return _from_ndelius(question, 200, {"caseDetail": person.case, "convictions": person.sentences})


def _conviction(question: _Question, crn: str, sentence_id: str) -> StubResponse:
    person = question.person(crn)
    if person is not None and person.case is not None:
        for sentence in person.all_sentences:
            if sentence["id"] == int(sentence_id):
                return _from_ndelius(question, 200, {"caseDetail": person.case, "conviction": sentence})
    return _ndelius_404(question, f"Event with id of {sentence_id} not found")


def _access(question: _Question, username: str) -> StubResponse:
    if not isinstance(question.asked, list):
        return _from_ndelius(question, 400, {"status": 400, "message": "Required request body is missing"})
    if not 1 <= len(question.asked) <= 500:
        return _from_ndelius(
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
    return _from_ndelius(question, 200, {"access": entries})


def _managed_cases(question: _Question, username: str) -> StubResponse:
    managed = [
        {"crn": crn} for crn, person in question.people.items() if person.managed_by == username.upper()
    ]
    return _from_ndelius(question, 200, {"managedCases": managed})


def _user_details(question: _Question, username: str) -> StubResponse:
    user = USERS.get(username.upper())
    return StubResponse(404) if user is None else _from_ndelius(question, 200, user)


def _start_referral(question: _Question, crn: str) -> StubResponse:
    """Idempotent on the referral's id: a repeat changes nothing and is answered the same."""
    person, asked = question.person(crn), question.asked
    needed = {"referralId", "startedAt", "contractType", "sentenceId", "notes"}
    if not isinstance(asked, dict) or not needed <= asked.keys():
        return _from_ndelius(question, 400, {"status": 400, "message": "Validation failure"})
    if person is None or person.case is None:
        return _ndelius_404(question, f"Person with crn of {crn} not found")
    if asked["sentenceId"] not in [sentence["id"] for sentence in person.all_sentences]:
        return _ndelius_404(question, f"Event with id of {asked['sentenceId']} not found")
    if asked["contractType"] not in MAPPED_CONTRACT_TYPES:
        return _from_ndelius(question, 500, {"status": 500, "message": "Unexpected contract type"})
    question.state.referrals.setdefault(str(asked["referralId"]), {"crn": crn} | asked)
    return StubResponse(204)


def _book_appointment(question: _Question, crn: str, referral_id: str) -> StubResponse:
    """Idempotent on the appointment's id: a repeat updates it and is answered with the same number.

    A referral that this stub was never told of counts as known: it forgets at every start, the service does not.
    """
    person, asked = question.person(crn), question.asked
    needed = {"id", "referralId", "start", "durationInMinutes", "officeLocationCode", "countsTowardsRar"}
    if not isinstance(asked, dict) or not needed <= asked.keys() or asked["referralId"] != referral_id:
        return _from_ndelius(question, 400, {"status": 400, "message": "Validation failure"})
    known = question.state.referrals.get(referral_id)
    if person is None or person.case is None or (known is not None and known["crn"] != crn):
        return _ndelius_404(question, f"Referral with id of {referral_id} not found")
    begins = datetime.fromisoformat(asked["start"])
    if begins <= question.now and "outcome" not in asked:
        return _from_ndelius(question, 400, {"status": 400, "message": "An outcome is needed in the past"})
    booked = question.state.appointments
    if begins > question.now and any(_clashes(asked, other, crn, question.now) for other in booked.values()):
        return _from_ndelius(question, 409, {"status": 409, "message": "Appointment conflicts with another"})
    number = booked.get(asked["id"], {}).get("appointmentId", 4_000_000 + len(booked))
    booked[asked["id"]] = asked | {"crn": crn, "appointmentId": number}
    return _from_ndelius(question, 200, {"appointmentId": number})


def _clashes(asked: Any, other: dict[str, Any], crn: str, now: datetime) -> bool:
    """Whether another appointment to come of the same person takes up the same time."""
    if other["crn"] != crn or other["id"] in (asked["id"], asked.get("previousId")) or "outcome" in other:
        return False
    (begins, ends), (other_begins, other_ends) = _span(asked), _span(other)
    return other_begins > now and begins < other_ends and other_begins < ends


def _span(appointment: Any) -> tuple[datetime, datetime]:
    begins = datetime.fromisoformat(appointment["start"])
    return begins, begins + timedelta(minutes=appointment["durationInMinutes"])


def _risks(question: _Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or not person.assessments:
        return _with_nulls(question, 404, _explained(404, f"No assessment data found for CRN: {crn}"))
    if person.is_open_to_named_users_only:
        return _with_nulls(question, 403, _explained(403, "User does not have permission to access offender"))
    reads = question.state.count_risk_read(person.crn)
    return _with_nulls(question, 200, person.assessments[min(reads, len(person.assessments) - 1)])


def _needs(question: _Question, crn: str) -> StubResponse:
    person = question.person(crn)
    if person is None or person.needs is None:
        return _with_nulls(question, 404, _explained(404, f"No needs found for CRN: {crn}"))
    if person.is_open_to_named_users_only:
        return _with_nulls(question, 403, _explained(403, "User does not have permission to access offender"))
    return _with_nulls(question, 200, person.needs)


def _prison_names(question: _Question) -> StubResponse:
    """The register's entries, those that are closed only when everything is asked for."""
    listed = [
        {key: value for key, value in prison.items() if key != "active"}
        for prison in PRISONS
        if prison["active"] or question.query.get("active") != ["true"]
    ]
    return _with_nulls(question, 200, listed)


def _agencies(question: _Question, kind: str) -> StubResponse:
    """Only secure children's homes have been invented."""
    is_all = question.query.get("activeOnly") == ["false"]
    listed = [
        home for home in SECURE_CHILDRENS_HOMES if home["agencyType"] == kind and (is_all or home["active"])
    ]
    return _with_nulls(question, 200, listed)


def _prisoner(question: _Question, number: str) -> StubResponse:
    person = _by_prison_number(question.people, number)
    if person is None or person.prisoner is None:
        message = f"Prisoner {number} not found"
        return _with_nulls(question, 404, _explained(404, message))
    return _with_nulls(question, 200, {"prisonerNumber": person.prison_number} | person.prisoner)


_ROUTES: Final[list[tuple[str, str, Callable[..., StubResponse]]]] = [
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
    ("GET", rf"/risks/crn/(?P<crn>{CRN})", _risks),
    ("GET", rf"/needs/crn/(?P<crn>{CRN})", _needs),
    ("GET", r"/prisons/names", _prison_names),
    ("GET", r"/api/agencies/type/(?P<kind>[A-Z]+)", _agencies),
    ("GET", r"/prisoner/(?P<number>[^/]+)", _prisoner),
]


# --- Writing -------------------------------------------------------------------------------------


def _from_ndelius(question: _Question, status: int, value: Any) -> StubResponse:
    return StubResponse(
        status, _as_json(written_out(value, question.now, with_nulls=False)), dict(JSON_HEADERS)
    )


def _with_nulls(question: _Question, status: int, value: Any) -> StubResponse:
    return StubResponse(
        status, _as_json(written_out(value, question.now, with_nulls=True)), dict(JSON_HEADERS)
    )


def _ndelius_404(question: _Question, message: str) -> StubResponse:
    return _from_ndelius(question, 404, {"status": 404, "message": message})


def _explained(status: int, message: str) -> dict[str, Any]:
    return {
        "status": status,
        "errorCode": None,
        "userMessage": None,
        "developerMessage": message,
        "moreInfo": None,
    }


def _as_json(value: Any) -> bytes:
    # Escaped, so that a person whose text holds a lone surrogate can be put on the wire.
    return json.dumps(value, ensure_ascii=True).encode()


def _json_of(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _crns_named(path: str, asked: Any, people: People) -> frozenset[str]:
    """The people a call is about: by CRN in its path or body, or by the prison number at the end of its path."""
    in_body = [item for item in asked if isinstance(item, str)] if isinstance(asked, list) else []
    prisoner = _by_prison_number(people, path.rpartition("/")[2])
    by_number = [prisoner.crn] if prisoner else []
    in_path = re.findall(rf"(?<=/){CRN}(?=/|$)", path)
    return frozenset(crn.upper() for crn in [*in_path, *in_body, *by_number])


def _by_prison_number(people: People, number: str) -> Persona | None:
    return next((person for person in people.values() if person.prison_number == number.upper()), None)
