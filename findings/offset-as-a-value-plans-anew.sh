#!/usr/bin/env bash
# PostgreSQL 16.2 (pgserver 0.1.4, psycopg 3.3.9): a prepared statement whose LIMIT and OFFSET are values.
# Guess: a prepared statement that finds one row by a key is planned five times with its values, and then once for all; its
# LIMIT and OFFSET are values like others. The documentation says that the plan for all is kept when it costs about the same.
# Seen: with OFFSET as a value the plan for all is never kept: PostgreSQL plans each time that the statement is executed,
# although OFFSET is 0 each time. For an OFFSET that it does not know it expects to skip a row at least, so that finding the
# one row seems to cost twice as much. With LIMIT as a value alone, or both written out, the plan is kept.
# Where it matters: a helper that adds "LIMIT %s OFFSET %s" to any query, to get its first row.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pgserver==0.1.4" "psycopg[binary]==3.3.9"
"$folder/venv/bin/python" - "$folder/data" <<'PYTHON'
import sys

import pgserver
import psycopg

TIMES = 30
ONE = "SELECT book.title, reader.name FROM book LEFT JOIN reader ON reader.id = book.reader WHERE book.code = %s"
WAYS = {
    "LIMIT 1 OFFSET 0": ("LIMIT 1 OFFSET 0", ()),
    "LIMIT value": ("LIMIT %s", (1,)),
    "LIMIT 1 OFFSET value": ("LIMIT 1 OFFSET %s", (0,)),
    "LIMIT value OFFSET value": ("LIMIT %s OFFSET %s", (1, 0)),
}
server = pgserver.get_server(sys.argv[1])
with psycopg.connect(server.get_uri(), autocommit=True, prepare_threshold=0) as connection:
    print(connection.execute("SELECT version()").fetchone()[0].split(" on ")[0], "psycopg", psycopg.__version__)
    connection.execute(
        """
        CREATE TABLE reader (id int PRIMARY KEY, name text NOT NULL);
        INSERT INTO reader SELECT n, 'Reader ' || n FROM generate_series(1, 5000) AS n;
        CREATE TABLE book (code text PRIMARY KEY, title text NOT NULL, reader int REFERENCES reader);
        INSERT INTO book SELECT 'B' || n, 'Book ' || n, n % 5000 + 1 FROM generate_series(1, 20000) AS n;
        ANALYZE;
        """,
        prepare=False,
    )
    plans = {}
    for way, (words, values) in WAYS.items():
        for number in range(TIMES):
            assert connection.execute(f"{ONE} {words}", (f"B{number + 1}", *values)).fetchone()
        ended = words.replace("%s OFFSET %s", "$2 OFFSET $3").replace("%s", "$2")
        plans[way] = connection.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            (f"%code = $1 {ended}",),
            prepare=False,
        ).fetchone()
        print(f"{way}: {plans[way][1]} of {TIMES} times planned with its values, {plans[way][0]} times the plan was kept")
kept = {way: generic > 0 for way, (generic, _) in plans.items()}
assert kept["LIMIT 1 OFFSET 0"], "the plan is not kept where both are written out"
assert not kept["LIMIT 1 OFFSET value"] and not kept["LIMIT value OFFSET value"], "the plan is kept by now"
assert kept["LIMIT value"], "a LIMIT as a value prevents it, too"
PYTHON
