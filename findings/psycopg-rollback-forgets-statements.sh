#!/usr/bin/env bash
# psycopg 3.3.9 on PostgreSQL 16.2 (pgserver 0.1.4): what a rollback does to statements that a connection has prepared.
# Guess: nothing. PostgreSQL keeps prepared statements until the session ends, whatever becomes of the transaction in which
# they were prepared, and psycopg's documentation names a number of statements, and nothing else, that has one forgotten.
# Seen: each ROLLBACK has psycopg deallocate all of them: also ROLLBACK TO SAVEPOINT, and also that of a transaction in which
# nothing was done. What is asked again afterwards is counted and planned anew.
# Where it matters: a web request that tries an INSERT behind a savepoint and takes a conflict for an answer costs its
# connection every plan. An INSERT … ON CONFLICT DO NOTHING does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pgserver==0.1.4" "psycopg[binary]==3.3.9"
"$folder/venv/bin/python" - "$folder/data" <<'PYTHON'
import sys
from contextlib import suppress

import pgserver
import psycopg

server = pgserver.get_server(sys.argv[1])
with psycopg.connect(server.get_uri(), autocommit=True) as connection:
    print("psycopg", psycopg.__version__)
    print(connection.execute("SELECT version()").fetchone()[0].split(" on ")[0])
    connection.execute("CREATE TABLE book (reference text PRIMARY KEY)")
    connection.prepare_threshold = 0

    def nothing():
        pass

    def add(end):
        connection.execute(f"INSERT INTO book VALUES (%s) {end}", ["B7"])

    def undone(work):
        """Behind a savepoint when a transaction is open, else in a transaction of its own."""
        with suppress(psycopg.Error, ZeroDivisionError), connection.transaction():
            work()
            raise ZeroDivisionError

    def conflict_behind_a_savepoint():
        with connection.transaction():
            undone(lambda: add(""))

    def committed():
        with connection.transaction():
            pass

    WAYS = {
        "a transaction that did nothing, committed": committed,
        "a conflict behind a savepoint, then COMMIT": conflict_behind_a_savepoint,
        "a transaction that did nothing, rolled back": lambda: undone(nothing),
        "ON CONFLICT DO NOTHING": lambda: add("ON CONFLICT DO NOTHING"),
    }
    add("")
    left = {}
    for way, do in WAYS.items():
        for _ in range(2):
            connection.execute("SELECT count(*) FROM book WHERE reference <> %s", ["B1"])
        do()
        left[way] = connection.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*) FROM book%'",
            prepare=False,
        ).fetchone()[0]
        print(f"{way}: {left[way]} of 1 statement is still prepared")
    assert left == {
        "a transaction that did nothing, committed": 1,
        "a conflict behind a savepoint, then COMMIT": 0,
        "a transaction that did nothing, rolled back": 0,
        "ON CONFLICT DO NOTHING": 1,
    }, left
PYTHON
echo "As seen before."
