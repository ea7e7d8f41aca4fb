#!/usr/bin/env bash
# PostgreSQL 16.2 (pgserver 0.1.4, psycopg 3.3.9): an index under row-level security, for a value that COALESCE chooses.
# Guess: a condition that compares an indexed column with a value (=, which is leakproof for text) uses the index under a
# policy too, however the value comes about, as long as it takes nothing of the row. The documentation says that functions
# which are not leakproof wait behind the policy; COALESCE is no function.
# Seen: "reference = COALESCE(x, y)" of constants and subqueries waits behind the policy, so that every row of the table is
# read. The same choice written as CASE WHEN x IS NULL THEN y ELSE x END uses the index, and so do NULLIF and GREATEST.
# Where it matters: searches for "the newer number, else the one that was typed", as an ORM's Coalesce writes them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pgserver==0.1.4" "psycopg[binary]==3.3.9"
"$folder/venv/bin/python" - "$folder/data" <<'PYTHON'
import sys

import pgserver
import psycopg

server = pgserver.get_server(sys.argv[1])
TYPED, NEWER = "'B7'", "(SELECT newer FROM replaced WHERE older = 'B7')"
WAYS = {
    "a constant": TYPED,
    "a subquery": NEWER,
    "COALESCE of both": f"COALESCE({NEWER}, {TYPED})",
    "CASE of both": f"CASE WHEN {NEWER} IS NULL THEN {TYPED} ELSE {NEWER} END",
    "NULLIF": f"NULLIF({NEWER}, '')",
    "GREATEST": f"GREATEST({NEWER}, {TYPED})",
}
with psycopg.connect(server.get_uri(), autocommit=True) as connection:
    print(connection.execute("SELECT version()").fetchone()[0].split(" on ")[0])
    connection.execute(
        """
        CREATE TABLE book (reference text PRIMARY KEY, library int NOT NULL);
        INSERT INTO book SELECT 'B' || n, n % 10 FROM generate_series(1, 50000) AS n;
        CREATE TABLE replaced (older text PRIMARY KEY, newer text NOT NULL);
        INSERT INTO replaced VALUES ('B7', 'B17');
        CREATE ROLE reader;
        GRANT SELECT ON book, replaced TO reader;
        ALTER TABLE book ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON book USING (library = 7);
        ANALYZE;
        """
    )
    uses = {}
    for role in ("RESET ROLE", "SET ROLE reader"):
        connection.execute(role)
        for way, value in WAYS.items():
            plan = connection.execute(f"EXPLAIN SELECT * FROM book WHERE reference = {value}").fetchall()
            lines = [line.strip() for (line,) in plan]
            uses[role, way] = any(line.startswith("Index Cond: (reference") for line in lines)
    for way in WAYS:
        said = ["index" if uses[role, way] else "every row" for role in ("RESET ROLE", "SET ROLE reader")]
        print(f"{way}: {said[0]} without a policy, {said[1]} with one")
assert all(used for (role, _), used in uses.items() if role == "RESET ROLE"), "the index is used by everybody else"
under_policy = {way: used for (role, way), used in uses.items() if role == "SET ROLE reader"}
assert under_policy["a constant"] and under_policy["a subquery"] and under_policy["CASE of both"]
assert not under_policy["COALESCE of both"], "COALESCE uses the index by now"
PYTHON
