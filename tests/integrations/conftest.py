"""The stub in its two forms, with time limits that a test can wait for, on a busy machine too.

On such a machine anything may take seconds. So nothing that is to be answered has a short time limit, and what takes
its time on purpose takes far longer than the limit that it is to pass. And a call whose caller has given up may be
under way still: count calls with ``arrived``.
"""

import threading
import time
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from integrations.hmpps_auth.tokens import ServiceToken, forget_tokens
from integrations.transport import use_adapter_everywhere
from upstream_stub import adapter
from upstream_stub.auth_state import ROLES_OF_THE_SERVICE
from upstream_stub.server import StubServer
from upstream_stub.state import StubState

#: As they begin the names of settings.
SYSTEMS = ("NDELIUS", "OASYS", "PRISON_REGISTER", "PRISON_API", "PRISONER_SEARCH", "MANAGE_USERS", "NOTIFY")
#: Time limits to connect, to read and to write, in seconds.
Limits = tuple[float, float, float]
SHORT: Limits = (10, 0.05, 0.05)
LONG: Limits = (10, 20, 20)


def arrived(stub: StubState, calls: int) -> int:
    """How many calls have reached the stub, as soon as it is so many, or after ten seconds."""
    give_up_at = time.monotonic() + 10
    while len(stub.journal) < calls and time.monotonic() < give_up_at:
        time.sleep(0.005)
    return len(stub.journal)


def with_a_token(stub: StubState) -> None:
    """Have the clients hold a token before a test begins to count calls."""
    ServiceToken().authorization()
    stub.journal.clear()


def bearer(**claims: object) -> str:
    """What a call shows to the stub: the service's own token, good for ever, unless ``claims`` say otherwise."""
    usual = {
        "authorities": list(ROLES_OF_THE_SERVICE),
        "grant_type": "client_credentials",
        "jti": "1",
        "exp": 2**40,
    }
    return f"Bearer {StubState().auth.keys.sign(usual | claims)}"


class ShortAtFirst:
    """Time limits that are short for one attempt and long for those that follow.

    Each attempt begins when the ones before have reached the stub. It could overtake them otherwise.
    """

    def __init__(self, stub: StubState) -> None:
        self.stub = stub
        self.attempts = 0

    def __iter__(self) -> Iterator[float]:
        """The limits for one more attempt."""
        arrived(self.stub, self.attempts)
        self.attempts += 1
        return iter(SHORT if self.attempts == 1 else LONG)


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    forget_tokens()
    settings.UPSTREAM_BACKOFF = 0
    settings.UPSTREAM_DEADLINE = 30


@pytest.fixture
def impatient(settings: Settings) -> None:
    """Time limits for calls that are never answered."""
    for system in SYSTEMS:
        setattr(settings, f"{system}_TIMEOUTS", SHORT)


@pytest.fixture
def stub_server() -> Iterator[StubServer]:
    """The HTTP stub on a free port: one for each test, so that a late call of one cannot reach the next."""
    server = StubServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.fixture
def in_process() -> Iterator[StubState]:
    """Clients answered in process."""
    adapter.mount()
    adapter.reset()
    with_a_token(adapter.state())
    yield adapter.state()
    adapter.reset()


@pytest.fixture
def over_http(
    stub_server: StubServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StubState]:
    """Clients answered over a socket."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for system in SYSTEMS:
        setattr(settings, f"{system}_URL", stub_server.url)
    settings.HMPPS_AUTH_URL = stub_server.state.auth.url
    stub_server.state.auth.know_clients_of(settings)
    stub_server.state.notify_key = settings.NOTIFY_API_KEY
    use_adapter_everywhere(None)
    with_a_token(stub_server.state)
    yield stub_server.state
    adapter.mount()


@pytest.fixture(params=["in_process", "over_http"])
def stub(request: pytest.FixtureRequest) -> StubState:
    """Either form: what holds for one holds for the other."""
    state: StubState = request.getfixturevalue(request.param)
    return state
