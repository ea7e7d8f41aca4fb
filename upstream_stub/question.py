"""What an answer may depend on, and how the systems write what they answer. Knows no system's questions."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs

from upstream_stub.dates import written_out
from upstream_stub.exchange import StubRequest, StubResponse
from upstream_stub.people.persona import Persona
from upstream_stub.state import StubState
from upstream_stub.tokens import Claims

People = Mapping[str, Persona]
CRN: Final = r"[A-Za-z]\d{6}"
PRISON_NUMBER: Final = re.compile(r"[A-Za-z]\d{4}[A-Za-z]{2}")
JSON_HEADERS: Final = {"content-type": "application/json"}


class Question:
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
        self.raw_query = request.query
        self.query = parse_qs(request.query)
        self._headers, self._body = request.headers, request.body
        self.system = system
        self.path = path
        self.authorization = request.headers.get("authorization")
        self.asked = asked
        self.people = people
        self.state = state
        self.now = now

    @cached_property
    def claims(self) -> Claims | None:
        """What the bearer's token claims, when it is good."""
        kind, _, token = (self.authorization or "").partition(" ")
        return self.state.auth.keys.read(token, self.now) if kind == "Bearer" and token else None

    @property
    def form(self) -> dict[str, str]:
        """The body as a form; of a name that comes twice, the first."""
        if not self._headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return {name: values[0] for name, values in parse_qs(self._body.decode(errors="replace")).items()}

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser keeps."""
        return {name: morsel.value for name, morsel in SimpleCookie(self._headers.get("cookie", "")).items()}

    def person(self, crn: str) -> Persona | None:
        """The person with this CRN; before a merge, whoever is to be merged away (``StubState.before_the_merge``)."""
        person = self.people.get(crn.upper())
        if person is None or person.merged_into is None or person.crn not in self.state.not_merged_yet:
            return person
        left = self.people[person.merged_into]
        assert left.case is not None
        return replace(left, crn=person.crn, case=left.case | {"crn": person.crn}, merged_into=person.merged_into)

    def surviving(self, crn: str) -> str:
        """The CRN under which nDelius keeps what is recorded under this one."""
        person = self.people.get(crn.upper())
        return (person.merged_into if person else None) or crn.upper()


#: The method ("ANY" for all), the path's pattern, and what answers.
Route = tuple[str, str, Callable[..., StubResponse]]


# --- Writing -------------------------------------------------------------------------------------


def from_ndelius(question: Question, status: int, value: Any) -> StubResponse:
    return StubResponse(
        status, as_json(written_out(value, question.now, with_nulls=False)), dict(JSON_HEADERS)
    )


def with_nulls(question: Question, status: int, value: Any) -> StubResponse:
    return StubResponse(
        status, as_json(written_out(value, question.now, with_nulls=True)), dict(JSON_HEADERS)
    )


def ndelius_404(question: Question, message: str) -> StubResponse:
    return from_ndelius(question, 404, {"status": 404, "message": message})


def explained(status: int, message: str) -> dict[str, Any]:
    return {
        "status": status,
        "errorCode": None,
        "userMessage": None,
        "developerMessage": message,
        "moreInfo": None,
    }


def as_json(value: Any) -> bytes:
    # Escaped, so that a person whose text holds a lone surrogate can be put on the wire.
    return json.dumps(value, ensure_ascii=True).encode()


def by_prison_number(people: People, number: str) -> Persona | None:
    """Whoever has this prison number. Every call is asked, so what looks like none is not looked for."""
    if PRISON_NUMBER.fullmatch(number) is None:
        return None
    return next((person for person in people.values() if person.prison_number == number.upper()), None)
