"""The stub inside this process: a requests adapter that answers without a socket.

``mount()`` at start-up sends every client here. Tests reach what the stub remembers through ``state()``, and
``reset()`` makes it forget, breakers included.

It keeps time limits as a socket would: an answer later than the read time-out takes exactly the time-out and
then raises what requests raises.
"""

import io
import time
from collections.abc import Mapping
from typing import Any, Final

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from integrations.hmpps_auth.tokens import forget_tokens
from integrations.transport import close_breakers, use_adapter_everywhere
from upstream_stub.answering import answer
from upstream_stub.exchange import BITS, Breakage, StubRequest, StubResponse
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import Persona
from upstream_stub.state import StubState

SECONDS_WITHOUT_LIMIT: Final = 30.0  # how long a hanging call lasts when its caller set no time-out

_state = StubState()


def mount() -> None:
    """Answer every call of every client from here."""
    use_adapter_everywhere(StubAdapter(_state))


def state() -> StubState:
    """What the mounted stub remembers: set faults on it, read its journal."""
    return _state


def reset() -> None:
    """Forget faults, journal and referrals; close the breakers that faults have opened, and ask for tokens anew."""
    _state.reset()
    close_breakers()
    forget_tokens()


def answered(request: StubRequest) -> StubResponse:
    """What the mounted stub says to a browser, which comes to this process by its own door."""
    _know_settings(_state)
    return answer(request, PEOPLE, _state, _state.now())


def _know_settings(state: StubState) -> None:
    state.auth.url = settings.HMPPS_AUTH_URL.rstrip("/")
    state.auth.know_clients_of(settings)
    state.auth.keys.kept_in = settings.STUB_SIGNING_KEY
    state.notify_key = getattr(settings, "NOTIFY_API_KEY", "").strip() or state.notify_key


class StubAdapter(HTTPAdapter):
    """Answers from ``people``. Opens no connection."""

    def __init__(self, state: StubState | None = None, people: Mapping[str, Persona] = PEOPLE) -> None:
        super().__init__()
        self.state = state or StubState()
        self.people = people

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Answer one prepared request, as late and as broken as the stub says."""
        _know_settings(self.state)
        said = answer(_as_stub_request(request), self.people, self.state, self.state.now())
        self._take_time(said, request, timeout)
        if said.breakage is Breakage.RESET:
            dropped = ProtocolError(
                "Connection aborted.", ConnectionResetError(104, "Connection reset by peer")
            )
            raise requests.ConnectionError(dropped, request=request)
        return self.build_response(request, _as_raw_response(said))

    def _take_time(self, said: StubResponse, request: requests.PreparedRequest, timeout: Any) -> None:
        limit = timeout[1] if isinstance(timeout, tuple) else timeout
        limit = SECONDS_WITHOUT_LIMIT if limit is None else limit
        if said.breakage is Breakage.HANG or said.delay > limit:
            time.sleep(limit)
            raise requests.ReadTimeout(request=request)
        time.sleep(said.delay)


def _as_stub_request(request: requests.PreparedRequest) -> StubRequest:
    body = request.body or b""
    path, _, query = request.path_url.partition("?")
    return StubRequest(
        method=request.method or "GET",
        path=path,
        headers={name.lower(): str(value) for name, value in request.headers.items()},
        body=body.encode() if isinstance(body, str) else bytes(body),
        query=query,
    )


class _Dripping(io.BytesIO):
    """A body that comes bit by bit, and whole after ``seconds``."""

    def __init__(self, body: bytes, seconds: float) -> None:
        super().__init__(body)
        self._bit = len(body) // BITS + 1
        self._pause = seconds / (len(body) // self._bit + 1)

    def read(self, size: int | None = -1) -> bytes:
        """The next bit, whatever is asked for."""
        time.sleep(self._pause)
        return super().read(self._bit if size is None or size < 0 else min(size, self._bit))

    read1 = read


def _as_raw_response(said: StubResponse) -> HTTPResponse:
    headers = dict(said.headers) | {"content-length": str(len(said.body))}
    is_cut = said.breakage is Breakage.TRUNCATE
    body = said.body[: len(said.body) // 2] if is_cut else said.body
    return HTTPResponse(
        body=_Dripping(body, said.drip) if said.drip else io.BytesIO(body),
        headers=headers,
        status=said.status,
        preload_content=False,
        request_method="GET",
    )
