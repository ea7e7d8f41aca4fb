"""Clients that are handed answers as they stand: no HTTP, no cache, no log. For sweeps over many answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from django.utils import timezone

from integrations import failures
from integrations import transport as transports
from upstream_stub import answering
from upstream_stub.auth_state import ROLES_OF_THE_SERVICE
from upstream_stub.exchange import StubRequest
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import Persona
from upstream_stub.state import StubState

#: What their systems hold, without what goes wrong on the way.
HELD: Final[Mapping[str, Persona]] = {crn: replace(person, faults=()) for crn, person in PEOPLE.items()}


class Answers:
    """What every client is answered: ``body`` while there is one, else what the stub's people's systems hold."""

    def __init__(self) -> None:
        self.body: Any = None
        self.last: Any = None  # the body that was answered last
        self.now = timezone.now()
        self._stub = StubState()
        claims = {"authorities": [*ROLES_OF_THE_SERVICE], "exp": self.now.timestamp() + 3600}
        self._headers = {"authorization": f"Bearer {self._stub.auth.keys.sign(claims)}"}

    def read(
        self, system: str, operation: str, template: str, asking: Any, values: Mapping[str, object]
    ) -> transports.Reply:
        """In place of ``Transport.read``."""
        if self.body is None:
            path, _, query = template.format(**values).partition("?")
            question = json.dumps(asking).encode() if asking is not None else b""
            method = "GET" if asking is None else "POST"
            asked = StubRequest(method, path, self._headers, question, query)
            response = answering.answer(asked, HELD, self._stub, self.now)
            if response.status != 200:
                raise _REFUSALS[response.status](system, operation, status=response.status)
            self.last = json.loads(response.body)
        body = json.dumps(self.last if self.body is None else self.body).encode()
        return _Unlogged(system, operation, "", 200, body)


class _Unlogged(transports.Reply):
    def _log_unread(self, names: tuple[str, ...]) -> None:
        pass

    def malformed(self, problem: str) -> failures.Malformed:
        return failures.Malformed(self.system, self.operation, status=self.status)


_REFUSALS: Final = {403: failures.Forbidden, 404: failures.NotFound}


def answer_directly(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Put ``Answers`` in place of the network."""
    answers = Answers()

    def read(
        self: transports.Transport, operation: str, template: str, *, asking: Any = None, **values: object
    ) -> transports.Reply:
        return answers.read(self.system, operation, template, asking, values)

    monkeypatch.setattr(transports.Transport, "read", read)
    return answers
