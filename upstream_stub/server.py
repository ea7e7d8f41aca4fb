"""The stub as a small HTTP server, for browser tests and for trying faults by hand. Same answers as in process.

| Call | Does |
|---|---|
| POST /__stub__/faults | sets one fault: the fields of ``upstream_stub.faults.Fault`` as JSON |
| POST /__stub__/chaos | ``{"seed": 1, "share": 0.2}``: that share of all calls goes wrong; ``{}``: no more |
| POST /__stub__/reset | forgets faults, journal and referrals; nobody is signed in; its clock is right |
| POST /__stub__/clock | ``{"seconds": 3600}``: moves its clock on |
| POST /__stub__/keys | ``{"forget_old": true}``: HMPPS Auth signs with a new key |
| POST /__stub__/tokens | ``{"seconds": 30}``: how long the tokens last that it gives from now on |
| GET /__stub__/journal | the calls so far, oldest first; ``?request=``: of requests whose id begins so |
| GET /__stub__/kept | what was written: referrals, appointments, emails; and how many calls chaos broke, by how |

``X-Stub-Namespace`` gives a caller a stub of their own: faults, journal, clock and all that was written belong to the
name in it. Tests that share a server name theirs, in calls and controls alike; without it, everybody shares one.

Point the address of every outside system (NDELIUS_URL and so on) at it. It serves invented people and checks
tokens that everyone can have: it must never stand where others can reach it.
"""

import json
import socket
import struct
import threading
from collections.abc import Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs

from upstream_stub.answering import answer
from upstream_stub.chaos import Chaos
from upstream_stub.exchange import BITS, Breakage, StubRequest, StubResponse
from upstream_stub.faults import Fault
from upstream_stub.people.everyone import PEOPLE
from upstream_stub.people.persona import Persona
from upstream_stub.state import StubState

LONGEST_HANG: Final = 60.0  # seconds
NAMESPACE: Final = "X-Stub-Namespace"


class StubServer(ThreadingHTTPServer):
    """One server with its own state; port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        people: Mapping[str, Persona] = PEOPLE,
    ) -> None:
        super().__init__((host, port), _Handler)
        self.state = StubState()
        self.state.auth.url = f"{self.url}/auth"
        self.people = people
        self.stopping = threading.Event()
        self._namespaces: dict[str, StubState] = {}
        self._lock = threading.Lock()

    def state_of(self, namespace: str) -> StubState:
        """What the stub remembers under this name; without a name, what it remembers for everybody."""
        if not namespace:
            return self.state
        with self._lock:
            if namespace not in self._namespaces:
                self._namespaces[namespace] = StubState(
                    auth=self.state.auth.copy(), notify_key=self.state.notify_key
                )
            return self._namespaces[namespace]

    @property
    def url(self) -> str:
        """Where it stands."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def shutdown(self) -> None:
        """Stop, without waiting for calls that hang on purpose."""
        self.stopping.set()
        super().shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: StubServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a path holds a CRN. The journal tells what was called."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path, _, query = self.path.partition("?")
        state = self.server.state_of(self.headers.get(NAMESPACE, ""))
        if path.startswith("/__stub__/"):
            return self._send(self._control(state, path, query, body))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = StubRequest(self.command, path, headers, body, query)
        said = answer(request, self.server.people, state, state.now())
        if said.breakage is Breakage.HANG:
            self.server.stopping.wait(LONGEST_HANG)
            return self._drop()
        if said.breakage is Breakage.RESET:
            return self._drop()
        if said.delay and self.server.stopping.wait(said.delay):
            return self._drop()
        return self._send(said)

    def _send(self, said: StubResponse) -> None:
        is_cut = said.breakage is Breakage.TRUNCATE
        try:
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if said.status != 204:
                self.send_header("content-length", str(len(said.body)))
            self.end_headers()
            if said.status != 204:  # which has no body, whatever went wrong with it
                self._write(said.body[: len(said.body) // 2] if is_cut else said.body, said.drip)
        except OSError:  # the caller has stopped waiting
            self.close_connection = True
        if is_cut:
            self.close_connection = True

    def _write(self, body: bytes, drip: float) -> None:
        if not drip:
            self.wfile.write(body)
            return
        size = len(body) // BITS + 1
        bits = [body[begin : begin + size] for begin in range(0, len(body), size)]
        for bit in bits:
            if self.server.stopping.wait(drip / len(bits)):
                self.close_connection = True
                return
            self.wfile.write(bit)
            self.wfile.flush()

    def _drop(self) -> None:
        """Close so that the caller sees a reset, not an orderly end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _control(self, state: StubState, path: str, query: str, body: bytes) -> StubResponse:
        match self.command, path.removeprefix("/__stub__/"):
            case "POST", "reset":
                state.reset()
                return StubResponse(204)
            case "POST", ("faults" | "chaos" | "clock" | "keys" | "tokens") as what:
                try:
                    return self._set(state, what, json.loads(body))
                except (ValueError, TypeError, KeyError, AttributeError) as error:
                    return _json(400, {"message": str(error)})
            case "GET", "journal":
                begins = parse_qs(query).get("request", [""])[0]
                calls = [call for call in state.calls() if call.headers.get("x-request-id", "").startswith(begins)]
                return _json(200, [call.as_json() for call in calls])
            case "GET", "kept":
                return _json(200, state.kept())
        return _json(404, {"message": "The stub has no such control"})

    def _set(self, state: StubState, what: str, asked: dict[str, Any]) -> StubResponse:
        match what:
            case "faults":
                state.faults.append(Fault(**asked))
            case "chaos":
                state.chaos = Chaos(**asked) if asked else None
            case "clock":
                state.ahead += timedelta(seconds=asked["seconds"])
            case "keys":
                state.auth.keys.rotate(forget_old=bool(asked.get("forget_old")))
            case _:
                state.auth.token_seconds = int(asked["seconds"])
        return StubResponse(204)


def _json(status: int, value: Any) -> StubResponse:
    return StubResponse(status, json.dumps(value).encode(), {"content-type": "application/json"})
