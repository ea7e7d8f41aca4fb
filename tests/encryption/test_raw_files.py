"""No word of OASys or of unsaved typing stands in the files of either database, in its log, or in a backup.

Drafts with words planted by every way of editing are sent, deleted or expire, in a database of their own.
RAW_DRAFTS=200 makes more of them.
"""

from __future__ import annotations

import base64
import json
import os
import pwd
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.test import override_settings

from encryption import outer_keys

DRAFTS = int(os.environ.get("RAW_DRAFTS", "20"))
SCRIPT = "tests.encryption.drafts_that_end"
OUTER = f"raw:{base64.b64encode(b'an outer key for this test alone').decode()}"
pytestmark = pytest.mark.thorough


class Database(Protocol):
    """A database of its own, and where its bytes are."""

    url: str

    def back_up(self, to: Path) -> None:
        """As its operators would."""

    def files(self) -> list[Path]:
        """All of them, its log too."""


class Sqlite:
    """One file, and its write-ahead log."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "raw.sqlite3"
        self.url = f"sqlite:///{self.file}"

    def back_up(self, to: Path) -> None:
        """By SQLite's own backup."""
        with sqlite3.connect(self.file) as source, sqlite3.connect(to) as copy:
            source.backup(copy)

    def files(self) -> list[Path]:
        """With the log and the index of the log."""
        return [path for path in self.file.parent.glob(f"{self.file.name}*") if path.is_file()]


class Postgres:
    """A server of its own, with everything it writes in one folder."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            pytest.skip("PostgreSQL's initdb is not installed")
        self.bin, self.folder, self.user = found[-1].parent, folder / "cluster", None
        folder.chmod(0o755)
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            self.user = "postgres"
            self.folder.mkdir()
            shutil.chown(self.folder, "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "owner", "-A", "trust", "-E", "UTF8")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-o", options, "start")
        self._run("psql", *self._at("postgres"), "-c", "CREATE ROLE raw LOGIN CREATEDB CREATEROLE")
        self._run("psql", *self._at("postgres"), "-c", "CREATE DATABASE raw OWNER raw")
        self.url = f"postgres://raw@127.0.0.1:{self.port}/raw"

    def _at(self, database: str) -> list[str]:
        return ["-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "owner", "-d", database]

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.bin / program), *arguments],
            user=self.user,
            cwd="/",
            env={"PATH": os.environ["PATH"], "HOME": "/"},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            timeout=60,
        )

    def back_up(self, to: Path) -> None:
        """By pg_dump, not compressed."""
        there = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "owner", "raw"]
        arguments = ["--format=plain", "--enable-row-security", *there]
        with to.open("wb") as copy:
            subprocess.run([str(self.bin / "pg_dump"), *arguments], check=True, stdout=copy, timeout=60)

    def files(self) -> list[Path]:
        """Tables, indexes, the write-ahead log and the server's own log, after a checkpoint."""
        self._run("psql", *self._at("raw"), "-c", "CHECKPOINT")
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def stop(self) -> None:
        """At once."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Not below pytest's own folders, which another user cannot enter."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if request.param == "sqlite":
            yield Sqlite(Path(folder))
            return
        if os.getuid() == 0 and not any(one.pw_name == "postgres" for one in pwd.getpwall()):
            pytest.skip("there is no user postgres to run a server as")
        server = Postgres(Path(folder))
        try:
            yield server
        finally:
            server.stop()


MARK = b"Zq"  # every planted word begins with it, and no other does
WORDS = [
    re.compile(rb"Zq[a-z]+\d{3}xV"),
    re.compile(rb"Z\0q\0(?:[a-z]\0)+(?:\d\0){3}x\0V\0"),  # UTF-16
    re.compile(MARK.hex().encode() + rb"(?:6[1-9a-f]|7[0-9a])+(?:3\d){3}7856"),  # in hexadecimals
]


def _words_in(files: list[Path]) -> set[bytes]:
    """Every planted word that stands in these files."""
    return {found for held in _contents(files) for kind in WORDS for found in kind.findall(held)}


def _contents(files: list[Path]) -> Iterator[bytes]:
    """What stands in files that a server is at work with: some are gone by the time that they are read."""
    for path in files:
        with suppress(FileNotFoundError):
            yield path.read_bytes()


def _keys_in(files: list[Path], keys: list[bytes]) -> set[bytes]:
    """The keys that stand in these files, as they are or as somebody would write them down."""
    found = set()
    for held in _contents(files):
        found |= {
            key
            for key in keys
            if any(form in held for form in (key, key.hex().encode(), base64.b64encode(key)))
        }
    return found


def _session(database: Database) -> Any:
    """The script, running; its caller reads a line of JSON and sends an empty line."""
    environment = os.environ | {
        "DATABASE_URL": database.url,
        "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.test",
        "OUTER_KEYS": OUTER,
        "REDIS_URL": "",
    }
    return subprocess.Popen(
        [sys.executable, "-m", SCRIPT, str(DRAFTS)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    word, key = "Zqtyped007xV", os.urandom(32)
    for encoded in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode()):
        (tmp_path / "file").write_bytes(b"..." + encoded + b"...")
        assert _words_in([tmp_path / "file"]) == {encoded}
    for encoded in (key, key.hex().encode(), base64.b64encode(key)):
        (tmp_path / "file").write_bytes(b"..." + encoded + b"...")
        assert _keys_in([tmp_path / "file"], [key]) == {key}


def test_no_planted_word_and_no_key_stands_in_any_file(database: Database, tmp_path: Path) -> None:
    with _session(database) as script:

        def said() -> dict[str, Any]:
            line = script.stdout.readline()
            assert line, "the script failed; what it said is above"
            answer: dict[str, Any] = json.loads(line)
            return answer

        def go_on() -> None:
            script.stdin.write("\n")
            script.stdin.flush()

        try:
            # Given drafts with words in them that the service can read
            live = said()
            keys = [base64.b64decode(key) for key in live["keys"]]
            keys += outer_keys.read((OUTER,)).values()
            assert len(set(keys)) == DRAFTS + 1
            assert live["read"] == [f"Zqsource{number:03d}" for number in range(DRAFTS)]
            backup = tmp_path / "backup before"
            database.back_up(backup)
            # Then not even now does one of them, or a key, stand in a file
            files = [*database.files(), backup]
            assert _words_in(files) == set()
            assert _keys_in(files, keys) == set()

            # When they are sent, deleted, or expire
            go_on()
            ended = said()
            assert (ended["expired"], ended["left"]) == (DRAFTS - DRAFTS * 3 // 5, DRAFTS // 5)
            after = tmp_path / "backup after"
            database.back_up(after)

            # Then what was shared is there, and nothing else
            files = [*database.files(), backup, after]
            shared = live["shared"].encode()
            assert any(shared in held for held in _contents(files)), "these are the wrong files"
            assert _words_in(files) == set()
            assert _keys_in(files, keys) == set()
        finally:
            if script.poll() is None:
                go_on()


def test_a_backup_is_as_good_as_its_outer_key(tmp_path: Path) -> None:
    """Whoever has both can read it; once the outer key is gone nobody can, whatever else they have."""
    database = Sqlite(tmp_path)
    with _session(database) as script:
        live = json.loads(script.stdout.readline())
        backup = tmp_path / "backup"
        database.back_up(backup)
        script.kill()
    with sqlite3.connect(backup) as copy:
        wrapped = copy.execute(
            "SELECT id, referral_id, wrapped_key, outer_key FROM encryption_referralkey"
        ).fetchall()

    def opened(outer: str) -> set[bytes]:
        with override_settings(OUTER_KEYS=[outer]):
            return {
                outer_keys.unwrap(key, by=by, key_id=UUID(row), referral_id=UUID(referral))
                for row, referral, key, by in wrapped
            }

    assert opened(OUTER) == {base64.b64decode(key) for key in live["keys"]}
    with pytest.raises(outer_keys.OuterKeyMissing):
        opened(f"next:{OUTER.removeprefix('raw:')}")
    with pytest.raises(InvalidTag):
        opened(f"raw:{base64.b64encode(b'x' * 32).decode()}")
