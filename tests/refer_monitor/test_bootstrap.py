"""The first command on a fresh machine: what it asks for, and that it does nothing twice."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import bootstrap

Commands = list[list[str]]


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which nothing was installed."""
    for name in ("requirements.txt", "requirements-dev.txt", "package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_text(f"{name}\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "BIN", tmp_path / ".venv" / "bin")
    return tmp_path


@pytest.fixture
def commands(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Every command that would have run; each leaves behind what the real one would."""
    ran: Commands = []

    def note(command: list[str | Path]) -> bool:
        words = [str(word) for word in command]
        ran.append(words)
        if "venv" in words:
            (fresh / ".venv" / "bin").mkdir(parents=True)
            (fresh / ".venv" / "bin" / "python").touch()
        if "npm" in words:
            (fresh / "node_modules").mkdir(exist_ok=True)
        return True

    monkeypatch.setattr(bootstrap, "_does", note)
    return ran


def test_it_needs_nothing_but_python() -> None:
    tree = ast.parse(Path(bootstrap.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_the_second_start_installs_nothing(commands: Commands) -> None:
    bootstrap.make_environment(dev=False)
    assert len(commands) == 4
    bootstrap.make_environment(dev=False)
    assert len(commands) == 4


CHANGES = [
    pytest.param("requirements.txt", "sync", id="a Python package"),
    pytest.param("package-lock.json", "npm", id="a front-end package"),
]


@pytest.mark.parametrize(("name", "word"), CHANGES)
def test_what_changed_is_installed_again(name: str, word: str, fresh: Path, commands: Commands) -> None:
    bootstrap.make_environment(dev=False)
    before = len(commands)
    (fresh / name).write_text("changed\n")
    bootstrap.make_environment(dev=False)
    assert any(word in command for command in commands[before:])
    assert not any("venv" in command for command in commands[before:])


def test_starting_the_service_keeps_the_packages_of_the_tests(commands: Commands) -> None:
    bootstrap.make_environment(dev=True)
    before = len(commands)
    bootstrap.make_environment(dev=False)
    assert len(commands) == before


def test_packages_are_checked_against_their_hashes(commands: Commands) -> None:
    bootstrap.make_environment(dev=False)
    sync = next(command for command in commands if "sync" in command)
    assert "--require-hashes" in sync


def test_without_npm_node_comes_from_the_python_index(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    bootstrap.make_environment(dev=False)
    assert commands[-1][-3:] == ["npm", "ci", "--silent"]
    assert bootstrap.NODE in commands[-1]
    assert "--no-python-downloads" in commands[-1]


def test_it_says_what_is_missing(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(bootstrap.Trouble, match="apt-get install python3-venv"):
        bootstrap.make_environment(dev=False)


def test_it_says_that_python_is_too_old(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", (99, 0))
    with pytest.raises(bootstrap.Trouble, match=r"Python 99\.0 or newer"):
        bootstrap.make_environment(dev=False)


def test_it_says_that_the_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(bootstrap.Trouble, match=f"Port {port} is in use"):
            bootstrap._require_free(port)


def test_a_command_that_fails_is_named() -> None:
    with pytest.raises(bootstrap.Trouble, match="This did not work: false"):
        bootstrap._do(["false"])


def test_without_a_command_it_explains_itself() -> None:
    said = subprocess.run([sys.executable, bootstrap.__file__], capture_output=True, text=True)
    assert said.returncode == 2
    assert "bootstrap.py run" in said.stdout


# --- Database and demo -----------------------------------------------------------------------


@pytest.fixture
def var(fresh: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the service keeps its files: made ready once, with a database."""
    var = fresh / "var"
    var.mkdir()
    monkeypatch.setattr(bootstrap, "VAR", var)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("journeys/apps.py", "journeys/models.py", "journeys/words.csv", "refer_monitor/settings/base.py"):
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_text('given("SERVICE_URL")\n')
    (var / "service.sqlite3").write_text("tables")
    bootstrap._make_ready()
    assert len(commands) == 1
    return var


def test_what_is_ready_is_not_made_ready_again(
    var: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    (var / "service.sqlite3").write_text("somebody worked in it")
    (var / "queue").mkdir()
    monkeypatch.setenv("NOT_OURS", "another shell")

    bootstrap._make_ready()

    assert len(commands) == 1


def _another_database(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (var / "kept").write_text("so that the new file is not where the old one was")
    (var / "service.sqlite3").rename(var / "old")
    (var / "service.sqlite3").write_text("tables")


CAUSES = [
    pytest.param(lambda var, _: (var / "service.sqlite3").unlink(), id="the database is gone"),
    pytest.param(_another_database, id="another file has its name"),
    pytest.param(lambda var, _: (var / "service.sqlite3").write_text(""), id="it is empty, with the same number"),
    pytest.param(lambda var, _: (var.parent / "journeys/models.py").write_text("new"), id="code"),
    pytest.param(lambda var, _: (var.parent / "journeys/words.csv").write_text("new"), id="reference data"),
    pytest.param(lambda var, _: (var.parent / "requirements.txt").write_text("new"), id="a package"),
    pytest.param(lambda _, monkeypatch: monkeypatch.setenv("SERVICE_URL", "new"), id="a setting"),
    pytest.param(lambda _, monkeypatch: monkeypatch.setenv("DATABASE_URL", "new"), id="a database elsewhere"),
    pytest.param(lambda var, _: (var / "ready.stamp").unlink(), id="nobody knows"),
]


@pytest.mark.parametrize("cause", CAUSES)
def test_it_is_made_ready_again_when_anything_is_another(
    cause: Callable[[Path, pytest.MonkeyPatch], None],
    var: Path,
    commands: Commands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cause(var, monkeypatch)

    bootstrap._make_ready()

    assert [command[-1] for command in commands] == ["make_ready", "make_ready"]


def test_a_database_elsewhere_is_looked_at_each_time(
    var: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere")
    for _ in range(2):
        bootstrap._make_ready()
    assert len(commands) == 3


def test_what_did_not_work_is_done_again(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (var / "ready.stamp").unlink()
    monkeypatch.setattr(bootstrap, "_does", lambda command: False)
    with pytest.raises(bootstrap.Trouble):
        bootstrap._make_ready()
    assert not (var / "ready.stamp").exists()


# --- Processes side by side ------------------------------------------------------------------


PROCFILE = """\
web: python -c "import os, pathlib; pathlib.Path('port').write_text(os.environ['PORT'])"
worker: python -c "import time; print('worker'); time.sleep(60)"
"""


@pytest.fixture
def started(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two processes, of which the first ends by itself at once."""
    monkeypatch.chdir(fresh)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (fresh / "Procfile").write_text(PROCFILE)
    processes = bootstrap._start(bootstrap._commands(), 8123)
    yield processes
    bootstrap._stop(processes)


def test_each_line_of_the_procfile_runs_with_the_port(
    started: list[subprocess.Popen[bytes]], fresh: Path
) -> None:
    web, worker = started
    assert web.wait(timeout=30) == 0
    assert (fresh / "port").read_text() == "8123"
    assert worker.poll() is None


def test_what_still_runs_is_stopped(started: list[subprocess.Popen[bytes]]) -> None:
    bootstrap._stop(started)
    assert [process.poll() is None for process in started] == [False, False]


def test_what_does_not_stop_when_asked_is_ended(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "GRACE", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()  # it no longer listens
    bootstrap._stop([process])
    assert process.returncode == -signal.SIGKILL
