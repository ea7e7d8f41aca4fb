"""The stub in its two forms, with time limits that a test can wait for."""

import threading
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from integrations.stub import adapter
from integrations.stub.server import StubServer
from integrations.stub.state import StubState
from integrations.transport import mount_everywhere

TOKEN = "token-of-the-tests"
#: As they begin the names of settings.
SYSTEMS = ("NDELIUS", "OASYS", "PRISON_REGISTER", "PRISON_API", "PRISONER_SEARCH")


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.UPSTREAM_TOKEN = TOKEN
    settings.UPSTREAM_BACKOFF = 0
    settings.UPSTREAM_DEADLINE = 10


@pytest.fixture
def impatient(settings: Settings) -> None:
    """Time limits for calls that are never answered. Not for others: a busy machine may take this long."""
    for system in SYSTEMS:
        setattr(settings, f"{system}_TIMEOUTS", (1, 0.05, 0.05))


@pytest.fixture(scope="session")
def stub_server() -> Iterator[StubServer]:
    """The HTTP stub on a free port."""
    server = StubServer(token=TOKEN)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
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
    mount_everywhere(None)
    stub_server.state.reset()
    yield stub_server.state
    stub_server.state.reset()
    adapter.mount()


@pytest.fixture(params=["in_process", "over_http"])
def stub(request: pytest.FixtureRequest) -> StubState:
    """Either form: what holds for one holds for the other."""
    state: StubState = request.getfixturevalue(request.param)
    return state
