#!/usr/bin/env bash
# psycopg 3.3.9: which statements it takes to pieces (to write $1 for %s) each time that they are executed.
# Guess: the same statement, executed again, is taken to pieces once and remembered, however long it is. The documentation
# of prepared statements and of parameters names no limit.
# Seen: a statement with more than 50 values, or of more than 4,096 characters, is remembered nowhere. With 51 values it
# costs some twenty times what it costs with 50, each time; so does one of 50 values when a list of columns makes it too long.
# Where it matters: "id IN (…)" with a page of 50 ids and one other value; SELECT of a table of a hundred columns, as an ORM
# writes it. One array (= ANY(%s)) in the place of many values ends the first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9"
"$folder/venv/bin/python" - <<'PYTHON'
from time import process_time

import psycopg
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer


def statement(values, columns):
    names = ", ".join(f"table_with_a_name.column_{number}" for number in range(columns))
    return f"SELECT {names} FROM t WHERE id IN ({', '.join(['%s'] * values)})"


def cost(sql, values):
    """Microseconds for one execution's worth of it, at best of five."""
    query, best = PostgresQuery(Transformer()), float("inf")
    for _ in range(5):
        began = process_time()
        for _ in range(500):
            query.convert(sql, values)
        best = min(best, process_time() - began)
    return best / 500 * 1_000_000


print("psycopg", psycopg.__version__)
few, many = statement(50, 10), statement(51, 10)
long = statement(50, 150)
assert len(many) < 4_096 < len(long)
costs = {
    "50 values": cost(few, list(range(50))),
    "51 values": cost(many, list(range(51))),
    f"50 values, {len(long):,} characters": cost(long, list(range(50))),
}
for what, spent in costs.items():
    print(f"{what}: {spent:.0f} microseconds each time")
remembered, *others = costs.values()
assert all(spent > 3 * remembered for spent in others), "one of them is remembered by now"
PYTHON
