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
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote
from zlib import crc32

from upstream_stub import hmpps_auth, manage_users, ndelius, notify, oasys, prisons
from upstream_stub.exchange import Breakage, StubRequest, StubResponse
from upstream_stub.faults import Effect, Fault
from upstream_stub.question import (
    CRN,
    JSON_HEADERS,
    People,
    Question,
    Route,
    as_json,
    by_prison_number,
    from_ndelius,
)
from upstream_stub.state import JournalEntry, StubState

HMPPS_AUTH: Final = "hmpps_auth"
TOKEN_VERIFICATION: Final = "token_verification"  # noqa: S105 (the name of a system)
NDELIUS: Final = "ndelius"
OASYS: Final = "oasys"
PRISON_REGISTER: Final = "prison_register"
PRISON_API: Final = "prison_api"
PRISONER_SEARCH: Final = "prisoner_search"
MANAGE_USERS: Final = "manage_users"
NOTIFY: Final = "notify"
#: Which system a path is asked of, by how it begins; of all others, some are Manage Users', and the rest nDelius's.
SYSTEMS: Final = {
    "/auth/": HMPPS_AUTH,
    "/token/": TOKEN_VERIFICATION,
    "/risks/": OASYS,
    "/needs/": OASYS,
    "/prisons/": PRISON_REGISTER,
    "/api/agencies/": PRISON_API,
    "/prisoner/": PRISONER_SEARCH,
    "/v2/": NOTIFY,
}
#: Which ask for no token of HMPPS Auth: that itself, one that is public, and one that has keys of its own.
WITHOUT_TOKEN: Final = frozenset({HMPPS_AUTH, NOTIFY, PRISON_REGISTER})
#: Any of these roles opens the system; one that is not named here asks for none.
ROLES: Final = {
    NDELIUS: frozenset({"ROLE_PROBATION_API__REFER_AND_MONITOR__CASE_DETAIL__RW"}),
    OASYS: frozenset({"ROLE_PROBATION", "ROLE_CRS_PROVIDER", "ROLE_RISK_INTEGRATIONS_RO"}),
    PRISONER_SEARCH: frozenset({"ROLE_PRISONER_SEARCH"}),
}
#: Not written into the journal.
SECRET_HEADERS: Final = frozenset({"authorization", "cookie"})


def answer(request: StubRequest, people: People, state: StubState, now: datetime) -> StubResponse:
    """The answer to one request. Changes nothing but ``state``."""
    path = unquote(request.path)
    system = _system_of(path)
    asked = _json_of(request.body)
    crns = _crns_named(path, asked, people)
    carried = {crn: people[crn].faults for crn in sorted(crns) if crn in people and people[crn].faults}
    request_id = request.headers.get("x-request-id", "")
    fault = state.take_fault(system, request.method, path, crns, carried, request_id)

    question = Question(request, system, path, asked, people, state, now)

    def straight() -> StubResponse:
        return _straight_answer(question)

    response = straight() if fault is None else _gone_wrong(fault, straight)
    is_answered = response.breakage in (None, Breakage.TRUNCATE)
    headers = {name: value for name, value in request.headers.items() if name not in SECRET_HEADERS}
    status = response.status if is_answered else None
    met = "" if fault is None else str(fault.effect)
    claims = question.claims or {}
    state.note(JournalEntry(system, request.method, path, headers, asked, status, met, claims))
    return response


def _system_of(path: str) -> str:
    for begin, name in SYSTEMS.items():
        if path.startswith(begin):
            return name
    return MANAGE_USERS if re.fullmatch(manage_users.PATHS, path) else NDELIUS


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
            return replace(straight(), delay=fault.seconds)
        case Effect.TRUNCATE:
            return replace(straight(), breakage=Breakage.TRUNCATE)
        case Effect.NOT_JSON:
            garbled = straight()
            return StubResponse(garbled.status, garbled.body[: len(garbled.body) // 2] + b"}", JSON_HEADERS)
        case Effect.DRIP:
            return replace(straight(), drip=fault.seconds)
        case Effect.DROP_FIELDS:
            return _with_less(straight(), fault)
        case Effect.WRONG_CONTENT_TYPE:
            mislabelled = straight()
            return replace(mislabelled, headers={**mislabelled.headers, "content-type": "text/html"})
    retry_after = {"retry-after": fault.retry_after} if fault.retry_after else {}
    if fault.body is None:
        return StubResponse(fault.status, b"", retry_after)
    if isinstance(fault.body, bytes):
        return StubResponse(fault.status, fault.body, JSON_HEADERS | retry_after)
    return StubResponse(fault.status, as_json(fault.body), JSON_HEADERS | retry_after)


def _with_less(whole: StubResponse, fault: Fault) -> StubResponse:
    """The same answer without some of its fields. One that is no JSON stays as it is."""
    value = _json_of(whole.body)
    return whole if value is None else replace(whole, body=as_json(_without(value, fault)))


def _without(value: Any, fault: Fault) -> Any:
    if isinstance(value, list):
        return [_without(item, fault) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _without(item, fault) for name, item in value.items() if not _is_dropped(name, fault)}


def _is_dropped(name: str, fault: Fault) -> bool:
    """A field of one name is missing wherever it occurs."""
    return name in fault.fields if fault.fields else crc32(f"{fault.seed} {name}".encode()) % 3 == 0


# --- Straight answers ----------------------------------------------------------------------------


def _straight_answer(question: Question) -> StubResponse:
    if question.system not in WITHOUT_TOKEN and (refusal := _refusal(question)) is not None:
        return refusal
    for method, pattern, answering in _ROUTES:
        found = re.fullmatch(pattern, question.path)
        if found and method in (question.method, "ANY"):
            return answering(question, **found.groupdict())
    return from_ndelius(question, 404, {"status": 404, "error": "Not Found", "path": question.path})


def _refusal(question: Question) -> StubResponse | None:
    """401 without a token that is good, 403 without one of the roles that the system asks for."""
    if question.claims is None:
        return StubResponse(401)
    needed = ROLES.get(question.system)
    if needed is not None and needed.isdisjoint(question.claims["authorities"]):
        return StubResponse(403, as_json({"status": 403, "developerMessage": "Access Denied"}), JSON_HEADERS)
    return None


_ROUTES: Final[list[Route]] = [
    *hmpps_auth.ROUTES,
    *manage_users.ROUTES,
    *ndelius.ROUTES,
    *notify.ROUTES,
    *oasys.ROUTES,
    *prisons.ROUTES,
]


# --- Reading a request ---------------------------------------------------------------------------


def _json_of(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _crns_named(path: str, asked: Any, people: People) -> frozenset[str]:
    """The people a call is about: by CRN in its path or body, or by the prison number at the end of its path."""
    in_body = [item for item in asked if isinstance(item, str)] if isinstance(asked, list) else []
    prisoner = by_prison_number(people, path.rpartition("/")[2])
    by_number = [prisoner.crn] if prisoner else []
    in_path = re.findall(rf"(?<=/){CRN}(?=/|$)", path)
    return frozenset(crn.upper() for crn in [*in_path, *in_body, *by_number])
