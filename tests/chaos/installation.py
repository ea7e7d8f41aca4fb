"""The service in processes of its own, set up as in production, and the stub that it calls over HTTP."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import requests
import yaml

from tests.chaos.proxy import configured, send_to

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 180  # seconds until a process is up, or down, on a machine that does much else
LONG = 1800  # seconds: what is not done by then hangs
COMPOSED = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
#: What the image runs, and of it the processes that docker-compose.yml starts.
IMAGE = json.loads((ROOT / "Dockerfile").read_text().rpartition("\nCMD ")[2])
PROCESSES = ("web", "worker-waited-for", "worker-can-wait", "beat")
COMMANDS = {
    **{name: shlex.join(COMPOSED[name].get("command", IMAGE)) for name in PROCESSES},
    # Of both queues: what is killed was at whatever it was.
    "worker": "celery --quiet --app refer_monitor.celery worker --concurrency 2 --loglevel INFO",
}
SYSTEMS = ("NDELIUS", "OASYS", "PRISON_REGISTER", "PRISON_API", "PRISONER_SEARCH", "MANAGE_USERS", "NOTIFY")
LOAD = "import django; django.setup(); from demo.seeding import load_people_and_catalogue; load_people_and_catalogue()"


class Installation:
    """Everything of one run, in one folder. ``services``: the folder that ``.ci/services`` started."""

    def __init__(self, folder: Path, *, crowd: int) -> None:
        self.folder = folder
        self.crowd = crowd
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stub_port, self._port = free_port(), free_port()
        self._ports = {"web": self._port}
        self.stub = f"http://127.0.0.1:{self._stub_port}"
        self.address = f"http://127.0.0.1:{self._port}"
        #: What people type: a proxy in front ends TLS.
        self.public_address = f"https://127.0.0.1:{self._port}"
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        self._server, self._database = server, f"chaos_{uuid4().hex[:8]}"
        self.database_url = f"{server}/{self._database}"
        self.environment = self._shared() | self._production()
        #: For what production refuses: invented people, and making referrals without a browser.
        self.demo_environment = self._shared() | {"DJANGO_SETTINGS_MODULE": "refer_monitor.settings.local"}

    def _shared(self) -> dict[str, str]:
        self._secrets = getattr(self, "_secrets", None) or {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DECLARATION_KEY": secrets.token_urlsafe(48),
            "OUTER_KEYS": f"chaos:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            "HMPPS_AUTH_CLIENT_SECRET": secrets.token_urlsafe(24),
            "HMPPS_AUTH_SIGN_IN_CLIENT_SECRET": secrets.token_urlsafe(24),
            "NOTIFY_API_KEY": f"chaos-{uuid4()}-{uuid4()}",
        }
        return {
            **{
                name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))
            },
            **self._secrets,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "NO_PROXY": "127.0.0.1",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "DATABASE_REPLICA_URL": self.replica_url,
            "SERVICE_URL": self.public_address,
            "UPSTREAM_MODE": "real",
            "NOTIFY_MODE": "real",
            "NOTIFY_TEMPLATE_ID": str(uuid4()),
            "HMPPS_AUTH_URL": f"{self.stub}/auth",
            "HMPPS_AUTH_CLIENT_ID": "refer-monitor",
            "HMPPS_AUTH_SIGN_IN_CLIENT_ID": "refer-monitor-sign-in",
            **{f"{name}_URL": self.stub for name in SYSTEMS},
        }

    @property
    def replica_url(self) -> str:
        """The same database on a replica of the server; empty without one."""
        given = os.environ.get("DATABASE_REPLICA_URL")
        return f"{given.rpartition('/')[0]}/{self._database}" if given else ""

    def _production(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.production",
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXIES": "1",
            "SIGN_IN": "hmpps_auth",
            "WITHOUT_TLS": "database,redis,upstreams,email",
            "DEFAULT_FROM_EMAIL": "no-reply@example.com",
            "NDELIUS_DEEP_LINK": "https://ndelius.example.com/",
            "PORT": str(self._port),
            "WEB_WORKERS": "2",
            "WEB_THREADS": "8",
        }

    # --- From nothing to a running service, and back

    def prepare(self) -> None:
        """Database, catalogue, people, static files; nothing runs yet but the stub."""
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self._database}")
        self.start_stub()
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("-c", LOAD, environment=self.demo_environment)
        self.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")

    def start_stub(self) -> None:
        """The other systems, with a crowd of invented people."""
        command = f"{sys.executable} manage.py run_stub --port {self._stub_port} --crowd {self.crowd}"
        self.start("stub", command, self.demo_environment)
        wait_until(lambda: requests.get(f"{self.stub}/auth/health/ping", timeout=5).ok, "the stub answers")

    def start(self, name: str, command: str = "", environment: dict[str, str] | None = None) -> None:
        """Start a process: one of ``COMMANDS`` (``beat.2`` is a second of that kind), or what is given.

        Each has a folder of its own, as each container has, and each web server a port.
        """
        command = command or COMMANDS[name.partition(".")[0]]
        with self.log(name).open("ab") as log:
            self._processes[name] = subprocess.Popen(
                shlex.split(command),
                cwd=ROOT,
                env=environment or self._environment_of(name),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name.partition(".")[0] == "web":
            ping = f"{self.address_of(name)}/ping"
            wait_until(lambda: requests.get(ping, timeout=5).ok, f"{name} answers")

    def start_proxy(self, servers: Sequence[str]) -> None:
        """Put HAProxy in front of web servers, where else the only one would listen."""
        ports = {name: self._ports[name] for name in servers}
        command = configured(self.folder, port=self._port, servers=ports)
        self.start("proxy", command)
        wait_until(lambda: requests.get(f"{self.address}/ping", timeout=5).ok, "the service answers")

    def send_to(self, name: str, *, new_requests: bool) -> None:
        """Have the proxy send new requests to a web server, or no more of them."""
        send_to(self.folder, name, new_requests=new_requests)

    def address_of(self, name: str) -> str:
        """Where one web server listens."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def _environment_of(self, name: str) -> dict[str, str]:
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir()
            (folder / "static").symlink_to(self.folder / "static")  # which an image brings
        port = self._ports.setdefault(name, free_port())
        return self.environment | {"VAR_DIR": str(folder), "PORT": str(port)}

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask a process to end, or kill it and all that it started, as when the power goes."""
        process = self._processes.pop(name)
        if how is signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def end(self) -> None:
        """Stop whatever still runs, and drop the database."""
        for name in reversed([*self._processes]):
            self.stop(name)
        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self._database} WITH (FORCE)")

    def is_running(self, name: str) -> bool:
        """Whether a process that was started has not ended by itself."""
        return self._processes[name].poll() is None

    @contextmanager
    def started_again(self, *names: str) -> Iterator[Counter[str]]:
        """Within the block a process that ends by itself is started again, as ``restart`` in docker-compose.yml has it.

        How often each was.
        """
        often: Counter[str] = Counter()
        is_over = threading.Event()

        def watch() -> None:
            while not is_over.wait(timeout=1.0):
                for name in names:
                    if not self.is_running(name):
                        often[name] += 1
                        self.start(name)

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield often
        finally:
            is_over.set()
            watching.join()

    def log(self, name: str) -> Path:
        """What a process wrote."""
        return self.folder / f"{name}.log"

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """Run Python in this installation to its end; returns what it prints."""
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment or self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-3000:]
        return ran.stdout

    def make_referrals(self, first: int, count: int, *kind: str) -> subprocess.Popen[bytes]:
        """Begin to send referrals of the crowd, or to make ``"drafts"``, without a browser; nobody waits."""
        command = [sys.executable, "-m", "tests.chaos.make_referrals", str(first), str(count), *kind]
        with self.log("made").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.demo_environment, stdout=log, stderr=log)

    def take(self, verb: str, service: str) -> None:
        """``down``: PostgreSQL or Redis ends at once, as in a crash. ``up``: it is back."""
        subprocess.run([ROOT / ".ci" / "services", verb, os.environ["SERVICES"], service], check=True)

    # --- What is there

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """Look into the database, past the service."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            yield connection

    def rows(self, statement: str, *values: object) -> list[Any]:
        """What one statement finds, as soon as there is somebody to ask."""
        found: list[Any] = []

        def ask() -> bool:
            with self.database() as connection:
                found[:] = connection.execute(statement, values).fetchall()
            return True

        wait_until(ask, "PostgreSQL answers")
        return found

    def fault(self, **fault: object) -> None:
        """Set one fault for good, by the fields of ``upstream_stub.faults.Fault``."""
        requests.post(f"{self.stub}/__stub__/faults", json=fault, timeout=30).raise_for_status()

    def weather(self, **chaos: object) -> None:
        """``seed`` and ``share``: so many calls go wrong. Nothing: all go well from now on."""
        requests.post(f"{self.stub}/__stub__/chaos", json=chaos, timeout=30).raise_for_status()

    def kept(self) -> dict[str, Any]:
        """What the other systems were told."""
        kept: dict[str, Any] = requests.get(f"{self.stub}/__stub__/kept", timeout=120).json()
        return kept

    def calls(self, request_id: str) -> list[dict[str, Any]]:
        """The calls of requests whose id begins so, as long as the stub remembers them."""
        calls: list[dict[str, Any]] = requests.get(
            f"{self.stub}/__stub__/journal", params={"request": request_id}, timeout=120
        ).json()
        return calls


def wait_for(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Let a process come to its end, which must be a good one."""
    assert process.wait(timeout=seconds) == 0, f"ended with {process.returncode}: {process.args!r}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(happened: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Wait for something to happen; returns the seconds it took. ``what`` says what did not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if happened():
                return time.monotonic() - began
        except (requests.RequestException, psycopg.Error):
            pass
        time.sleep(0.1)
    raise AssertionError(f"Not within {seconds:.0f} seconds: {what}")
