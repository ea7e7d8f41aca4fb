"""A working tree with a database of its own and a process that answers for it.

Checks out a commit beside this tree, with its own packages when it needs others; makes and fills the databases; starts
``child.py`` in each. Everything that is made is taken away again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
INSTALLED = ("requirements.txt", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is in the databases."""

    cases: int
    contracts: int
    sends: int


@dataclass
class Tree:
    """``folder``, with ``programs`` of its packages; ``database`` and ``redis`` are addresses of its own."""

    name: str
    folder: Path
    programs: Path
    var: Path
    database: str
    redis: str

    def environment(self, settings: str) -> dict[str, str]:
        """What a process of this tree is started with."""
        return {
            **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPATH": str(HERE),
            "PYTHONPYCACHEPREFIX": str(self.var / "compiled"),
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis,
            "VAR_DIR": str(self.var),
        }

    def run(self, *arguments: str, settings: str = "settings_to_fill") -> str:
        """Run Python in this tree; what it printed. Raises CalledProcessError, after saying what went wrong."""
        command = [str(self.programs / "python"), *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(settings),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stderr[-4000:], file=sys.stderr)
            done.check_returncode()
        return done.stdout

    def fill(self, sizes: Sizes) -> dict[str, str]:
        """Compile everything, as production's image is; make tables, fill them, collect static files. Which row is
        which."""
        self.run("-m", "compileall", "-q", "-x", r"\.venv|node_modules", ".", str(self.programs.parent))
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run(
            "manage.py", "collectstatic", "--noinput", "--verbosity", "0", settings="settings_to_measure"
        )
        said = self.run(
            str(HERE / "seeding.py"),
            *("--cases", str(sizes.cases), "--contracts", str(sizes.contracts), "--sends", str(sizes.sends)),
        )
        return dict(json.loads(said.splitlines()[-1]))


class Child:
    """The process that answers for a tree."""

    def __init__(self, tree: Tree, places: dict[str, str]) -> None:
        self.name, self.tree = tree.name, tree
        self._log = tree.var / "child.log"
        self._process = subprocess.Popen(
            [str(tree.programs / "python"), str(HERE / "child.py"), json.dumps(places)],
            cwd=tree.folder, env=tree.environment("settings_to_measure"), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log.open("w"),
        )  # fmt: skip

    def ask(self, do: str, **command: Any) -> Any:
        """One command, and its answer. Raises RuntimeError when the process ended instead."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **command}) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise RuntimeError(f"{self.name}: {self._log.read_text()[-3000:]}")
        return json.loads(answer)

    def stop(self) -> None:
        """Let it end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """The commit in ``folder``; with packages of its own where they are others than this tree's."""
    _git("worktree", "add", "--quiet", "--detach", str(folder), commit)
    try:
        if all((folder / name).read_bytes() == (ROOT / name).read_bytes() for name in INSTALLED):
            for name in (".venv", "node_modules"):
                (folder / name).symlink_to((ROOT / name).resolve())
        else:
            subprocess.run(
                [sys.executable, "bootstrap.py", "environment"], cwd=folder, check=True, stdout=sys.stderr
            )
        yield folder
    finally:
        _git("worktree", "remove", "--force", str(folder))


def service_packages(tree: Path, folder: Path) -> Path:
    """Install in ``folder`` what production installs for a tree; where its programs are.

    Without the packages of its tests: libraries load others that happen to be there, which take memory and time.
    """
    uv = str(ROOT / ".venv/bin/uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    locked = ["--require-hashes", str(tree / "requirements.txt")]
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", str(folder / "bin/python"), *locked], check=True)
    return folder / "bin"


@contextmanager
def own_stores(database: str, redis_address: str, *, name: str, number: int) -> Iterator[tuple[str, str]]:
    """An empty database beside the one named, and an empty Redis database; their addresses. Both go away again."""
    place = urlsplit(database)
    own = f"compared_{name}"
    redis_at = f"{redis_address.rpartition('/')[0]}/{number}"
    with psycopg.connect(
        place._replace(scheme="postgresql", path="/postgres").geturl(), autocommit=True
    ) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{own}"')
        redis.Redis.from_url(redis_at).flushdb()
        try:
            yield place._replace(path=f"/{own}").geturl(), redis_at
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
            redis.Redis.from_url(redis_at).flushdb()


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True)
